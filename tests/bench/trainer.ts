/**
 * Measures what the door to an external trainer costs: `npm run bench:trainer [-- --json] [-- --sessions 50]`. The same policy trades the same bars in this process
 * and, one bar after the other, in another one of Node and of Python.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startTrainer } from '../../src/interop/trainer/process/trainer-process.ts';
import { limits } from '../../src/interop/trainer/settings.ts';
import { type WalkPlace, withPolicy } from '../../src/interop/trainer/walk.ts';
import { generateMarket } from '../../src/market/synthetic/generate.ts';
import { marketPresetOf } from '../../src/market/synthetic/presets.ts';
import type { AccountPolicy } from '../../src/trading/env/backtest.ts';
import { backtest } from '../../src/trading/env/backtest.ts';
import { decisionsOf, type Market, sessionCount } from '../../src/trading/env/market.ts';
import { environmentDefaults as environment } from '../../src/trading/env/options.ts';
import { marketFrom, marketOf } from '../../src/trading/task/market-data.ts';
import { type BenchRow, goalRow, printRows, withPeer } from './row.ts';

const { values: flags } = parseArgs({
  options: { json: { type: 'boolean', default: false }, sessions: { type: 'string', default: '50' } },
});

const raw = marketFrom(generateMarket(marketPresetOf('planted'), 1, Number(flags.sessions)), 'dual-ticker@2');
const market: Market = marketOf(raw.bars, raw.features({ from: 0, to: 2000 }));
const parts = { from: 0, to: sessionCount(raw.bars) };
const place: WalkPlace = { market, parts, environment };
const rows = decisionsOf(market, parts).rows;

/** Follows the bar that it decides at. */
function follower(): AccountPolicy {
  let i = 0;
  return (_, action) => {
    const row = rows[i++]!;
    for (const [k, { open, close }] of raw.bars.bars.entries()) action[k] = close[row]! > open[row]! ? 0.5 : -0.5;
  };
}

/** Steps a second, and microseconds of this process's processor time a step, which other programs on the machine do not lengthen. */
async function speedOf(run: () => Promise<unknown>): Promise<{ readonly steps: number; readonly cpu: number }> {
  await run();
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(before);
  return { steps: (1000 * rows.length) / (performance.now() - startedAt), cpu: (user + system) / rows.length };
}

const folder = fileURLToPath(new URL('../../', import.meta.url));
const here = await speedOf(() => backtest(market, parts, environment, follower()));
const results: BenchRow[] = [goalRow('in this process', 'steps/s', here.steps, {})];
process.env['PYTHONPATH'] = `${folder}src/interop/python`;
for (const [name, command] of [
  ['Node', [process.execPath, 'tests/fixtures/trainers/trainer.mjs']],
  ['Python', ['python3', 'tests/bench/trainer/follow.py']],
] as const) {
  const trainer = await startTrainer({ command, folder, device: 'cpu', threads: 1, limits: limits.parse({}) });
  const options = { mode: 'bars', history: 0, limits: limits.parse({}) } as const;
  const there = await speedOf(() =>
    withPolicy(trainer, Buffer.from('follows'), place, options, (act) => backtest(market, parts, environment, act)),
  );
  await trainer.end();
  results.push(
    withPeer(goalRow(`through a process of ${name}`, 'steps/s', there.steps, {}), 'in this process', here.steps, 'more'),
    withPeer(goalRow(`processor time here, through ${name}`, 'us/step', there.cpu, {}), 'in this process', here.cpu, 'less'),
  );
}
printRows(results, flags.json);
