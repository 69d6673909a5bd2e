import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { sessionBehind } from '../access.ts';
import { answerProblem, controlProblemResponses, problemResponses, problemSchema } from '../problem.ts';
import type { RouteContext } from '../route-context.ts';
import { answersWith, controlAnswersWith, timeSchema } from '../schemas.ts';
import { giveSession, sessionOf, takeSession } from '../session-cookie.ts';
import { addressOf, answerTooMany } from '../wrong-tokens.ts';

/** Where a browser shows the token once; it is asked for no token itself. */
export const sessionPath = '/v1/session';

const problem = { 'application/problem+json': { schema: problemSchema } };

const beganSchema = z.object({ endsAt: timeSchema }).openapi('Session');

export const sessionSchema = z
  .object({
    endsAt: timeSchema.nullable().openapi({ description: 'Null: the request has no cookie of a session, as where there is no token' }),
  })
  .openapi('StandingSession');

const show = createRoute({
  method: 'get',
  path: sessionPath,
  operationId: 'showSession',
  summary: 'Whether the cookie stands for a session, and until when',
  security: [],
  responses: answersWith(sessionSchema, 'The session, or that there is none'),
});

const begin = createRoute({
  method: 'post',
  path: sessionPath,
  operationId: 'beginSession',
  summary: 'Show the token once and get a cookie for twelve hours, for browsers',
  security: [],
  request: { body: { content: { 'application/json': { schema: z.strictObject({ token: z.string().max(1000) }) } }, required: true } },
  responses: {
    ...controlAnswersWith(beganSchema, 'The cookie `__Host-assay` (over TLS) or `assay` is set: HttpOnly, SameSite=Strict'),
    409: { description: 'This server asks for no token', content: problem },
  },
});

const end = createRoute({
  method: 'delete',
  path: sessionPath,
  operationId: 'endSession',
  summary: 'End the session of the cookie',
  security: [],
  responses: { 204: { description: 'There is no session now' }, ...problemResponses, 403: controlProblemResponses[403] },
});

export function addSession(app: OpenAPIHono, { sessions }: RouteContext): void {
  app.openapi(show, (c) => {
    const session = sessionBehind(c, sessions);
    return c.json({ endsAt: session === null ? null : new Date(session.endsMs).toISOString() }, 200);
  });
  app.openapi(begin, async (c) => {
    if (sessions === undefined)
      return answerProblem(c, {
        status: 409,
        code: 'conflict',
        detail: 'this server asks for no token',
        hint: 'go on without a session',
      }) as never;
    const opening = sessions.open(c.req.valid('json').token, addressOf(c));
    if ('id' in opening) {
      giveSession(c, opening.id);
      return c.json({ endsAt: new Date(opening.endsMs).toISOString() }, 200) as never;
    }
    if (opening.refused === 'wrong')
      return answerProblem(c, {
        status: 401,
        code: 'unauthorized',
        detail: 'this is not the token of this server',
        hint: 'it is the ASSAY_TOKEN that the server was started with',
      }) as never;
    return answerTooMany(c, opening.retryAfterMs) as never;
  });
  app.openapi(end, (c) => {
    const id = sessionOf(c);
    if (id !== undefined) sessions?.end(id);
    takeSession(c);
    return c.body(null, 204);
  });
}
