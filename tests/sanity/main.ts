/** Trains agents on tasks with known answers: `npm run sanity [-- --only <task>] [-- --seeds 3] [-- --json]`. Exit 1 if a goal is missed. */
import { parseArgs } from 'node:util';
import { controlTasks } from './control.ts';
import { marketTasks } from './market.ts';

const { values: flags } = parseArgs({
  options: { only: { type: 'string' }, seeds: { type: 'string', default: '3' }, json: { type: 'boolean', default: false } },
});

const tasks = [...controlTasks, ...marketTasks];
const chosen = flags.only === undefined ? tasks : tasks.filter(({ id }) => id.startsWith(flags.only!));
const seeds = Number(flags.seeds);
if (chosen.length === 0 || !Number.isInteger(seeds) || seeds < 1) {
  console.error(`--only takes ${tasks.map(({ id }) => id).join(', ')} or a prefix; --seeds a positive integer`);
  process.exit(2);
}

const formatNumber = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
if (!flags.json) console.log('task\twhat\tseeds\tgoal\tmet\tpeer\tprocessor seconds a seed');
let missed = 0;
for (const { id, what, goal, peer, run, met } of chosen) {
  const before = process.cpuUsage();
  const runs: Readonly<Record<string, number>>[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    runs.push(await run(seed));
    console.error(`${id}, seed ${seed}: ${JSON.stringify(runs.at(-1))}`);
  }
  const { user, system } = process.cpuUsage(before);
  const processorSeconds = (user + system) / 1e6 / seeds;
  const holds = met(runs);
  if (!holds) missed += 1;
  if (flags.json) console.log(JSON.stringify({ id, goal, met: holds, runs, processorSeconds }));
  else {
    const seen = runs.map((one) => Object.entries(one).map(([name, value]) => `${name} ${formatNumber(value)}`));
    console.log(
      [id, what, seen.map((one) => one.join(' ')).join('; '), goal, holds ? 'met' : 'MISSED', peer, processorSeconds.toFixed(0)].join('\t'),
    );
  }
}
process.exitCode = missed > 0 ? 1 : 0;
