import { OpenAPIHono } from '@hono/zod-openapi';
import { guard, onlyReadable } from './access.ts';

/** The text exposition format of Prometheus. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

export interface WorkerMetricsOptions {
  readonly text: () => Promise<string>;
  /** As of the API: without one, only this machine may ask. */
  readonly token?: string | undefined;
}

/** What a worker shows: its figures at /metrics, and /healthz for probes. */
export function createWorkerMetrics({ text, token }: WorkerMetricsOptions): OpenAPIHono {
  const app = new OpenAPIHono();
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.use(onlyReadable, guard(token));
  app.get('/metrics', async (c) => c.body(await text(), 200, { 'Content-Type': metricsType }));
  return app;
}
