import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { sessionMs } from './sessions.ts';

const name = 'assay';
const securePrefix = '__Host-';

/** The session that a browser says it has. */
export function sessionOf(c: Context): string | undefined {
  return getCookie(c, securePrefix + name) ?? getCookie(c, name);
}

/** Whether the page came over TLS, which a proxy in front may have ended: a browser names the page's origin in each POST and DELETE. */
const overTls = (c: Context): boolean => (c.req.header('origin') ?? c.req.url).startsWith('https:');

/** Hands a session to the browser: no script can read it, and no other site's page sends it. With TLS only this host can have set it. */
export function giveSession(c: Context, id: string): void {
  const secure = overTls(c);
  setCookie(c, secure ? securePrefix + name : name, id, { ...attributes, secure, maxAge: sessionMs / 1000 });
}

export function takeSession(c: Context): void {
  deleteCookie(c, name, attributes);
  if (overTls(c)) deleteCookie(c, securePrefix + name, { ...attributes, secure: true });
}

const attributes = { path: '/', httpOnly: true, sameSite: 'Strict' } as const;
