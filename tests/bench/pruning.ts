/**
 * Measures what pruners save and lose: `npm run bench:pruning [-- --json] [-- --seeds 40] [-- --all]`; --all adds further families. `-- --search` measures what
 * a search gains from the forecasts of pruned trials, `[-- --seeds 3] [-- --trials 50]`.
 */
import { parseArgs } from 'node:util';
import type { AlgorithmRef } from '../../src/search/algorithm.ts';
import { forecast, hyperband, median, nop, patient, percentile, prunerOf, successiveHalving } from '../../src/search/pruners/index.ts';
import { defaultPruner } from '../../src/search/study/define-study.ts';
import { families, otherFamilies } from './pruning/families.ts';
import { searchMain } from './pruning/search-main.ts';
import { simulate } from './pruning/simulate.ts';
import { type BenchRow, printRows } from './row.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '40' },
    all: { type: 'boolean', default: false },
    search: { type: 'boolean', default: false },
    trials: { type: 'string', default: '50' },
  },
});

if (flags.search) {
  searchMain({ seeds: Number(flags.seeds), trials: Number(flags.trials) });
  process.exit(0);
}

const pruners: Readonly<Record<string, AlgorithmRef>> = {
  forecast: forecast(),
  median: median(),
  'median as in Optuna': median({ countPruned: false, interpolate: false }),
  'median after 10 steps': median({ warmupSteps: 10 }),
  'percentile 75': percentile({ percentile: 75 }),
  'successive halving': successiveHalving(),
  'successive halving that promotes': successiveHalving({ promote: true }),
  hyperband: hyperband(),
  'hyperband that promotes': hyperband({ promote: true }),
  'patient median': patient({ patience: 5, wrapped: median() }),
  nop: nop(),
};

const rows = (flags.all ? [...families, ...otherFamilies] : families).flatMap((family) =>
  Object.entries(pruners).flatMap(([name, ref]): readonly BenchRow[] => {
    const pruner = prunerOf(ref);
    const runs = Array.from({ length: Number(flags.seeds) }, (_, seed) =>
      simulate(family, pruner, { trials: 100, steps: 50, workers: 4, seed }),
    );
    const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
    const hasGoal = ref.id === defaultPruner().id && families.includes(family);
    const row = (what: string, ours: number, most: number | null): BenchRow => ({
      name: `${family.name}, ${name}: ${what}`,
      unit: '%',
      ours: 100 * ours,
      peer: null,
      peerName: null,
      ratio: null,
      goal: hasGoal && most !== null ? `<= ${100 * most} %` : null,
      met: hasGoal && most !== null ? ours <= most : null,
    });
    return [
      row('steps to the best without pruning', middle(runs.map(({ reached }) => reached)), 0.5),
      row('steps for the same trials', middle(runs.map(({ spent }) => spent)), null),
      row('lost the best', runs.filter(({ lost }) => lost).length / runs.length, 0.05),
    ];
  }),
);
printRows(rows, flags.json);
