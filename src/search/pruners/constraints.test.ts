import { describe, expect, test } from 'vitest';
import { type ConstrainedRun, searchConstrained } from '../../../tests/fixtures/constrained-study.ts';
import { samplerOf } from '../samplers/index.ts';
import { feasibleValues } from './feasible-peers.ts';
import { prunerOf } from './index.ts';
import type { PeerCurve } from './pruner.ts';

const pruners = ['forecast', 'median', 'percentile', 'successive-halving', 'hyperband'];
const seeds = [0, 1, 2];

const runsOf = (sampler: string, pruner: string, trials = 60): readonly ConstrainedRun[] =>
  seeds.map((seed) => searchConstrained(samplerOf({ id: sampler, options: {} }), prunerOf({ id: pruner, options: {} }), seed, trials));
const meanBest = (runs: readonly ConstrainedRun[]): number => runs.reduce((sum, { best }) => sum + best / runs.length, 0);

describe('pruners where what rises fastest misses a constraint', () => {
  test.each(['random', 'tpe', 'nsga2', 'cmaes'])('%s finds as good a trial beside any pruner as beside none', (sampler) => {
    const unpruned = meanBest(runsOf(sampler, 'nop'));
    for (const pruner of pruners) {
      const runs = runsOf(sampler, pruner);
      expect({ pruner, worse: unpruned - meanBest(runs) }).toEqual({
        pruner,
        worse: expect.toSatisfy((worse: number) => worse < 0.1) as number,
      });
      // Trials that meet the constraint still get to their end late in the study.
      expect(runs.reduce((sum, { feasibleLate }) => sum + feasibleLate, 0)).toBeGreaterThan(2);
    }
  });

  test('the default pair finds feasible trials until the end', () => {
    const run = searchConstrained(samplerOf({ id: 'auto', options: {} }), prunerOf({ id: 'forecast', options: {} }), 0, 50);
    expect(run.best).toBeGreaterThan(0.99);
    expect(run.feasibleLate).toBeGreaterThan(0);
    expect(run.pruned).toBeGreaterThan(5);
  });

  test('only trials that met their constraints set the bar of a median', () => {
    const peer = (number: number, end: number, feasible: boolean): PeerCurve => ({
      number,
      state: 'complete',
      steps: [1, 2],
      values: [end / 2, end],
      value: end,
      feasible,
    });
    const self = { number: 99, steps: [1, 2], values: [0.6, 1.1] };
    const infeasible = Array.from({ length: 8 }, (_, i) => peer(i, 10 + i, false));
    const feasible = Array.from({ length: 8 }, (_, i) => peer(20 + i, 1 + i / 100, true));
    const decide = (peers: readonly PeerCurve[]) => prunerOf({ id: 'median', options: {} }).decide(self, peers, 'maximize');
    expect(decide([...infeasible, ...feasible])).toEqual({ prune: false });
    expect(decide(infeasible)).toEqual({ prune: false });
    expect(decide(infeasible.map((each) => ({ ...each, feasible: true })))).toMatchObject({ prune: true });
  });

  test('a trial whose feasibility is not known counts as those of the nearest values', () => {
    const feasible = [1, 2, 3].map((value) => ({ value, feasible: true }));
    const missed = [10, 11, 12].map((value) => ({ value, feasible: false }));
    const unknown = [2.5, 10.5].map((value) => ({ value, feasible: undefined }));
    expect(feasibleValues([...feasible, ...missed, ...unknown])).toEqual([1, 2, 3, 2.5]);
    expect(feasibleValues([...feasible, ...unknown])).toEqual([1, 2, 3, 2.5, 10.5]);
  });
});
