import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { baseFunctions } from '../families/base-functions.ts';
import { withNoise } from '../families/noise.ts';
import { sourceKinds } from './sources.ts';
import { figuresAt, goals, trialsTo, type WarmRun, warmRuns } from './warm.ts';

const usage = `npm run bench:quality -- --warm [--only functions] [--sampler auto] [--seeds 10] [--trials 30] [--earlier 50] [--save runs.json] [--from runs.json]`;

/** Measures what an earlier study of each kind brings a search on the base functions, beside the same search without it. */
export function warmMain(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      sampler: { type: 'string', default: 'auto' },
      seeds: { type: 'string', default: '10' },
      trials: { type: 'string', default: '30' },
      earlier: { type: 'string', default: '50' },
      save: { type: 'string' },
      from: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.error(usage);
    return;
  }
  const only = values.only?.split(',');
  const problems = baseFunctions().flatMap((base) =>
    only === undefined || only.includes(base.name) ? [withNoise('warm', 'exact', base)] : [],
  );
  const sampler = { id: values.sampler, options: {} };
  const [seeds, trials, earlierTrials] = [Number(values.seeds), Number(values.trials), Number(values.earlier)];
  const runs: WarmRun[] = values.from === undefined ? [] : (JSON.parse(readFileSync(values.from, 'utf8')) as { runs: WarmRun[] }).runs;
  if (values.from === undefined)
    for (let seed = 0; seed < seeds; seed++)
      for (const problem of problems) runs.push(...warmRuns(problem, sourceKinds, seed, { sampler, trials, earlierTrials }));
  if (values.save !== undefined) writeFileSync(values.save, JSON.stringify({ machine: cpus()[0]?.model, runs }));
  for (const name of [...problems.map((problem) => problem.name), 'all'])
    for (const kind of sourceKinds) {
      const own = runs.filter((run) => run.kind === kind && (name === 'all' || run.function === name));
      if (own.length === 0) continue;
      const shown = [10, 20, 30, 50].filter((n) => n <= own[0]!.cold.length);
      const cells = shown.map((n) => {
        const { cold, warm, ratio, difference } = figuresAt(own, n);
        return `at ${n}: ${cold.toPrecision(3)} cold, ${warm.toPrecision(3)} warm, x ${ratio.toFixed(2)}, ${difference.toFixed(4)}`;
      });
      const speeds = goals.map((goal) => {
        const speed = trialsTo(goal, own);
        return `to ${goal}: ${speed === null ? '-' : `x ${speed.ratio.toFixed(2)} (${speed.pairs})`}`;
      });
      console.log(`${name.padEnd(15)} ${kind.padEnd(10)} ${String(own.length).padStart(3)} pairs  ${[...cells, ...speeds].join('  ')}`);
    }
}
