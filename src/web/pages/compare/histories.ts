import { useEffect, useState } from 'preact/hooks';
import type { HistoryChart } from '../../../api/routes/charts/history.ts';
import { read } from '../../data/api.ts';
import { client, keyOf } from '../../data/query.ts';

export interface StudyHistory {
  readonly study: string;
  /** Null: it did not come; the others are shown without it. */
  readonly chart: HistoryChart | null;
}

/** The best so far of each study, in the order given; null: still on the way. */
export function useHistories(studies: readonly string[]): readonly StudyHistory[] | null {
  const key = studies.join(',');
  const [got, setGot] = useState<{ readonly key: string; readonly histories: readonly StudyHistory[] } | null>(null);
  useEffect(() => {
    let wanted = true;
    const ask = async (study: string): Promise<StudyHistory> => {
      const asked = { path: '/v1/studies/{}/charts/history', parts: [study], query: { maxPoints: 200 } } as const;
      const chart = client.fetchQuery({
        queryKey: keyOf(asked),
        queryFn: ({ signal }) => read(asked.path, asked.parts, asked.query, signal),
      });
      return { study, chart: await chart.catch(() => null) };
    };
    void Promise.all(studies.map(ask)).then((histories) => wanted && setGot({ key, histories }));
    return () => {
      wanted = false;
    };
  }, [key]);
  return got?.key === key ? got.histories : null;
}
