import { isIPv4 } from 'node:net';
import type { Context, MiddlewareHandler } from 'hono';
import { answerProblem, unreadableProblem } from './problem.ts';
import { sessionOf } from './session-cookie.ts';
import type { Session, Sessions } from './sessions.ts';
import { addressOf, answerTooMany } from './wrong-tokens.ts';

/** `localhost`, 127.0.0.0/8 and ::1 (with or without the brackets of a URL): names that only this machine answers to. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}

/** Refuses requests whose Host and path form no URL; the adapter passes a few of those, such as `Host: xn--`. */
export const onlyReadable: MiddlewareHandler = async (c, next) => (URL.canParse(c.req.url) ? next() : answerProblem(c, unreadableProblem));

/**
 * Only requests that were addressed to this machine. A web page elsewhere whose name is made to point at 127.0.0.1 (DNS rebinding)
 * reaches the port, but its requests say its own name.
 */
const onlyLoopbackNames: MiddlewareHandler = async (c, next) => {
  const { hostname } = new URL(c.req.url);
  if (isLoopback(hostname)) return next();
  return answerProblem(c, {
    status: 421,
    code: 'misdirected',
    detail: `this server answers to localhost only, not to ${hostname}`,
    hint: 'ask http://127.0.0.1 or http://localhost, or start the server with a token in ASSAY_TOKEN',
  });
};

/** Requires the token, or the cookie of a session, where there are sessions; otherwise only this machine may ask. */
export function guard(sessions: Sessions | undefined): MiddlewareHandler {
  return sessions === undefined ? onlyLoopbackNames : requireToken(sessions);
}

/** The token in `Authorization`; undefined: there is none. */
const bearerOf = (c: Context): string | undefined => /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1];

/** The session of the cookie that a request rests on; null: it shows a token, or there is none. */
export function sessionBehind(c: Context, sessions: Sessions | undefined): Session | null {
  const id = bearerOf(c) === undefined ? sessionOf(c) : undefined;
  return id === undefined ? null : (sessions?.find(id) ?? null);
}

/** Passes only requests with `Authorization: Bearer <token>` (RFC 6750) or the cookie of a session. */
function requireToken(sessions: Sessions): MiddlewareHandler {
  return async (c, next) => {
    const given = bearerOf(c);
    const checked = given === undefined ? null : sessions.check(given, addressOf(c));
    if (checked === 'right') return next();
    if (checked?.refused === 'tooMany') return answerTooMany(c, checked.retryAfterMs);
    if (sessionBehind(c, sessions) !== null) return next();
    c.header('WWW-Authenticate', given === undefined ? 'Bearer' : 'Bearer error="invalid_token"');
    return answerProblem(c, {
      status: 401,
      code: 'unauthorized',
      detail: given === undefined ? 'this server asks for a token' : 'this is not the token of this server',
      hint: 'send the header `Authorization: Bearer <token>` with the ASSAY_TOKEN that the server was started with',
    });
  };
}

/**
 * Refuses commands from pages of other sites: a browser names the page's origin (`Origin`, `Sec-Fetch-Site`).
 * Other clients send neither and pass.
 */
export const onlyOwnPages: MiddlewareHandler = async (c, next) => {
  if (/^(GET|HEAD|OPTIONS)$/.test(c.req.method)) return next();
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site') ?? 'none';
  // Compared by host: a TLS proxy in front changes the scheme.
  const sameHost = origin === undefined || (URL.canParse(origin) && new URL(origin).host === new URL(c.req.url).host);
  const own = sameHost && (site === 'none' || site === 'same-origin');
  if (own) return next();
  return answerProblem(c, {
    status: 403,
    code: 'cross_site',
    detail: 'a page of another site sent this request',
    hint: 'send it from a program, or from a page of this server',
  });
};
