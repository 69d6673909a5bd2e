import type { OpenAPIHono } from '@hono/zod-openapi';
import { createAnswerStore } from '../../answer-store.ts';
import { type AttemptStore, createAttemptStore } from '../../charts/attempts.ts';
import { createColumnStore } from '../../charts/columns.ts';
import type { ChartSource } from '../../charts/figure.ts';
import type { RouteContext } from '../../route-context.ts';
import { addContourChart } from './contour.ts';
import { addCurvesChart } from './curves.ts';
import { addDegradationChart } from './degradation.ts';
import { addEdfChart } from './edf.ts';
import { addEquity } from './equity.ts';
import { addFoldLayout } from './folds.ts';
import { addFrontChart } from './front.ts';
import { addHistoryChart } from './history.ts';
import { addImportanceChart } from './importance.ts';
import { addLuckChart } from './luck.ts';
import { addOverfitChart } from './overfit.ts';
import { addParallelChart } from './parallel.ts';
import { addSameDataChart } from './same-data.ts';
import { addSliceChart } from './slice.ts';
import { addTimelineChart } from './timeline.ts';

export interface TimelineSource extends ChartSource {
  readonly attempts: AttemptStore;
}

/** Charts of the trials of a study, one entry for each file of this folder. */
const charts: readonly ((app: OpenAPIHono, source: TimelineSource) => void)[] = [
  addHistoryChart,
  addParallelChart,
  addImportanceChart,
  addSliceChart,
  addContourChart,
  addEdfChart,
  addTimelineChart,
  addCurvesChart,
  addFrontChart,
  addDegradationChart,
  addLuckChart,
  addOverfitChart,
  addSameDataChart,
];

/** 64 MB of columns, attempts and answers for all studies, which the charts share. */
const [columnBytes, attemptBytes, answerBytes] = [48 * 2 ** 20, 8 * 2 ** 20, 8 * 2 ** 20];

export function addCharts(app: OpenAPIHono, context: RouteContext): void {
  const { db } = context;
  const source = {
    db,
    store: createColumnStore(db, columnBytes),
    attempts: createAttemptStore(db, attemptBytes),
    answers: createAnswerStore(answerBytes),
  };
  for (const add of charts) add(app, source);
  addEquity(app, context);
  addFoldLayout(app, context);
}
