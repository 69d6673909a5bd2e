import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import { anyProblemResponses } from '../problem.ts';
import type { RouteContext } from '../route-context.ts';

/** Probes may call these without a token. */
export const healthPaths = ['/healthz', '/readyz'] as const;

const answer = <Status extends string>(status: Status, description: string) =>
  ({ description, content: { 'application/json': { schema: z.object({ status: z.literal(status) }) } } }) as const;

const alive = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'health',
  summary: 'Whether the server runs',
  security: [],
  responses: { 200: answer('ok', 'It runs') },
});

const ready = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'readiness',
  summary: 'Whether the server can answer: the database does',
  security: [],
  responses: { 200: answer('ready', 'It can'), 500: anyProblemResponses[500], 503: anyProblemResponses[503] },
});

export function addHealth(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(alive, (c) => c.json({ status: 'ok' as const }, 200));
  app.openapi(ready, async (c) => {
    await db.execute(sql`select 1`);
    return c.json({ status: 'ready' as const }, 200);
  });
}
