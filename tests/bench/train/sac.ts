/** SAC without memory: gradient steps, acting, and both alternately. */
import { createRng } from '../../../src/core/rng.ts';
import type { Executor } from '../../../src/tensor/executors/executor.ts';
import type { Agent } from '../../../src/trading/agents/agent.ts';
import { createSac } from '../../../src/trading/agents/sac/sac.ts';
import { pendulum } from '../../../src/trading/env/reference/pendulum.ts';
import { train } from '../../../src/trading/training/loop.ts';
import { costOf, costOnce } from '../measure.ts';
import { runPeer } from '../peers/python.ts';
import type { BenchRow } from '../row.ts';
import { large, noise, type Peer, perSecond, row, type Sizes, small } from './shared.ts';

interface PeerCosts {
  readonly sizes: readonly { readonly updateMs: number; readonly actMs: number }[];
  /** One environment step of Pendulum and one gradient step, networks and batch as the first size. */
  readonly pairMs: number;
}

const acting = 64;
/** Rates of SB3 on the machine on which the goals were set: the reference if no peer runs. */
const peerOfGoals = { updates: 83, pairs: 82 };

export function sacPeer(): PeerCosts {
  return runPeer<PeerCosts>('sac.py', [JSON.stringify([large, small])]);
}

function createAgent(sizes: Sizes, executor: Executor, environments: number, updatesPerStep: number): Promise<Agent> {
  const { width, batch, observationSize, actionSize } = sizes;
  const options = { hidden: [width, width], batchSize: batch, capacity: 20_000, warmupSteps: 0, updatesPerStep };
  return createSac({ observationSize, actionSize, environments, seed: 1, options, executor });
}

/** Cost of the whole update of an agent, including drawing the batch and the noise. */
async function updateCost(sizes: Sizes, executor: Executor) {
  const agent = await createAgent(sizes, executor, acting, 40);
  for (let i = 0; i < 100; i++) agent.observe(noise(`fill/${i}`, sizes, acting));
  // Every observation makes 40 steps due; a call of update() does them all.
  await agent.update();
  const transitions = noise('more', sizes, acting);
  const cost = await costOf(async () => {
    agent.observe(transitions);
    await agent.update();
  }, 1);
  await agent.dispose();
  return { cpuMs: cost.cpuMs / 40, wallMs: cost.wallMs / 40 };
}

async function actCost(sizes: Sizes, executor: Executor) {
  const agent = await createAgent(sizes, executor, acting, 1);
  const { observations } = noise('act', sizes, acting);
  const cost = await costOf(() => agent.act(observations, 'explore'), 500);
  await agent.dispose();
  return cost;
}

/** Cost of acting and stepping for 64 pendulums. */
async function environmentCost(executor: Executor) {
  const agent = await createAgent({ ...large, observationSize: 3, actionSize: 1 }, executor, acting, 1);
  const env = pendulum(acting);
  env.reset(createRng(1));
  const cost = await costOf(async () => env.step(await agent.act(env.observations, 'explore')), 500);
  await agent.dispose();
  return cost;
}

/** Cost per step of one pendulum: act, step, observe and one gradient step, as in a trial. */
async function pairCost(executor: Executor) {
  const agent = await createAgent({ ...large, observationSize: 3, actionSize: 1 }, executor, 1, 1);
  const steps = 50;
  const cost = await costOf(() => train({ env: pendulum(1), agent, rng: createRng(1), until: { environmentSteps: steps } }), 1);
  await agent.dispose();
  return cost.cpuMs / steps;
}

/** Rows of one executor; `ratio` is the goal for updates, times the peer or, without one, times {@link peerOfGoals}. */
export async function sacRows(executor: Executor, ratio: number, peers: PeerCosts | null): Promise<readonly BenchRow[]> {
  const on = (what: string): string => `${executor.id}: ${what}`;
  const peer = (ms: number | undefined, each = 1): Peer | null =>
    ms === undefined ? null : { name: 'stable-baselines3 2.9, torch 2.13', value: perSecond(ms) * each };
  const creation = await costOnce(() => createAgent(large, executor, acting, 1));
  await creation.result.dispose();
  const [largeUpdate, smallUpdate] = [await updateCost(large, executor), await updateCost(small, executor)];
  const [largeAct, smallAct] = [await actCost(large, executor), await actCost(small, executor)];
  const environment = await environmentCost(executor);
  const pairMs = await pairCost(executor);
  const [peerLarge, peerSmall] = [peers?.sizes[0], peers?.sizes[1]];
  const [updates, actions] = ['/s of processor time', 'actions/s of processor time'];
  return [
    row(on('SAC gradient steps, MLP 2 x 256, batch 256'), updates, perSecond(largeUpdate.cpuMs), peer(peerLarge?.updateMs), {
      ratio,
      least: ratio * peerOfGoals.updates,
    }),
    row(on('the same, by the clock'), '/s', perSecond(largeUpdate.wallMs)),
    row(on('SAC gradient steps, MLP 2 x 64, batch 128'), updates, perSecond(smallUpdate.cpuMs), peer(peerSmall?.updateMs)),
    row(on('Pendulum, an environment step and a gradient step, MLP 2 x 256, batch 256'), updates, perSecond(pairMs), peer(peers?.pairMs), {
      ratio: 2,
      least: 2 * peerOfGoals.pairs,
    }),
    row(on('SAC acting for 64 environments, MLP 2 x 256'), actions, perSecond(largeAct.cpuMs) * acting, peer(peerLarge?.actMs, acting)),
    row(on('SAC acting for 64 environments, MLP 2 x 64'), actions, perSecond(smallAct.cpuMs) * acting, peer(peerSmall?.actMs, acting)),
    row(on('acting and stepping 64 pendulums, MLP 2 x 256'), 'steps/s of processor time', perSecond(environment.cpuMs) * acting, null, {
      least: 200_000,
    }),
    row(on('making the agent, MLP 2 x 256'), 'ms of processor time', creation.cpuMs, null, { most: 1000 }),
  ];
}
