import type { z } from '@hono/zod-openapi';
import type { bestSchema } from '../../api/routes/best.ts';
import type { ModelBoard } from '../../api/routes/board.ts';
import type { ContourChart } from '../../api/routes/charts/contour.ts';
import type { CurvesChart } from '../../api/routes/charts/curves.ts';
import type { DegradationChart } from '../../api/routes/charts/degradation.ts';
import type { EdfChart } from '../../api/routes/charts/edf.ts';
import type { Equity } from '../../api/routes/charts/equity.ts';
import type { FoldLayout } from '../../api/routes/charts/folds.ts';
import type { FrontChart } from '../../api/routes/charts/front.ts';
import type { HistoryChart } from '../../api/routes/charts/history.ts';
import type { ImportanceChart } from '../../api/routes/charts/importance.ts';
import type { LuckChart } from '../../api/routes/charts/luck.ts';
import type { OverfitChart } from '../../api/routes/charts/overfit.ts';
import type { ParallelChart } from '../../api/routes/charts/parallel.ts';
import type { SameDataChart } from '../../api/routes/charts/same-data.ts';
import type { SliceChart } from '../../api/routes/charts/slice.ts';
import type { TimelineChart } from '../../api/routes/charts/timeline.ts';
import type { comparisonSchema } from '../../api/routes/compare.ts';
import type { DataSets } from '../../api/routes/data.ts';
import type { freezesSchema } from '../../api/routes/freezes.ts';
import type { gatesSchema } from '../../api/routes/gates.ts';
import type { ledgerReportSchema, recordDetailSchema } from '../../api/routes/ledger.ts';
import type { historyPageSchema, modelDetailSchema, modelsSchema } from '../../api/routes/models.ts';
import type { reportsSchema } from '../../api/routes/reports.ts';
import type { sessionSchema } from '../../api/routes/session.ts';
import type { studiesPageSchema, studyDetailSchema } from '../../api/routes/studies.ts';
import type { trialDetailSchema, trialsPageSchema } from '../../api/routes/trials.ts';
import type { pathsSchema, validationsSchema } from '../../api/routes/validation.ts';
import type { vaultSchema } from '../../api/routes/vault.ts';
import type { versionDetailSchema } from '../../api/routes/versions.ts';
import { carriedAnswer, isCarried } from './carried.ts';
import { noAnswer, problemOf } from './problem.ts';
import { asksToken, gotAnswer, gotNoAnswer } from './server.ts';

/**
 * What each address of the API answers: the one place that says it to the pages. `{}` stands for a part of the path.
 * A test holds it against `/openapi.json`.
 */
export interface Answers {
  '/v1/compare': z.output<typeof comparisonSchema>;
  '/v1/data': DataSets;
  '/v1/freezes/{}': z.output<typeof freezesSchema>;
  '/v1/ledger/verify': z.output<typeof ledgerReportSchema>;
  '/v1/models': z.output<typeof modelsSchema>;
  '/v1/models/{}': z.output<typeof modelDetailSchema>;
  '/v1/models/{}/board': ModelBoard;
  '/v1/models/{}/history': z.output<typeof historyPageSchema>;
  '/v1/models/{}/versions/{}': z.output<typeof versionDetailSchema>;
  '/v1/models/{}/records/{}': z.output<typeof recordDetailSchema>;
  '/v1/session': z.output<typeof sessionSchema>;
  '/v1/studies': z.output<typeof studiesPageSchema>;
  '/v1/studies/{}': z.output<typeof studyDetailSchema>;
  '/v1/studies/{}/best': z.output<typeof bestSchema>;
  '/v1/studies/{}/charts/contour': ContourChart;
  '/v1/studies/{}/charts/curves': CurvesChart;
  '/v1/studies/{}/charts/degradation': DegradationChart;
  '/v1/studies/{}/charts/edf': EdfChart;
  '/v1/studies/{}/charts/front': FrontChart;
  '/v1/studies/{}/charts/history': HistoryChart;
  '/v1/studies/{}/charts/importance': ImportanceChart;
  '/v1/studies/{}/charts/luck': LuckChart;
  '/v1/studies/{}/charts/overfit': OverfitChart;
  '/v1/studies/{}/charts/parallel': ParallelChart;
  '/v1/studies/{}/charts/same-data': SameDataChart;
  '/v1/studies/{}/charts/slice': SliceChart;
  '/v1/studies/{}/charts/timeline': TimelineChart;
  '/v1/studies/{}/trials': z.output<typeof trialsPageSchema>;
  '/v1/studies/{}/trials/{}': z.output<typeof trialDetailSchema>;
  '/v1/studies/{}/trials/{}/gates': z.output<typeof gatesSchema>;
  '/v1/studies/{}/trials/{}/paths': z.output<typeof pathsSchema>;
  '/v1/studies/{}/trials/{}/reports': z.output<typeof reportsSchema>;
  '/v1/studies/{}/trials/{}/validation': z.output<typeof validationsSchema>;
  '/v1/studies/{}/trials/{}/validation/equity': Equity;
  '/v1/studies/{}/trials/{}/validation/folds': FoldLayout;
  '/v1/studies/{}/trials/{}/vault': z.output<typeof vaultSchema>;
}

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** An address with its path parts (encoded) and its query (undefined and empty values left out). */
export function addressOf(path: keyof Answers, parts: readonly (string | number)[] = [], query: Query = {}): string {
  let i = 0;
  const filled = path.replaceAll('{}', () => encodeURIComponent(parts[i++] ?? ''));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? value.join(',') : String(value ?? '');
    if (text !== '') search.set(name, text);
  }
  return search.size === 0 ? filled : `${filled}?${search}`;
}

/** Longest wait for an answer; a server that accepts and says nothing must not leave a panel loading for ever. */
const answerMs = 30_000;

/** Reads from the API. @throws Problem for every answer but 2xx, and where none came; AbortError if `signal` was aborted. */
export async function read<Path extends keyof Answers>(
  path: Path,
  parts: readonly (string | number)[] = [],
  query: Query = {},
  signal?: AbortSignal,
): Promise<Answers[Path]> {
  return (await request(addressOf(path, parts, query), { signal })) as Answers[Path];
}

/** Sends one request and reads its JSON. The browser revalidates by ETag itself. */
export async function request(
  address: string,
  { signal, ...init }: Omit<RequestInit, 'signal'> & { signal?: AbortSignal | undefined } = {},
): Promise<unknown> {
  if (isCarried()) return carriedAnswer(address);
  const limit = AbortSignal.timeout(answerMs);
  const orNone = (error: unknown): never => {
    if (signal?.aborted === true) throw error;
    gotNoAnswer();
    throw noAnswer(error);
  };
  const answer = await fetch(address, { ...init, signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) }).catch(orNone);
  if (answer.status === 401) asksToken.value = true;
  if (!answer.ok) {
    gotAnswer();
    throw await problemOf(answer);
  }
  // A server that goes away in the middle of an answer has not given one.
  const body = answer.status === 204 ? null : await answer.json().catch(orNone);
  gotAnswer();
  return body;
}
