/** How fast an agent learns and acts on one core: `npm run bench:train [-- --json] [-- --peers] [-- --memory]`. */
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/core/errors.ts';
import { createRng } from '../../src/core/rng.ts';
import { chooseExecutor } from '../../src/tensor/executors/choose.ts';
import type { Executor } from '../../src/tensor/executors/executor.ts';
import { installedRuntime } from '../../src/tensor/executors/tensorflow/runtime.ts';
import type { Agent, Transitions } from '../../src/trading/agents/agent.ts';
import { createSac } from '../../src/trading/agents/sac/sac.ts';
import { pendulum } from '../../src/trading/env/pendulum.ts';
import { costOf } from './measure.ts';
import { runPeer } from './peers/python.ts';
import type { BenchRow } from './row.ts';
import { printRows } from './row.ts';

interface Sizes {
  readonly width: number;
  readonly batch: number;
  readonly observationSize: number;
  readonly actionSize: number;
}

interface PeerCost {
  readonly updateMs: number;
  readonly actMs: number;
}

const acting = 64;
const large: Sizes = { width: 256, batch: 256, observationSize: 26, actionSize: 2 };
const small: Sizes = { width: 64, batch: 128, observationSize: 26, actionSize: 2 };
const peerName = 'stable-baselines3 2.9, torch 2.13';
/** SB3's updates/s on the machine that the goals were set on; the goals' measure where no peer ran. */
const peerUpdatesOfGoals = 83;

const no = { type: 'boolean', default: false } as const;
/** --memory measures what remembers alone. */
const { values: flags } = parseArgs({ options: { json: no, peers: no, memory: no } });

async function createAgent({ width, batch, observationSize, actionSize }: Sizes, executor: Executor): Promise<Agent> {
  const options = { hidden: [width, width], batchSize: batch, capacity: 20_000, warmupSteps: 0, updatesPerStep: 40 };
  return createSac({ observationSize, actionSize, environments: acting, seed: 1, options, executor });
}

function noise(seed: string, { observationSize, actionSize }: Sizes): Transitions {
  const rng = createRng(seed);
  const normal = (length: number) => Float32Array.from({ length }, () => rng.normal());
  return {
    observations: normal(acting * observationSize),
    actions: normal(acting * actionSize).map(Math.tanh),
    rewards: normal(acting),
    nextObservations: normal(acting * observationSize),
    terminated: new Uint8Array(acting),
    truncated: new Uint8Array(acting),
  };
}

/** The whole update as an agent does it: drawing the batch and the noise included. */
async function updateCost(sizes: Sizes, executor: Executor) {
  const agent = await createAgent(sizes, executor);
  for (let i = 0; i < 100; i++) agent.observe(noise(`fill/${i}`, sizes));
  // Every observation makes 40 steps due; a call of update() does them all.
  await agent.update();
  const transitions = noise('more', sizes);
  const cost = await costOf(async () => {
    agent.observe(transitions);
    await agent.update();
  }, 1);
  await agent.dispose();
  return { cpuMs: cost.cpuMs / 40, wallMs: cost.wallMs / 40 };
}

async function actCost(sizes: Sizes, executor: Executor) {
  const agent = await createAgent(sizes, executor);
  const { observations } = noise('act', sizes);
  const cost = await costOf(() => agent.act(observations, 'explore'), 500);
  await agent.dispose();
  return cost;
}

/** Acting and stepping 64 pendulums. */
async function environmentCost(executor: Executor) {
  const agent = await createAgent({ ...large, observationSize: 3, actionSize: 1 }, executor);
  const env = pendulum(acting);
  env.reset(createRng(1));
  const cost = await costOf(async () => env.step(await agent.act(env.observations, 'explore')), 500);
  await agent.dispose();
  return cost;
}

function row(
  name: string,
  unit: string,
  ours: number,
  peer: number | null,
  goal: { readonly ratio?: number; readonly least?: number },
): BenchRow {
  const ratio = peer === null ? null : ours / peer;
  const judged = goal.ratio !== undefined && ratio !== null;
  const met = judged ? ratio >= goal.ratio! : goal.least === undefined ? null : ours >= goal.least;
  const text = judged ? `>= ${goal.ratio} x the peer` : goal.least === undefined ? null : `>= ${goal.least.toLocaleString('en')} ${unit}`;
  return { name, unit, ours, peer, peerName: peer === null ? null : peerName, ratio, goal: text, met };
}

const perSecond = (ms: number): number => 1000 / ms;
const peers = flags.peers ? runPeer<readonly PeerCost[]>('sac.py', [JSON.stringify([large, small])]) : null;
const peerUpdates = peers?.map(({ updateMs }) => perSecond(updateMs)) ?? [null, null];
const peerActing = peers?.map(({ actMs }) => perSecond(actMs) * acting) ?? [null, null];

/** One executor's rows; `ratio` is its goal for updates, over the peer or over the peer's figure on the machine that the goals were set on. */
async function rowsOf(executor: Executor, ratio: number): Promise<readonly BenchRow[]> {
  const on = (what: string): string => `${executor.id}: ${what}`;
  const startedAt = performance.now();
  await (await createAgent(large, executor)).dispose();
  const creationMs = performance.now() - startedAt;
  const [largeUpdate, smallUpdate] = [await updateCost(large, executor), await updateCost(small, executor)];
  const [largeAct, smallAct] = [await actCost(large, executor), await actCost(small, executor)];
  const environment = await environmentCost(executor);
  return [
    row(on('SAC gradient steps, MLP 2 x 256, batch 256'), '/s of processor time', perSecond(largeUpdate.cpuMs), peerUpdates[0]!, {
      ratio,
      least: ratio * peerUpdatesOfGoals,
    }),
    row(on('the same, by the clock'), '/s', perSecond(largeUpdate.wallMs), null, {}),
    row(on('SAC gradient steps, MLP 2 x 64, batch 128'), '/s of processor time', perSecond(smallUpdate.cpuMs), peerUpdates[1]!, {}),
    row(
      on('SAC acting for 64 environments, MLP 2 x 256'),
      'actions/s of processor time',
      perSecond(largeAct.cpuMs) * acting,
      peerActing[0]!,
      {},
    ),
    row(
      on('SAC acting for 64 environments, MLP 2 x 64'),
      'actions/s of processor time',
      perSecond(smallAct.cpuMs) * acting,
      peerActing[1]!,
      {},
    ),
    row(on('acting and stepping 64 pendulums, MLP 2 x 256'), 'steps/s of processor time', perSecond(environment.cpuMs) * acting, null, {
      least: 200_000,
    }),
    row(on('making the agent, MLP 2 x 256'), 'ms by the clock', creationMs, null, {}),
  ];
}

/** SAC that looks back: two layers of width 32 over 60 steps, MLP 2 x 256; the goals are per second of one core. */
async function memoryRows(executor: Executor): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  const none = {};
  for (const [memory, batchSize, least] of [
    ['mamba-2', 256, 8],
    ['mamba-2', 64, 30],
    ['mamba-1', 256, 3],
    ['mamba-1', 64, undefined],
    ['attention', 64, undefined],
  ] as const) {
    const name = `${executor.id}: SAC with 2-layer ${memory}, window 60, batch ${batchSize}`;
    const options = { memory, batchSize, capacity: 20_000, warmupSteps: 0, updatesPerStep: 2 };
    const startedAt = performance.now();
    const agent = await createSac({ observationSize: 26, actionSize: 2, environments: acting, seed: 1, options, executor });
    rows.push(row(`${name}: making the agent`, 'ms by the clock', performance.now() - startedAt, null, none));
    for (let i = 0; i < 70; i++) agent.observe(noise(`fill/${i}`, large));
    await agent.update();
    const transitions = noise('more', large);
    const cost = await costOf(
      async () => {
        agent.observe(transitions);
        await agent.update();
      },
      1,
      2,
    );
    rows.push(
      row(`${name}: gradient steps`, '/s of processor time', perSecond(cost.cpuMs / 2), null, least === undefined ? none : { least }),
    );
    await agent.dispose();
  }
  for (const recall of ['episode', 'window'] as const) {
    const options = { memory: 'mamba-2', recall, batchSize: 8, capacity: 1000 } as const;
    const agent = await createSac({ observationSize: 26, actionSize: 2, environments: 1, seed: 1, options, executor });
    const observation = noise('act', large).observations.slice(0, 26);
    const starts = new Uint8Array(1);
    const cost = await costOf(() => agent.act(observation, 'exploit', starts), 200);
    rows.push(
      row(
        `${executor.id}: acting on one observation, 2-layer mamba-2, recall ${recall}`,
        'us of processor time',
        1000 * cost.cpuMs,
        null,
        none,
      ),
    );
    await agent.dispose();
  }
  return rows;
}

/** Null where TensorFlow is not set up, which is said. */
function tensorflowIfThere(): Executor | null {
  try {
    installedRuntime();
    return chooseExecutor('tensorflow');
  } catch (error) {
    console.error(`no rows for tensorflow: ${messageOf(error)}`);
    return null;
  }
}

const tensorflow = tensorflowIfThere();
const memory = await memoryRows(chooseExecutor('onnx'));
const plain = flags.memory
  ? []
  : [...(await rowsOf(chooseExecutor('onnx'), 1.5)), ...(tensorflow === null ? [] : await rowsOf(tensorflow, 2))];
printRows([...plain, ...memory], flags.json);
