import { expect, test } from 'vitest';
import { auto } from '../../../../src/search/samplers/index.ts';
import { baseFunctions } from '../families/base-functions.ts';
import { withNoise } from '../families/noise.ts';
import { figuresAt, trialsTo, warmRuns } from './warm.ts';

test('an earlier study of the same function halves the trials to a value, an opposite one costs little', () => {
  const problem = withNoise('warm', 'exact', baseFunctions().find(({ name }) => name === 'walk_forward4')!);
  const options = { sampler: auto(), trials: 30, earlierTrials: 30 };
  const runs = [0, 1].flatMap((seed) => warmRuns(problem, ['scaled', 'opposite'], seed, options));
  const of = (kind: string) => runs.filter((run) => run.kind === kind);
  for (const goal of [0.1, 0.01]) expect(trialsTo(goal, of('scaled'))!.ratio).toBeLessThan(0.5);
  expect(figuresAt(of('opposite'), 30).difference).toBeLessThan(0.05);
  expect(figuresAt(of('scaled'), 10).warm).toBeLessThan(0.02);
}, 120_000);
