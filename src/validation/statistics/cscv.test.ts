import { describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { cscv } from './cscv.ts';

/** Trials of independent returns with the deviation 1 and these means. */
function trialsOf(seed: string, days: number, means: readonly number[]): number[][] {
  const rng = createRng(seed);
  return means.map((mean) => Array.from({ length: days }, () => mean + rng.normal()));
}

const equal = (trials: number, mean = 0) => Array.from({ length: trials }, () => mean);

test('by hand: three trials over four blocks, ties in a half and in the ranks', () => {
  const returns = [
    [0.1, 0.3, 0, 0.2],
    [0.2, -0.1, 0.2, -0.2],
    [0, 0.1, 0.1, 0.3],
  ];
  const { pbo, chosen, combinations, meanLogit, probabilityOfLoss } = cscv(returns, { blocks: 4, criterion: 'mean', minimumTrials: 2 });
  expect(combinations).toBe(6);
  expect(chosen).toEqual([0, 1, 0, 0, 0, 2]);
  expect(pbo).toBeCloseTo(4 / 6, 12);
  expect(meanLogit).toBeCloseTo((0 - Math.log(3) + Math.log(3) + Math.log(3) + 2 * Math.log(0.375 / 0.625)) / 6, 12);
  expect(probabilityOfLoss).toBeCloseTo(1 / 6, 12);
});

describe('what the numbers mean', () => {
  test('trials without skill: the best of one half is an ordinary one on the other', () => {
    const answers = Array.from({ length: 20 }, (_, i) => cscv(trialsOf(`noise ${i}`, 48, equal(12)), { blocks: 8 }));
    const mean = (of: (one: (typeof answers)[number]) => number) => answers.reduce((sum, one) => sum + of(one), 0) / answers.length;
    expect(mean(({ pbo }) => pbo)).toBeGreaterThan(0.4);
    expect(mean(({ probabilityOfLoss }) => probabilityOfLoss)).toBeGreaterThan(0.4);
    expect(mean(({ degradationSlope }) => degradationSlope)).toBeLessThan(0);
  });

  test('one trial with skill: it is chosen and stays the best', () => {
    const { pbo, probabilityOfLoss, chosen } = cscv(trialsOf('skill', 96, [...equal(11), 1]), { blocks: 8 });
    expect([pbo, probabilityOfLoss]).toEqual([0, 0]);
    expect(new Set(chosen)).toEqual(new Set([11]));
  });

  test('one edge for all: the best is an ordinary one, and no loss', () => {
    const answers = [1, 2, 3, 4, 5, 6].map((seed) => cscv(trialsOf(`shared ${seed}`, 96, equal(12, 1)), { blocks: 8 }));
    expect(answers.reduce((sum, { pbo }) => sum + pbo / 6, 0)).toBeGreaterThan(0.35);
    for (const { probabilityOfLoss } of answers) expect(probabilityOfLoss).toBe(0);
  });
});

test('only the last days that fill the blocks count', () => {
  const trials = trialsOf('rows', 51, equal(10));
  expect(cscv(trials, { blocks: 8 })).toEqual(
    cscv(
      trials.map((own) => own.slice(3)),
      { blocks: 8 },
    ),
  );
});

test('an account that never traded counts as 0 and is chosen where all others lose', () => {
  const losing = trialsOf('losing', 48, equal(10, -2));
  const { chosen, probabilityOfLoss } = cscv([...losing, new Array<number>(48).fill(0)], { blocks: 8 });
  expect(new Set(chosen)).toEqual(new Set([10]));
  expect(probabilityOfLoss).toBe(0);
});

test('too little to judge: NaN with the reason', () => {
  const trials = trialsOf('few', 48, equal(9));
  expect(cscv(trials, { blocks: 8 })).toMatchObject({
    pbo: Number.NaN,
    probabilityOfLoss: Number.NaN,
    because: '9 complete trials with daily returns are too few: 10 are needed',
  });
  expect(cscv([], { blocks: 8 }).because).toMatch(/^0 complete trials/);
  expect(cscv(trialsOf('short', 15, equal(12)), { blocks: 16 }).because).toBe('15 days are too few for 16 blocks: 16 are needed');
  expect(cscv(trialsOf('pair', 3, equal(12)), { blocks: 2 }).because).toBe('3 days are too few for 2 blocks: 4 are needed');
  const constant = [...trials, new Array<number>(48).fill(0.01)];
  expect(cscv(constant, { blocks: 8 }).because).toBe('trial 9 has returns that do not vary in one half of the days');
});

test('wrong input is refused with its place', () => {
  const trials = trialsOf('wrong', 48, equal(10));
  for (const blocks of [7, 0, 20, 8.5]) expect(() => cscv(trials, { blocks })).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  expect(() => cscv([...trials, [0.1]], { blocks: 8 })).toThrow(expect.objectContaining({ code: 'data_invalid', place: 'trial 10' }));
  trials[3]![7] = Number.NaN;
  expect(() => cscv(trials, { blocks: 8 })).toThrow(expect.objectContaining({ code: 'data_invalid', place: 'trial 3[7]' }));
});
