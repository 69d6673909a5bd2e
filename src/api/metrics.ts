import { OpenAPIHono } from '@hono/zod-openapi';
import { guard, onlyReadable } from './access.ts';
import { createSessions } from './sessions.ts';

/** The text exposition format of Prometheus. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

export interface WorkerMetricsOptions {
  readonly text: () => Promise<string>;
  /** Returns why no trial can run here now (null: all is well). */
  readonly unwell?: (() => string | null) | undefined;
  /** As of the API: without one, only this machine may ask. */
  readonly token?: string | undefined;
}

/** Serves a worker's metrics at /metrics, and /healthz for probes, which answers 503 with the reason while the worker is unwell. */
export function createWorkerMetrics({ text, unwell = () => null, token }: WorkerMetricsOptions): OpenAPIHono {
  const app = new OpenAPIHono();
  app.get('/healthz', (c) => {
    const because = unwell();
    return because === null ? c.json({ status: 'ok' }) : c.json({ status: 'unavailable', because }, 503);
  });
  app.use(onlyReadable, guard(token === undefined ? undefined : createSessions(token)));
  app.get('/metrics', async (c) => c.body(await text(), 200, { 'Content-Type': metricsType }));
  return app;
}
