import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { createRng } from '../../../../src/core/rng.ts';
import { bestTrials } from '../../../../src/search/objectives/best-trials.ts';
import { recommend } from '../../../../src/search/recommend/recommend.ts';
import { samplerOf } from '../../../../src/search/samplers/index.ts';
import type { Observation } from '../../../../src/search/trial/history.ts';
import { median } from '../rank.ts';
import { runSearch } from '../run.ts';
import { compareRuns, type FamilyRow, type FamilyRun } from './compare.ts';
import { familyNames, problemsOf } from './families.ts';
import { type Problem, regretOf } from './problem.ts';

const usage = `npm run bench:quality -- --families all|${familyNames.join(',')} [--only functions] [--samplers auto,tpe] [--seeds 3] [--trials 100] [--by model|value] [--save runs.json] [--against runs.json]`;
const allBudgets = [25, 50, 100, 200];

/** Runs samplers on families of noise and generated functions, judged by the true value of what each would recommend. */
export function familiesMain(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      families: { type: 'string', default: 'all' },
      only: { type: 'string' },
      samplers: { type: 'string', default: 'auto' },
      seeds: { type: 'string', default: '3' },
      trials: { type: 'string', default: '100' },
      by: { type: 'string', default: 'model' },
      save: { type: 'string' },
      against: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const families = values.families === 'all' ? familyNames : values.families.split(',');
  const unknown = families.find((family) => !familyNames.includes(family));
  if (values.help || unknown !== undefined) {
    console.error(values.help ? usage : `there is no family ${unknown}\nhint: ${usage}`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const [seeds, trials] = [Number(values.seeds), Number(values.trials)];
  const budgets = allBudgets.filter((budget) => budget <= trials);
  const only = values.only?.split(',');

  const runs: FamilyRun[] = [];
  const lastAsks: number[] = [];
  for (const family of families)
    for (let seed = 0; seed < seeds; seed++)
      for (const problem of problemsOf(family, seed)) {
        if (only !== undefined && !only.includes(problem.name)) continue;
        for (const sampler of values.samplers.split(',')) {
          const { run, lastAskMs } = searched(problem, sampler, { seed, trials, budgets, byModel: values.by === 'model' });
          runs.push(run);
          lastAsks.push(lastAskMs);
        }
      }
  if (values.save !== undefined) writeFileSync(values.save, JSON.stringify({ machine: cpus()[0]?.model, runs }));
  const before = values.against === undefined ? [] : readRuns(values.against);
  print(compareRuns([...before, ...runs], budgets));
  console.log(`an ask at ${trials} trials: ${median(lastAsks).toFixed(1)} ms of processor time (median)`);
}

function searched(
  problem: Problem,
  sampler: string,
  {
    seed,
    trials,
    budgets,
    byModel,
  }: { readonly seed: number; readonly trials: number; readonly budgets: readonly number[]; readonly byModel: boolean },
): { readonly run: FamilyRun; readonly lastAskMs: number } {
  const { family, name, space, observe } = problem;
  const objective = (params: Observation['params'], number: number): number =>
    observe(params, createRng(`${family}/${name}/${seed}/${number}`));
  const search = runSearch({ space, objective, direction: 'minimize' }, samplerOf({ id: sampler, options: {} }), {
    seed,
    trials,
    workers: 1,
  });
  const recommended = (observations: readonly Observation[]): Observation['params'] =>
    (byModel ? recommend(space, { direction: 'minimize', observations }) : bestTrials(observations, ['minimize']))[0]!.params;
  const regrets = Object.fromEntries(budgets.map((budget) => [budget, regretOf(problem, recommended(search.trials.slice(0, budget)))]));
  return { run: { family, function: name, seed, sampler, regrets }, lastAskMs: median([...search.askMs.slice(-10)]) };
}

/** Reads saved runs; their samplers get the suffix `'`, so that they stand beside those of the same name now. */
function readRuns(path: string): readonly FamilyRun[] {
  const { runs } = JSON.parse(readFileSync(path, 'utf8')) as { readonly runs: readonly FamilyRun[] };
  return runs.map((run) => ({ ...run, sampler: `${run.sampler}'` }));
}

function print(rows: readonly FamilyRow[]): void {
  const cells = rows.map((row) => [
    row.family,
    String(row.budget),
    row.sampler,
    row.median.toPrecision(3),
    row.meanRank.toFixed(2),
    row.worstRank.toFixed(2),
    `${row.better} : ${row.worse}`,
    row.ratio.toFixed(2),
  ]);
  const head = ['family', 'trials', 'sampler', 'median regret', 'mean rank', 'worst function', 'better : worse', 'ratio'];
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((line) => line[column]!.length)));
  for (const line of [head, ...cells]) console.log(line.map((cell, column) => cell.padEnd(widths[column]!)).join('  '));
}
