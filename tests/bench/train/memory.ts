/** SAC with memory, and SAC with attention across tickers: gradient steps, their memory use, acting. */
import { AssayError } from '../../../src/core/errors.ts';
import type { Executor } from '../../../src/tensor/executors/executor.ts';
import { ssmDefaults } from '../../../src/tensor/nn/ssm-stack.ts';
import { createNetworks } from '../../../src/trading/agents/sac/networks.ts';
import type { SacOptions } from '../../../src/trading/agents/sac/options.ts';
import { sacDefaults } from '../../../src/trading/agents/sac/options.ts';
import { createSac } from '../../../src/trading/agents/sac/sac.ts';
import { costOf, costOnce } from '../measure.ts';
import { runPeer } from '../peers/python.ts';
import type { BenchRow } from '../row.ts';
import { large, noise, perSecond, row } from './shared.ts';

const environments = 64;
const { observationSize, actionSize } = large;
const mebibyte = 2 ** 20;

const kinds = ['mamba-1', 'mamba-2'] as const;
type Kind = (typeof kinds)[number];

/** Costs in torch: number of trainable parameters, and milliseconds per gradient step by batch size. */
type PeerCosts = Readonly<Record<Kind, { readonly parameters: number; readonly updateMs: Readonly<Record<string, number>> }>>;

interface Network {
  readonly name: string;
  readonly options: Partial<SacOptions>;
  /** Gradient steps per second if no peer runs, and times torch's Mamba-1 on the same batch if one does. */
  readonly goal?: { readonly least: number; readonly ratio: number };
}

const networks: readonly Network[] = [
  { name: '2-layer mamba-2, window 60, batch 256', options: { memory: 'mamba-2' }, goal: { least: 8, ratio: 6.5 } },
  { name: '2-layer mamba-2, window 60, batch 64', options: { memory: 'mamba-2', batchSize: 64 }, goal: { least: 30, ratio: 6.5 } },
  { name: '2-layer mamba-1, window 60, batch 256', options: { memory: 'mamba-1' }, goal: { least: 3, ratio: 2.44 } },
  { name: '2-layer mamba-1, window 60, batch 64', options: { memory: 'mamba-1', batchSize: 64 } },
  { name: '2-layer attention, window 60, batch 64', options: { memory: 'attention', batchSize: 64 } },
  { name: 'LSTM of width 32, window 60, batch 64', options: { memory: 'lstm', batchSize: 64 } },
  { name: 'attention across tickers, 516,096 parameters, batch 256', options: { encoder: 'cross-ticker' } },
];

const isMamba = ({ options }: Network): boolean => kinds.some((kind) => kind === options.memory);

/** Measures the same gradient steps in torch. @throws `internal` if its networks differ in size from ours. */
export function memoryPeer(): PeerCosts {
  const { hidden, window, memoryWidth: width, memoryLayers: layers, stateWidth, taps, expand, headWidth } = sacDefaults;
  const sizes = { observationSize, actionSize, hidden, window, width, layers, stateWidth, taps, expand, headWidth };
  const costs = runPeer<PeerCosts>('mamba.py', [JSON.stringify({ ...sizes, chunk: ssmDefaults.chunk, batches: [256, 64] })]);
  for (const memory of kinds) {
    const { actorLayout, criticLayout } = createNetworks(observationSize, actionSize, { ...sacDefaults, memory });
    const [ours, theirs] = [actorLayout.size + criticLayout.size, costs[memory].parameters];
    if (ours !== theirs) throw new AssayError('internal', `${memory}: we have ${ours} parameters, torch ${theirs}`);
  }
  return costs;
}

/** Gradient steps with two layers of width 32 over 60 steps, or three of attention between tickers, before MLPs 2 x 256. */
export async function memoryRows(executor: Executor, peers: PeerCosts | null): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const network of networks) rows.push(...(await networkRows(executor, network, peers)));
  return rows;
}

/** The Mamba rows of {@link memoryRows} without goals, which are set for the default executor. */
export async function mambaRows(executor: Executor, peers: PeerCosts | null): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { name, options } of networks.filter(isMamba)) rows.push(...(await networkRows(executor, { name, options }, peers)));
  return rows;
}

async function networkRows(executor: Executor, network: Network, peers: PeerCosts | null): Promise<readonly BenchRow[]> {
  const { options, goal } = network;
  const what = `${executor.id}: SAC with ${network.name}`;
  const before = process.memoryUsage().rss;
  const given = { ...options, capacity: 20_000, warmupSteps: 0, updatesPerStep: 2 };
  const made = await costOnce(() => createSac({ observationSize, actionSize, environments, seed: 1, options: given, executor }));
  const agent = made.result;
  for (let i = 0; i < 70; i++) agent.observe(noise(`fill/${i}`, large, environments));
  await agent.update();
  const transitions = noise('more', large, environments);
  const cost = await costOf(
    async () => {
      agent.observe(transitions);
      await agent.update();
    },
    1,
    5,
  );
  const held = (process.memoryUsage().rss - before) / mebibyte;
  await agent.dispose();

  const updates = perSecond(cost.cpuMs / 2);
  const compared = (kind: Kind, wanted: Network['goal']): BenchRow => {
    const ms = isMamba(network) ? peers?.[kind].updateMs[options.batchSize ?? sacDefaults.batchSize] : undefined;
    const peer = ms === undefined ? null : { name: `${kind} in torch 2.13`, value: perSecond(ms) };
    return row(`${what}: gradient steps`, '/s of processor time', updates, peer, wanted);
  };
  return [
    row(`${what}: making the agent`, 'ms of processor time', made.cpuMs, null, { most: 1000 }),
    compared('mamba-1', goal),
    ...(peers !== null && options.memory === 'mamba-2' ? [compared('mamba-2', undefined)] : []),
    row(`${what}: memory`, 'MiB more than before it was made', held, null, { most: 700 }),
  ];
}

export async function actingRows(executor: Executor): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const memory of ['mamba-2', 'mamba-1'] as const)
    for (const recall of ['episode', 'window'] as const) {
      const options = { memory, recall, batchSize: 8, capacity: 1000, warmupSteps: 0 };
      const agent = await createSac({ observationSize, actionSize, environments: 1, seed: 1, options, executor });
      const { observations } = noise('act', large, 1);
      const starts = new Uint8Array(1);
      for (const mode of ['exploit', 'explore'] as const) {
        const first = await costOnce(() => agent.act(observations, mode, starts));
        const cost = await costOf(() => agent.act(observations, mode, starts), 200);
        const name = `${executor.id}: acting on one observation, 2-layer ${memory}, recall ${recall}, ${mode}`;
        const goal = recall === 'episode' && mode === 'exploit' ? { most: 150 } : {};
        rows.push(row(name, 'us of processor time', 1000 * cost.cpuMs, null, goal));
        rows.push(row(`${name}: the first time`, 'ms of processor time', first.cpuMs));
      }
      await agent.dispose();
    }
  return rows;
}
