import type { OpenAPIHono } from '@hono/zod-openapi';
import { createColumnStore } from '../../charts/columns.ts';
import type { RouteContext } from '../../route-context.ts';
import { addCurvesChart } from './curves.ts';
import { addHistoryChart } from './history.ts';
import { addImportanceChart } from './importance.ts';

/** The charts of a study, all from one store of columns. */
export function addCharts(app: OpenAPIHono, { db }: RouteContext): void {
  const source = { db, store: createColumnStore(db) };
  for (const add of [addHistoryChart, addImportanceChart, addCurvesChart]) add(app, source);
}
