import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { AssayError } from '../../core/errors.ts';
import { isLoopback } from '../access.ts';
import { matchesTag } from '../revision-tag.ts';
import { type Bytes, type PageFile, type PageFiles, readPageFiles } from './files.ts';
import { pageHeaders } from './headers.ts';

export interface PagesOptions {
  /** Resolves to the folder of the built pages; called until it has once resolved. */
  readonly folder: () => Promise<string>;
  /** Without a token only requests that name this machine are answered, as everywhere. */
  readonly withToken: boolean;
  readonly onFault: (error: unknown) => void;
}

/** Addresses of the API: never a page. */
const ofApi = /^\/(v1|api|metrics|openapi\.json|healthz|readyz)(\/|$)/;

/** A file's name at the root or below `/assets`: there or not found. Names of studies and models may have dots as well. */
const ofFile = /^\/(assets\/.*|[^/]*\.[^/]*)$/;

/** A build that failed is not tried again sooner. */
const retryMs = 5000;

/**
 * Answers with the pages and their files what is no address of the API. They hold no data, so they are served to everybody who may reach
 * the server. Everything else goes on to the API.
 */
export function servePages({ folder, withToken, onFault }: PagesOptions): MiddlewareHandler {
  const load = loadOnce(async () => readPageFiles(await folder()));
  return async (c, next) => {
    const { method, path } = c.req;
    if ((method !== 'GET' && method !== 'HEAD') || ofApi.test(path) || !URL.canParse(c.req.url)) return next();
    if (!withToken && !isLoopback(new URL(c.req.url).hostname)) return next();
    const wantsPage = !ofFile.test(path) && /\btext\/html\b/.test(c.req.header('accept') ?? '');
    if (!wantsPage && !ofFile.test(path)) return next();
    let files: PageFiles;
    try {
      files = await load();
    } catch (error) {
      if (!wantsPage) return next();
      onFault(error);
      return answerFailure(c, withToken ? null : error);
    }
    const file = files.get(wantsPage ? '/index.html' : path);
    if (file === undefined) return next();
    return answerFile(c, file, path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
  };
}

/** Calls `load` until it has once resolved; who asks in the meantime gets the same result, and for a while the same failure. */
function loadOnce<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loading: Promise<Loaded> | undefined;
  let failedMs = 0;
  return () => {
    if (failedMs !== 0 && Date.now() - failedMs > retryMs) loading = undefined;
    if (loading === undefined) {
      failedMs = 0;
      loading = load();
      loading.catch(() => (failedMs = Date.now()));
    }
    return loading;
  };
}

function answerFile(c: Context, { type, bytes, coded }: PageFile, cacheControl: string): Response {
  const accepted = c.req.header('accept-encoding') ?? '';
  const coding = (['br', 'gzip'] as const).find((name) => coded[name] !== undefined && accepts(accepted, name));
  const headers = {
    ...pageHeaders,
    'Content-Type': type,
    'Cache-Control': cacheControl,
    ETag: tagOf(bytes),
    ...(coded.br !== undefined && { Vary: 'Accept-Encoding' }),
  };
  if (matchesTag(c.req.header('if-none-match'), headers.ETag)) return c.body(null, 304, headers);
  return c.body(coding === undefined ? bytes : coded[coding]!, 200, {
    ...headers,
    ...(coding !== undefined && { 'Content-Encoding': coding }),
  });
}

/** RFC 9110, 12.5.3: `br`, `br;q=0.5`; not `br;q=0`. */
function accepts(header: string, coding: string): boolean {
  return header.split(',').some((part) => {
    const [name = '', weight = ''] = part.split(';').map((text) => text.trim());
    return name.toLowerCase() === coding && !/^q=0(\.0*)?$/i.test(weight);
  });
}

const tags = new WeakMap<Bytes, string>();

function tagOf(bytes: Bytes): string {
  const tag = tags.get(bytes) ?? `W/"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`;
  tags.set(bytes, tag);
  return tag;
}

/** A page without styles and scripts: what is wrong, and the command to run. Null: to people who have shown no token, without folders of the server. */
function answerFailure(c: Context, error: unknown): Response {
  const { message, hint } =
    error instanceof AssayError ? error : { message: 'the pages cannot be served', hint: 'the error output of the server has the cause' };
  const body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Assay: no pages</title></head>
<body>
<h1>The dashboard cannot be shown</h1>
<p>${escaped(message)}</p>
<p>${escaped(hint ?? '')}</p>
<p>The API answers all the same: <a href="/openapi.json">/openapi.json</a> lists its addresses.</p>
</body>
</html>
`;
  return c.body(body, 503, { ...pageHeaders, 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', 'Retry-After': '5' });
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
