import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';
import { reservedKeyIn } from '../core/reserved-keys.ts';
import { createDoor, type Door } from '../interop/mlflow/door.ts';
import type { Db } from '../storage/database.ts';
import { type StudyChanges, unannounced } from '../storage/study-changes.ts';
import { guard, onlyOwnPages, onlyReadable } from './access.ts';
import { compress } from './compress.ts';
import { answerProblem, problemOf, refuseInvalid } from './problem.ts';
import type { RouteContext } from './route-context.ts';
import { healthPaths } from './routes/health.ts';
import { routes } from './routes/index.ts';
import { sessionPath } from './routes/session.ts';
import { createSessions } from './sessions.ts';
import { servePages } from './web/pages.ts';

export interface ApiOptions {
  readonly db: Db;
  /** Where artifacts lie, unless ASSAY_ARTIFACTS names another store. Default: as everywhere. */
  readonly dataDir?: string | undefined;
  /** Notifies followers of studies, shared by all of them. Default: they poll every second. */
  readonly changes?: StudyChanges | undefined;
  /** Aborted when the server closes: ends streams, which never end by themselves. */
  readonly closing?: AbortSignal | undefined;
  /** Required of every request except the health probes. Without one, only requests addressed to this machine by name are answered. */
  readonly token?: string | undefined;
  /** Event streams at a time. Default {@link standardStreams}. */
  readonly mostStreams?: number | undefined;
  /** Receives the error behind every answer with a status from 500; clients never see it. */
  readonly onFault?: ((error: unknown) => void) | undefined;
  /** Whether clients of MLflow are answered as well. Default: they are. */
  readonly mlflow?: boolean | undefined;
  /** Resolves to the folder of the built pages. Default: only the API is served. */
  readonly pages?: (() => Promise<string>) | undefined;
}

/** Event streams of one server at a time. */
export const standardStreams = 64;

/** Refuses bodies with `__proto__` or a sibling of it, which zod would drop silently. Invalid JSON is refused where it is parsed. */
const refuseReservedKeys = async (c: Context, next: () => Promise<void>): Promise<Response | undefined> => {
  const isJson = c.req.method === 'POST' && /^application\/([\w.+-]+\+)?json\b/i.test(c.req.header('Content-Type') ?? '');
  const reserved = isJson ? reservedKeyIn(await c.req.json().catch(() => null)) : null;
  if (reserved !== null)
    return answerProblem(c, { status: 400, code: 'usage', detail: `${reserved}: no object may have this key`, hint: 'leave it out' });
  await next();
  return undefined;
};

/** A server knows how the address of a request was spelt; in a test's own process there is only the URL. */
function answerMlflow(door: Door, c: Context): Promise<Response> {
  const { incoming } = (c.env ?? {}) as { readonly incoming?: { readonly url?: string | undefined } };
  const { pathname, search } = new URL(c.req.url);
  return door.answer(c.req.raw, incoming?.url ?? `${pathname}${search}`);
}

const refuseLarge = (c: Context): Response =>
  answerProblem(c, { status: 413, code: 'usage', detail: 'the request is larger than a megabyte', hint: 'send one trial a request' });

/** Creates the API under `/v1`. Needs no port: `createApi({ db }).request('/v1/studies')` answers. */
export function createApi(options: ApiOptions): OpenAPIHono {
  const {
    db,
    dataDir,
    token,
    changes = unannounced,
    closing = new AbortController().signal,
    onFault = () => undefined,
    mostStreams = standardStreams,
    pages,
    mlflow = true,
  } = options;
  const withToken = token !== undefined;
  const sessions = withToken ? createSessions(token) : undefined;
  const app = new OpenAPIHono({
    defaultHook: (result, c) => (result.success ? undefined : refuseInvalid(c, result.target, result.error)),
  });

  if (pages !== undefined) app.use(servePages({ folder: pages, withToken, onFault }));
  app.use(compress);
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      xFrameOptions: 'DENY',
      // HSTS is left to the proxy that terminates TLS.
      strictTransportSecurity: false,
    }),
  );
  app.use(async (c, next) => {
    await next();
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
  });
  app.use(onlyReadable);
  const guarded = guard(sessions);
  const open: readonly string[] = withToken ? [...healthPaths, sessionPath] : healthPaths;
  app.use((c, next) => (open.includes(c.req.path) ? next() : guarded(c, next)));
  app.use(onlyOwnPages);
  // Before the limit of bodies, which holds for no artifact, and the routes, since it answers every path of its own.
  const door = mlflow ? createDoor({ db, dataDir, onFault }) : null;
  app.use((c, next) => (door?.has(c.req.path) ? answerMlflow(door, c) : next()));
  app.use(bodyLimit({ maxSize: 1_000_000, onError: refuseLarge }));
  app.use(refuseReservedKeys);
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        c.header('Allow', [...methods, 'OPTIONS'].join(', '));
        // No CORS header: pages of other origins may not read.
        if (c.req.method === 'OPTIONS') {
          c.header('Content-Type', undefined);
          return c.body(null, 204);
        }
        return answerProblem(c, {
          status: 405,
          code: 'method_not_allowed',
          detail: `${c.req.path} takes ${methods.join(' and ')}, not ${c.req.method}`,
        });
      },
    }),
  );

  const context: RouteContext = { db, dataDir, changes, closing, onFault, mostStreams, withToken, sessions };
  for (const add of routes) add(app, context);

  app.notFound((c) => answerProblem(c, { status: 404, code: 'not_found', detail: `there is nothing at ${c.req.path}` }));
  app.onError((error, c) => {
    const problem = problemOf(error);
    if (problem.status >= 500) onFault(error);
    return answerProblem(c, problem);
  });
  return app;
}
