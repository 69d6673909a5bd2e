import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { messageOf } from '../../../../src/core/errors.ts';
import { createRng } from '../../../../src/core/rng.ts';
import { bestTrials } from '../../../../src/search/objectives/best-trials.ts';
import { recommend } from '../../../../src/search/recommend/recommend.ts';
import { samplerOf } from '../../../../src/search/samplers/index.ts';
import type { Observation } from '../../../../src/search/trial/history.ts';
import { median } from '../rank.ts';
import { type NumberedObjective, runSearch, type SearchRun } from '../run.ts';
import { compareRuns, type FamilyRow, type FamilyRun } from './compare.ts';
import { familyNames, problemsOf } from './families.ts';
import { type PeerName, peerNames, peerSearch } from './peers.ts';
import { type Problem, regretOf } from './problem.ts';
import { tablesOf } from './tables.ts';

const usage = `npm run bench:quality -- --families all|${familyNames.join(',')} [--only functions] [--samplers auto,tpe] [--peers all|${peerNames.join(',')}] [--tables directory] [--seeds 3] [--trials 100] [--by model|value] [--save runs.json] [--against runs.json]`;
const allBudgets = [25, 50, 100, 200];

/** Runs samplers on families of noise and generated functions, judged by the true value of what each would recommend. */
export async function familiesMain(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      families: { type: 'string', default: 'all' },
      only: { type: 'string' },
      samplers: { type: 'string', default: 'auto' },
      seeds: { type: 'string', default: '3' },
      trials: { type: 'string', default: '100' },
      tables: { type: 'string' },
      peers: { type: 'string', default: '' },
      by: { type: 'string', default: 'model' },
      save: { type: 'string' },
      against: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const families = values.tables !== undefined ? ['tables'] : values.families === 'all' ? familyNames : values.families.split(',');
  const unknown = families.find((family) => values.tables === undefined && !familyNames.includes(family));
  if (values.help || unknown !== undefined) {
    console.error(values.help ? usage : `there is no family ${unknown}\nhint: ${usage}`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const peers = values.peers === 'all' ? peerNames : peerNames.filter((peer) => values.peers.split(',').includes(peer));
  const [seeds, trials] = [Number(values.seeds), Number(values.trials)];
  const budgets = allBudgets.filter((budget) => budget <= trials);
  const only = values.only?.split(',');
  const tables = values.tables === undefined ? null : tablesOf(values.tables);

  const runs: FamilyRun[] = [];
  const lastAsks = new Map<string, number[]>();
  const leftOut = new Map<string, string>();
  const add = ({ run, lastAskMs }: Searched): void => {
    runs.push(run);
    lastAsks.set(run.sampler, [...(lastAsks.get(run.sampler) ?? []), lastAskMs]);
    if (values.save !== undefined) writeFileSync(values.save, JSON.stringify({ machine: cpus()[0]?.model, runs }));
  };
  for (const family of families)
    for (let seed = 0; seed < seeds; seed++)
      for (const problem of tables ?? problemsOf(family, seed)) {
        if (only !== undefined && !only.includes(problem.name)) continue;
        const options = { seed, trials, budgets, byModel: values.by === 'model' };
        for (const sampler of values.samplers.split(',')) add(searched(problem, sampler, options));
        for (const peer of peers) {
          if (leftOut.has(peer)) continue;
          try {
            add(await searchedByPeer(problem, peer, options));
          } catch (error) {
            leftOut.set(peer, `${family}, ${problem.name}: ${messageOf(error)}`);
          }
        }
      }
  const before = values.against === undefined ? [] : readRuns(values.against);
  print(compareRuns([...before, ...runs], budgets));
  for (const [sampler, ms] of lastAsks)
    console.log(`${sampler}: an ask at ${trials} trials takes ${median(ms).toFixed(1)} ms of processor time (median)`);
  for (const [peer, why] of leftOut) {
    console.error(`${peer} is left out from here on: ${why}`);
    process.exitCode = 1;
  }
}

interface SearchOptions {
  readonly seed: number;
  readonly trials: number;
  readonly budgets: readonly number[];
  readonly byModel: boolean;
}

interface Searched {
  readonly run: FamilyRun;
  readonly lastAskMs: number;
}

/** The observations of a problem, the same for every sampler. */
function observedBy({ family, name, observe }: Problem, seed: number): NumberedObjective {
  return (params, number) => observe(params, createRng(`${family}/${name}/${seed}/${number}`));
}

function searched(problem: Problem, sampler: string, options: SearchOptions): Searched {
  const { seed, trials } = options;
  const studied = { space: problem.space, objective: observedBy(problem, seed), direction: 'minimize' as const };
  return judged(problem, sampler, options, runSearch(studied, samplerOf({ id: sampler, options: {} }), { seed, trials, workers: 1 }));
}

async function searchedByPeer(problem: Problem, peer: PeerName, options: SearchOptions): Promise<Searched> {
  const search = await peerSearch({ space: problem.space, objective: observedBy(problem, options.seed) }, peer, options);
  return judged(problem, peer, options, search);
}

/** Every sampler's trials are recommended from by the same rule. */
function judged(
  problem: Problem,
  sampler: string,
  { seed, budgets, byModel }: SearchOptions,
  { trials, askMs }: Pick<SearchRun, 'trials' | 'askMs'>,
): Searched {
  const { family, name, space } = problem;
  const recommended = (observations: readonly Observation[]): Observation['params'] =>
    (byModel ? recommend(space, { direction: 'minimize', observations }) : bestTrials(observations, ['minimize']))[0]!.params;
  const regrets = Object.fromEntries(budgets.map((budget) => [budget, regretOf(problem, recommended(trials.slice(0, budget)))]));
  return { run: { family, function: name, seed, sampler, regrets }, lastAskMs: median([...askMs.slice(-10)]) };
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
