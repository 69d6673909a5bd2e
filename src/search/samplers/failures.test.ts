import { describe, expect, test } from 'vitest';
import {
  type FailingProblem,
  type FailingRun,
  failingByChance,
  failingChoice,
  failingRegion,
  searchFailing,
  smallCorner,
  tooLarge,
} from '../../../tests/fixtures/failing-problems.ts';
import { branch, choice, int } from '../space/builders.ts';
import { compileSpace } from '../space/compile.ts';
import { samplerOf } from './index.ts';

const seeds = [0, 1, 2, 3];
const cheap = ['tpe', 'nsga2', 'cmaes'] as const;

const runsOf = (problem: FailingProblem, id: string, count = seeds.length): readonly FailingRun[] =>
  seeds.slice(0, count).map((seed) => searchFailing(problem, samplerOf({ id, options: {} }), seed));
const mean = (runs: readonly FailingRun[], metric: (run: FailingRun) => number): number =>
  runs.reduce((sum, run) => sum + metric(run) / runs.length, 0);

const regions = [failingRegion(2, 1), failingRegion(4, 2), failingRegion(8, 3), smallCorner];

describe('failed trials', () => {
  test.each([tooLarge, failingChoice, ...regions])('cheap samplers fail no more often than random draws: $name', (problem) => {
    const random = runsOf(problem, 'random');
    for (const id of cheap) {
      const runs = runsOf(problem, id);
      expect(mean(runs, ({ failed }) => failed)).toBeLessThan(mean(random, ({ failed }) => failed) + 1);
      expect(mean(runs, ({ best }) => best)).toBeLessThanOrEqual(mean(random, ({ best }) => best) + 0.003);
    }
  });

  test.each([
    ['auto', tooLarge],
    ['auto', failingChoice],
    ['auto', failingRegion(8, 3)],
    ['gp', failingRegion(2, 1)],
  ] as const)('%s fails less often than random draws and finds better: $1.name', (id, problem) => {
    const random = runsOf(problem, 'random', 2);
    const runs = runsOf(problem, id, 2);
    expect(mean(runs, ({ failed }) => failed)).toBeLessThan(mean(random, ({ failed }) => failed));
    expect(mean(runs, ({ best }) => best)).toBeLessThan(mean(random, ({ best }) => best));
  });

  test('an int value that made a trial fail is not suggested again', () => {
    const { observations, best } = searchFailing(tooLarge, samplerOf({ id: 'auto', options: {} }), 0);
    const failed = observations.flatMap(({ state, params }) => (state === 'failed' ? [params['n']] : []));
    expect(new Set(failed).size).toBe(failed.length);
    expect(best).toBe(-28);
  });

  test('random failures do not keep a search from its usual result', () => {
    for (const id of ['auto', ...cheap]) {
      const [run, undisturbed] = [failingByChance(0.3), failingByChance(0)].map((problem) => runsOf(problem, id, 1)[0]!);
      expect(run!.best).toBeLessThan(undisturbed!.best + 0.03);
    }
  });

  test('space filling suggests hardly any point twice while every trial fails', () => {
    const space = compileSpace({ n: int(1, 3), model: choice(['a', 'b']), side: branch({ left: {}, right: { k: int(0, 2) } }) });
    const { observations } = searchFailing({ name: 'all', space, evaluate: () => null }, samplerOf({ id: 'auto', options: {} }), 1, 24);
    expect(new Set(observations.map(({ params }) => JSON.stringify(params))).size).toBeGreaterThan(22);
  });
});
