import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { Gauge, Histogram, Registry } from 'prom-client';
import { type StudyItem, summariseAll } from '../../storage/readers/study-item.ts';
import { metricsType } from '../metrics.ts';
import { anyProblemResponses } from '../problem.ts';
import type { RouteContext } from '../route-context.ts';

const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  operationId: 'metrics',
  summary: 'Metrics of the studies and of this server for Prometheus',
  responses: {
    200: { description: 'The text exposition format, version 0.0.4', content: { 'text/plain': { schema: z.string() } } },
    ...anyProblemResponses,
  },
});

/** `/metrics`: metrics of the studies from the database, and how long this server takes to answer. Workers serve their own. */
export function addMetrics(app: OpenAPIHono, { db }: RouteContext): void {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: 'assay_http_request_seconds',
    help: 'Time to answer by route and status',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  app.use('/v1/*', async (c, next) => {
    const startedAtMs = performance.now();
    await next();
    const labels = { method: c.req.method, route: c.req.routePath, status: c.res.status };
    requests.observe(labels, (performance.now() - startedAtMs) / 1000);
  });

  const trials = new Gauge({ name: 'assay_study_trials', help: 'Trials by state', labelNames: ['study', 'state'], registers });
  const toRun = new Gauge({
    name: 'assay_study_trials_to_run',
    help: 'Trials that the budget still has work for, the running ones included: what to scale workers by',
    labelNames: ['study'],
    registers,
  });
  const best = new Gauge({ name: 'assay_study_best_value', help: 'Value of the best complete trial', labelNames: ['study'], registers });
  const seconds = new Gauge({ name: 'assay_database_seconds', help: 'Time that the database took for these metrics', registers });

  app.openapi(metrics, async (c) => {
    const startedAtMs = performance.now();
    const studies = await summariseAll(db);
    seconds.set((performance.now() - startedAtMs) / 1000);
    for (const gauge of [trials, toRun, best]) gauge.reset();
    for (const study of studies) {
      for (const [state, count] of Object.entries(study.counts)) trials.set({ study: study.name, state }, count);
      toRun.set({ study: study.name }, trialsToRun(study));
      if (study.best !== null) best.set({ study: study.name }, study.best);
    }
    return c.text(await registry.metrics(), 200, { 'Content-Type': metricsType });
  });
}

/** Of an open study what its budget of trials still allows, of one that was stopped or ran into another limit what has begun; a paused one hands nothing out. */
function trialsToRun({ state, budget, endedBecause, counts }: StudyItem): number {
  const open = counts.queued + counts.running;
  if (state === 'paused') return counts.running;
  if (state === 'stopped' || endedBecause !== null) return open;
  return Math.max(open, budget.trials - counts.complete - counts.pruned - (budget.countFailed === false ? 0 : counts.failed));
}
