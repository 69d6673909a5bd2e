import type { OpenAPIHono } from '@hono/zod-openapi';
import { createColumnStore } from '../../charts/columns.ts';
import type { RouteContext } from '../../route-context.ts';
import { addContourChart } from './contour.ts';
import { addCurvesChart } from './curves.ts';
import { addEdfChart } from './edf.ts';
import { addFrontChart } from './front.ts';
import { addHistoryChart } from './history.ts';
import { addImportanceChart } from './importance.ts';
import { addParallelChart } from './parallel.ts';
import { addSliceChart } from './slice.ts';

/** The charts of a study, all from one store of columns. */
export function addCharts(app: OpenAPIHono, { db }: RouteContext): void {
  const source = { db, store: createColumnStore(db) };
  const charts = [
    addHistoryChart,
    addParallelChart,
    addImportanceChart,
    addSliceChart,
    addContourChart,
    addEdfChart,
    addCurvesChart,
    addFrontChart,
  ];
  for (const add of charts) add(app, source);
}
