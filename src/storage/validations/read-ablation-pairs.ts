import type { AblationPair } from '../../validation/gates/gate.ts';
import type { Db } from '../database.ts';
import { readAblations } from './read-ablation.ts';

const withheld = 'withhold ';

/** What a trial loses without some of its features, of every finished ablation that withheld features from it. */
export async function readAblationPairs(db: Db, study: string, number: number): Promise<readonly AblationPair[]> {
  const { items } = await readAblations(db, study);
  return items
    .filter(({ varied, trials }) => trials.includes(number) && varied.every((name) => name.startsWith(withheld)))
    .flatMap(({ varied, items: arms }) => {
      const features = varied.map((name) => name.slice(withheld.length)).join(', ');
      // Shuffled values still train: what is gone shows without them.
      const without = arms.filter(({ arm }) => arm === 'without');
      return without.map(({ difference, low, high, days }) => ({
        arm: features,
        loss: -(difference ?? Number.NaN),
        low: -(high ?? Number.NaN),
        high: -(low ?? Number.NaN),
        days,
      }));
    });
}
