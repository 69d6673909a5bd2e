import { describe, expect, test } from 'vitest';
import { generateMarket } from '../market/synthetic/generate.ts';
import { marketPresets } from '../market/synthetic/presets.ts';
import { checkFeatureSet } from './check.ts';
import { featureSetOf } from './choice.ts';
import type { FeatureSet } from './feature-set.ts';
import { featureMatrix } from './index.ts';
import { defineFeatureSet, type FeatureSetOptions } from './own-set.ts';

const bars = generateMarket(marketPresets.planted, 3, 2);
const training = { from: 0, to: 390 };

/** The move from the last close, of each symbol. */
const moves: FeatureSetOptions = {
  id: 'moves@1',
  features: ['move'],
  start: ({ symbols, memory }) => {
    const last = memory.numbers(symbols.length);
    return {
      push: (bar, out) => {
        for (let k = 0; k < symbols.length; k++) {
          out[k] = last[k] === 0 ? 0 : bar.close[k]! - last[k]!;
          last[k] = bar.close[k]!;
        }
      },
    };
  },
};

const failedChecks = (set: FeatureSet) => checkFeatureSet(set, bars, training).filter(({ passed }) => !passed);

describe('a feature set of a user', () => {
  test('is computed like ours, alone or with others', () => {
    const set = defineFeatureSet(moves);
    const { close } = bars.bars[0]!;
    const matrix = featureMatrix(bars, { set: [set, 'bar-flow@1'] });
    expect(matrix.set).toBe('moves@1 + bar-flow@1');
    expect(matrix.names.slice(0, 2)).toEqual(['NVDA.move', 'NVDA.volumeZscore']);
    expect(matrix.values[100 * matrix.width]).toBe(Math.fround(close[100]! - close[99]!));
  });

  test('passes the checks', () => {
    const checks = checkFeatureSet(defineFeatureSet(moves), bars, training);
    expect(checks.map(({ check, passed }) => [check, passed])).toEqual([
      ['finite', true],
      ['learns from training rows only', true],
      ['looks at no later bar', true],
      ['same after a restart', true],
    ]);
  });

  test.each(['phoenix-base@1', 'multi-ticker@1'])('and so does %s', (id) => {
    expect(failedChecks(featureSetOf(id))).toEqual([]);
  });

  test('that remembers outside of its memory is found', () => {
    const forgetful = defineFeatureSet({
      ...moves,
      start: ({ symbols }) => {
        const last = symbols.map(() => 0);
        return {
          push: (bar, out) => {
            for (let k = 0; k < last.length; k++) {
              out[k] = bar.close[k]! - last[k]!;
              last[k] = bar.close[k]!;
            }
          },
        };
      },
    });
    expect(failedChecks(forgetful)).toEqual([
      expect.objectContaining({ check: 'same after a restart', because: expect.stringContaining('outside of context.memory') }),
    ]);
  });

  test('that learns from later rows is found', () => {
    const peeking = defineFeatureSet({ ...moves, fit: ({ bars: [one] }) => one!.close.reduce((sum, x) => sum + x, 0) });
    expect(failedChecks(peeking)).toEqual([expect.objectContaining({ check: 'learns from training rows only' })]);
  });

  test('that reads a later bar through its fit is found', () => {
    let seen = bars.bars[0]!.close;
    const peeking = defineFeatureSet({
      ...moves,
      fit: (some) => {
        seen = some.bars[0]!.close;
        return 0;
      },
      start: ({ symbols, memory }) => {
        const row = memory.numbers(1);
        return {
          push: (_, out) => {
            row[0]!++; // one ahead
            for (let k = 0; k < symbols.length; k++) out[k] = seen[row[0]!] ?? 0;
          },
        };
      },
    });
    expect(failedChecks(peeking)).toEqual([expect.objectContaining({ check: 'looks at no later bar' })]);
  });

  test('with a value that is not finite is found', () => {
    const dividing = defineFeatureSet({ ...moves, start: () => ({ push: (_, out) => void out.fill(1 / 0) }) });
    expect(failedChecks(dividing)[0]).toMatchObject({
      check: 'finite',
      because: expect.stringContaining('the feature NVDA.move is Infinity in row 0'),
    });
  });

  test.each([
    [{ id: 'moves' }, 'no id of a feature set'],
    [{ id: 'dual-ticker@2' }, 'a feature set of Assay itself'],
    [{ features: [] }, 'features []'],
    [{ features: ['a', 'a'] }, 'features [a, a]'],
    [{ features: ['a b'] }, 'features [a b]'],
    [{ warmUpBars: -1 }, 'warm-up of -1'],
    [{ symbols: { min: 2, max: 1 } }, 'symbols from 2 to 1'],
  ])('is refused with %o', (change, says) => {
    expect(() => defineFeatureSet({ ...moves, ...change })).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(says) }),
    );
  });
});

describe('a choice of features', () => {
  test('is an id, an id with options, a list, or the id of several', () => {
    const wanted = 'phoenix-base@1{"clock":"day"} + context-15m@1';
    for (const choice of [
      wanted,
      ['phoenix-base@1{"clock":"day"}', 'context-15m@1'],
      [{ id: 'phoenix-base@1', options: { clock: 'day' } }, 'context-15m@1'],
    ])
      expect(featureSetOf(choice).id).toBe(wanted);
  });

  test.each([
    ['weather@1', 'unknown feature set "weather@1"'],
    ['phoenix-base@1{clock:day}', 'are not JSON'],
    ['phoenix-base@1{"clok":"day"}', 'clok: unknown option'],
    [{ id: 'dual-ticker@2', options: { window: 3 } }, 'has no options'],
    [[], 'no feature set is named'],
    [7, 'is no feature set'],
    [null, 'is no feature set'],
    [['dual-ticker@2', 'multi-ticker@1'], 'have a feature spread'],
  ])('%o is refused', (choice, says) => {
    expect(() => featureSetOf(choice as string)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(says) }),
    );
  });

  test('of sets without a common number of symbols is refused', () => {
    const single = defineFeatureSet({ ...moves, symbols: { max: 1 } });
    expect(() => featureSetOf([single, 'dual-ticker@2'])).toThrow(/no number of symbols fits all/);
  });
});
