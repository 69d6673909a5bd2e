import { expect, test } from 'vitest';
import type { Json } from '../core/json.ts';
import type { SharedTable } from '../core/table.ts';
import { barFields } from '../market/bars.ts';
import { generateMarket } from '../market/synthetic/generate.ts';
import { marketPresets } from '../market/synthetic/presets.ts';
import { planFolds, plannedEvidence } from './plan.ts';

const market = generateMarket(marketPresets.planted, 1, 12);

/** The market as a data set that a study reads. */
function table(): SharedTable {
  const columns = Object.fromEntries(
    market.symbols.flatMap((symbol, i) => barFields.map((field) => [`${symbol}.${field}`, market.bars[i]![field]])),
  );
  return {
    name: 'm',
    hash: '',
    rows: market.time.length,
    columns: { time: market.time, session: market.session, ...columns } as unknown as SharedTable['columns'],
    meta: { symbols: [...market.symbols], barMs: market.barMs } as Json,
  };
}

const context = { dataset: async () => table() };
const planned = (sessions: { searchSessions: number; innerSessions: number; testSessions: number; folds: number }) => ({
  dataset: 'm',
  sessions: { purgeSessions: 1, ...sessions },
});

test('the evidence of a walk-forward is every decision and every session of its tests', async () => {
  const options = planned({ searchSessions: 6, innerSessions: 2, testSessions: 2, folds: 3 });
  const folds = await planFolds(options, context);
  expect(folds).toHaveLength(3);
  expect(await plannedEvidence(options, context, folds)).toEqual({ steps: 3 * 2 * 389, days: 6, folds: 3, shortestFold: 2 });
});

test.each([
  [
    'folds beyond the data',
    planned({ searchSessions: 6, innerSessions: 2, testSessions: 2, folds: 4 }),
    /4 folds of 2 sessions do not fit into 12/,
  ],
  [
    'a search window beyond the data',
    planned({ searchSessions: 13, innerSessions: 2, testSessions: 1, folds: 1 }),
    /13 sessions does not fit into the 12/,
  ],
  ['a window too short to train', planned({ searchSessions: 3, innerSessions: 2, testSessions: 1, folds: 1 }), /leave nothing to train on/],
])('%s are refused', async (_, options, says) => {
  await expect(planFolds(options, context)).rejects.toThrow(
    expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(says) }),
  );
});
