/**
 * Recurrent PPO with an LSTM of 128, 9 choices, 8 environments of noise x 128 steps, 10 epochs of batches of 128: the peer's defaults.
 * Episodes have 100 steps: the peer is faster on a batch in which no episode begins, which is rare in real tasks.
 */
import type { Executor } from '../../../src/tensor/executors/executor.ts';
import { createRecurrentPpo } from '../../../src/trading/agents/recurrent-ppo/recurrent-ppo.ts';
import { costOf, costOnce } from '../measure.ts';
import { runPeer } from '../peers/python.ts';
import type { BenchRow } from '../row.ts';
import { large, noise, type Peer, perSecond, row } from './shared.ts';

interface PeerCosts {
  /** Costs of a whole rollout: stepping and acting, then all epochs. */
  readonly collectMs: number;
  readonly learnMs: number;
}

const [environments, rolloutSteps, epochs, batch] = [8, 128, 10, 128];
const stepsOfRollout = environments * rolloutSteps;
const updatesOfRollout = (epochs * stepsOfRollout) / batch;
/** Rates of sb3-contrib on the machine on which the goals were set. */
const peerOfGoals = { updates: 13.4, steps: 167 };

export function recurrentPeer(): PeerCosts {
  return runPeer<PeerCosts>('recurrent_ppo.py', [JSON.stringify({ ...large, environments, rolloutSteps, epochs, batch })]);
}

export async function recurrentRows(executor: Executor, peers: PeerCosts | null): Promise<readonly BenchRow[]> {
  const on = (what: string): string => `${executor.id}: recurrent PPO, LSTM 128, ${what}`;
  const options = { rolloutSteps, epochs, batchSequences: 8, sequenceSteps: 16 };
  const { observationSize } = large;
  const made = await costOnce(() =>
    createRecurrentPpo({ observationSize, actionSize: 1, choices: [9], environments, seed: 1, options, executor }),
  );
  const agent = made.result;
  const shown = Array.from({ length: 16 }, (_, i) =>
    noise(`ppo/${i}`, { observationSize: large.observationSize, actionSize: 1 }, environments),
  );
  let step = 0;
  const collect = async (): Promise<void> => {
    for (let i = 0; i < rolloutSteps; i++) {
      const transitions = shown[step++ % shown.length]!;
      const actions = await agent.act(transitions.observations, 'explore');
      const terminated = Uint8Array.from({ length: environments }, (_, copy) => Number((step + 13 * copy) % 100 === 0));
      agent.observe({ ...transitions, actions, terminated });
    }
  };
  let learnMs = 0;
  const whole = await costOf(
    async () => {
      await collect();
      learnMs = (await costOnce(() => agent.update())).cpuMs;
    },
    1,
    3,
  );
  await agent.dispose();
  const peer = (of: (costs: PeerCosts) => number): Peer | null =>
    peers === null ? null : { name: 'sb3-contrib 2.9, torch 2.13', value: of(peers) };
  const goals = { updates: { ratio: 5, least: 5 * peerOfGoals.updates }, steps: { ratio: 4, least: 4 * peerOfGoals.steps } };
  return [
    row(
      on('gradient steps, batch 128'),
      '/s of processor time',
      perSecond(learnMs / updatesOfRollout),
      peer((costs) => perSecond(costs.learnMs / updatesOfRollout)),
      goals.updates,
    ),
    row(
      on('environment steps, training included'),
      '/s of processor time',
      perSecond(whole.cpuMs / stepsOfRollout),
      peer((costs) => perSecond((costs.collectMs + costs.learnMs) / stepsOfRollout)),
      goals.steps,
    ),
    row(on('making the agent'), 'ms of processor time', made.cpuMs, null, { most: 1000 }),
  ];
}
