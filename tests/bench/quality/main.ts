import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { samplerOf } from '../../../src/search/samplers/index.ts';
import { compileSpace } from '../../../src/search/space/compile.ts';
import type { Direction } from '../../../src/search/trial/history.ts';
import { familiesMain } from './families/main.ts';
import { type FileFunction, objectiveOf, spaceOf } from './objective.ts';
import { median, rankAmong } from './rank.ts';
import { runSearch } from './run.ts';
import { warmMain } from './warm/main.ts';

/** Best values of other samplers in the result files, by function, sampler and budget. */
type Results = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, { readonly median?: number }>>>>>>;

interface Row {
  readonly function: string;
  readonly sampler: string;
  readonly direction: Direction;
  /** Medians over the seeds, by budget. */
  readonly medians: Readonly<Record<number, number>>;
  /** Rank among the peers with a value at that budget, by budget; the best is 1. */
  readonly ranks: Readonly<Record<number, number>>;
  readonly peers: Readonly<Record<number, Readonly<Record<string, number>>>>;
  /** CPU time per ask over the last ten trials. */
  readonly lastAskMs: number;
}

const usage = `npm run bench:quality -- [--functions file] [--strong file] [--only names] [--samplers auto,tpe] [--seeds 20] [--trials 100] [--workers 1] [--json]
or, on families of noise and generated functions: npm run bench:quality -- --families all
or, from earlier studies: npm run bench:quality -- --warm`;

/** Runs samplers on the functions of a file and prints medians at each budget beside those of the file, with mean ranks. */
export async function main(args: readonly string[]): Promise<void> {
  if (args.some((arg) => /^--(families|peers|tables)\b/.test(arg))) {
    await familiesMain(args);
    return;
  }
  if (args.includes('--warm')) {
    warmMain(args.filter((arg) => arg !== '--warm'));
    return;
  }
  const { values } = parseArgs({
    args: [...args],
    options: {
      functions: { type: 'string', default: '../shared/quality/reference.json' },
      strong: { type: 'string' },
      only: { type: 'string' },
      samplers: { type: 'string', default: 'auto' },
      seeds: { type: 'string', default: '20' },
      trials: { type: 'string', default: '100' },
      workers: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || !existsSync(values.functions)) {
    console.error(values.help ? usage : `${values.functions} does not exist\nhint: ${usage}`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const file = read(values.functions) as { functions: Record<string, FileFunction>; results?: Results };
  const strongFile = values.strong ?? join(dirname(values.functions), 'strong.json');
  const strong = existsSync(strongFile) ? (read(strongFile) as { results?: Results }) : {};
  const seeds = count(values.seeds);
  const trials = count(values.trials);
  const workers = count(values.workers);
  const budgets = [25, 50, 100, 150, 200].filter((budget) => budget <= trials);
  const names = values.only?.split(',') ?? Object.keys(file.functions);

  const rows: Row[] = [];
  for (const name of names) {
    const definition = file.functions[name];
    const objective = definition === undefined ? null : objectiveOf(name, definition);
    if (definition === undefined || objective === null) {
      console.error(
        `${name}: ${definition === undefined ? 'not in the file' : 'its formula cannot be read and its name is not known'}; left out`,
      );
      process.exitCode = 1;
      continue;
    }
    const problem = { space: compileSpace(spaceOf(definition)), objective, direction: definition.direction };
    for (const id of values.samplers.split(',')) {
      const runs = Array.from({ length: seeds }, (_, seed) =>
        runSearch(problem, samplerOf({ id, options: {} }), { seed, trials, workers }),
      );
      const medians = Object.fromEntries(budgets.map((budget) => [budget, median(runs.map(({ best }) => best[budget - 1]!))]));
      const peers = Object.fromEntries(
        budgets.map((budget) => [budget, peersAt(budget, { ...file.results?.[name], ...strong.results?.[name] })]),
      );
      const ranks = Object.fromEntries(
        budgets.map((budget) => [budget, rankAmong(medians[budget]!, Object.values(peers[budget]!), definition.direction)]),
      );
      const lastAskMs = median(runs.flatMap(({ askMs }) => [...askMs.slice(-10)]));
      const row = { function: name, sampler: id, direction: definition.direction, medians, ranks, peers, lastAskMs };
      rows.push(row);
      if (!values.json) print(row);
    }
  }
  if (values.json) console.log(JSON.stringify({ machine: cpus()[0]?.model, node: process.version, seeds, trials, workers, rows }, null, 2));
  else printMeanRanks(rows, budgets);
}

/** Returns the peers of a ranking: the strong ones up to 100 trials, where their results end; beyond, all samplers of the reference. */
function peersAt(budget: number, results: Results[string]): Readonly<Record<string, number>> {
  const main = ['ax', 'hebo', 'smac', 'gp', 'tpe_default', 'cmaes'];
  const names = budget <= 100 ? main.filter((name) => results[name] !== undefined) : Object.keys(results);
  return Object.fromEntries(
    (names.length > 0 ? names : Object.keys(results)).flatMap((name) => {
      const value = results[name]?.[`at_${budget}`]?.median;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function print({ function: name, sampler, medians, ranks, peers, lastAskMs }: Row): void {
  console.log(`${name}  ${sampler}  ${lastAskMs.toFixed(0)} ms an ask at the end`);
  for (const [budget, value] of Object.entries(medians)) {
    const others = Object.entries(peers[Number(budget)]!).map(([peer, value]) => `${peer} ${value.toPrecision(5)}`);
    console.log(
      `  ${budget.padStart(3)}  ${value.toPrecision(6).padEnd(11)} rank ${ranks[Number(budget)]} of ${others.length + 1}   ${others.join('  ')}`,
    );
  }
}

function printMeanRanks(rows: readonly Row[], budgets: readonly number[]): void {
  for (const sampler of new Set(rows.map((row) => row.sampler))) {
    const own = rows.filter((row) => row.sampler === sampler);
    for (const budget of budgets) {
      const ranked = (peer: string): number[] =>
        own.flatMap(({ peers, medians, direction }) => {
          const all = peers[budget]!;
          if (all[peer] === undefined) return [];
          const rest = Object.entries(all).flatMap(([name, value]) => (name === peer ? [] : [value]));
          return [rankAmong(all[peer], [...rest, medians[budget]!], direction)];
        });
      const mean = (ranks: readonly number[]): string => (ranks.reduce((a, b) => a + b, 0) / ranks.length).toFixed(2);
      const peers = Object.keys(own[0]?.peers[budget] ?? {}).map((peer) => `${peer} ${mean(ranked(peer))}`);
      console.log(`mean rank at ${budget}: ${sampler} ${mean(own.map(({ ranks }) => ranks[budget]!))}  ${peers.join('  ')}`);
    }
  }
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${text} is not a number of trials, seeds or workers`);
  return value;
}
