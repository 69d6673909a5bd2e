import { useEffect, useState } from 'preact/hooks';
import { read } from '../../data/api.ts';
import { client, keyOf } from '../../data/query.ts';

/** The trial that a model's alias `champion` stands for. */
export interface Champion {
  readonly model: string;
  readonly number: number;
}

/** Number of models that are read: one request each. */
const mostModels = 8;

/** The champion that is a trial of this study; null: none, or not found yet. */
export function useChampion(study: string): Champion | null {
  const [champion, setChampion] = useState<Champion | null>(null);
  useEffect(() => {
    let wanted = true;
    setChampion(null);
    // A trial page without a champion compares with the best trial; it needs no word about a model that could not be read.
    findChampion(study).then(
      (found) => wanted && setChampion(found),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [study]);
  return champion;
}

async function findChampion(study: string): Promise<Champion | null> {
  const models = await client.fetchQuery({
    queryKey: keyOf({ path: '/v1/models', query: {} }),
    queryFn: ({ signal }) => read('/v1/models', [], {}, signal),
  });
  const named = models.items.filter(({ aliases }) => aliases.some(({ alias }) => alias === 'champion')).slice(0, mostModels);
  for (const { name } of named) {
    const { versions } = await client.fetchQuery({
      queryKey: keyOf({ path: '/v1/models/{}', parts: [name] }),
      queryFn: ({ signal }) => read('/v1/models/{}', [name], {}, signal),
    });
    const [of, number] = versions.find(({ aliases }) => aliases.includes('champion'))?.trial.split('#') ?? [];
    if (of === study && number !== undefined) return { model: name, number: Number(number) };
  }
  return null;
}
