/** SAC that looks back, and SAC that looks across tickers: gradient steps, what they take of memory, acting. */
import type { Executor } from '../../../src/tensor/executors/executor.ts';
import type { SacOptions } from '../../../src/trading/agents/sac/options.ts';
import { createSac } from '../../../src/trading/agents/sac/sac.ts';
import { costOf, costOnce } from '../measure.ts';
import type { BenchRow } from '../row.ts';
import { large, noise, perSecond, row } from './shared.ts';

const environments = 64;
const { observationSize, actionSize } = large;
const mebibyte = 2 ** 20;

const networks: readonly { readonly name: string; readonly options: Partial<SacOptions>; readonly least?: number }[] = [
  { name: '2-layer mamba-2, window 60, batch 256', options: { memory: 'mamba-2' }, least: 8 },
  { name: '2-layer mamba-2, window 60, batch 64', options: { memory: 'mamba-2', batchSize: 64 }, least: 30 },
  { name: '2-layer mamba-1, window 60, batch 256', options: { memory: 'mamba-1' }, least: 3 },
  { name: '2-layer mamba-1, window 60, batch 64', options: { memory: 'mamba-1', batchSize: 64 } },
  { name: '2-layer attention, window 60, batch 64', options: { memory: 'attention', batchSize: 64 } },
  { name: 'LSTM of width 32, window 60, batch 64', options: { memory: 'lstm', batchSize: 64 } },
  { name: 'attention across tickers, 516,096 parameters, batch 256', options: { encoder: 'cross-ticker' } },
];

/** Gradient steps with two layers of width 32 over 60 steps, or three of attention between tickers, before MLPs 2 x 256. */
export async function memoryRows(executor: Executor): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { name, options, least } of networks) {
    const what = `${executor.id}: SAC with ${name}`;
    const before = process.memoryUsage().rss;
    const given = { ...options, capacity: 20_000, warmupSteps: 0, updatesPerStep: 2 };
    const made = await costOnce(() => createSac({ observationSize, actionSize, environments, seed: 1, options: given, executor }));
    const agent = made.result;
    rows.push(row(`${what}: making the agent`, 'ms of processor time', made.cpuMs, null, { most: 1000 }));
    for (let i = 0; i < 70; i++) agent.observe(noise(`fill/${i}`, large, environments));
    await agent.update();
    const transitions = noise('more', large, environments);
    const cost = await costOf(
      async () => {
        agent.observe(transitions);
        await agent.update();
      },
      1,
      3,
    );
    const goal = least === undefined ? {} : { least };
    rows.push(row(`${what}: gradient steps`, '/s of processor time', perSecond(cost.cpuMs / 2), null, goal));
    const held = (process.memoryUsage().rss - before) / mebibyte;
    rows.push(row(`${what}: memory`, 'MiB more than before it was made', held, null, { most: 700 }));
    await agent.dispose();
  }
  return rows;
}

export async function actingRows(executor: Executor): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const memory of ['mamba-2', 'mamba-1'] as const)
    for (const recall of ['episode', 'window'] as const) {
      const options = { memory, recall, batchSize: 8, capacity: 1000 };
      const agent = await createSac({ observationSize, actionSize, environments: 1, seed: 1, options, executor });
      const { observations } = noise('act', large, 1);
      const starts = new Uint8Array(1);
      const cost = await costOf(() => agent.act(observations, 'exploit', starts), 200);
      const name = `${executor.id}: acting on one observation, 2-layer ${memory}, recall ${recall}`;
      const goal = recall === 'episode' ? { most: 150 } : {};
      rows.push(row(name, 'us of processor time', 1000 * cost.cpuMs, null, goal));
      await agent.dispose();
    }
  return rows;
}
