import type { z } from '@hono/zod-openapi';
import type { bestSchema } from '../../api/routes/best.ts';
import type { CurvesChart } from '../../api/routes/charts/curves.ts';
import type { HistoryChart } from '../../api/routes/charts/history.ts';
import type { ImportanceChart } from '../../api/routes/charts/importance.ts';
import type { modelDetailSchema, modelsSchema } from '../../api/routes/models.ts';
import type { reportsSchema } from '../../api/routes/reports.ts';
import type { studiesPageSchema, studyDetailSchema } from '../../api/routes/studies.ts';
import type { trialDetailSchema, trialsPageSchema } from '../../api/routes/trials.ts';
import { carriedAnswer, isCarried } from './carried.ts';
import { noAnswer, problemOf } from './problem.ts';
import { asksToken, gotAnswer, gotNoAnswer } from './server.ts';

/**
 * What each address of the API answers: the one place that says it to the pages. `{}` stands for a part of the path.
 * A test holds it against `/openapi.json`.
 */
export interface Answers {
  '/v1/models': z.output<typeof modelsSchema>;
  '/v1/models/{}': z.output<typeof modelDetailSchema>;
  '/v1/studies': z.output<typeof studiesPageSchema>;
  '/v1/studies/{}': z.output<typeof studyDetailSchema>;
  '/v1/studies/{}/best': z.output<typeof bestSchema>;
  '/v1/studies/{}/charts/curves': CurvesChart;
  '/v1/studies/{}/charts/history': HistoryChart;
  '/v1/studies/{}/charts/importance': ImportanceChart;
  '/v1/studies/{}/trials': z.output<typeof trialsPageSchema>;
  '/v1/studies/{}/trials/{}': z.output<typeof trialDetailSchema>;
  '/v1/studies/{}/trials/{}/reports': z.output<typeof reportsSchema>;
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
  let answer: Response;
  try {
    answer = await fetch(address, { ...init, signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    gotNoAnswer();
    throw noAnswer(error);
  }
  gotAnswer();
  if (answer.status === 401) asksToken.value = true;
  if (!answer.ok) throw await problemOf(answer);
  return answer.status === 204 ? null : answer.json();
}
