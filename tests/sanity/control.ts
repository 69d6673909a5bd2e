import { createRng } from '../../src/core/rng.ts';
import type { AgentConfig } from '../../src/trading/agents/create.ts';
import { cartPole } from '../../src/trading/env/reference/cart-pole.ts';
import { identityBox } from '../../src/trading/env/reference/identity-box.ts';
import { memory } from '../../src/trading/env/reference/memory.ts';
import { pendulum } from '../../src/trading/env/reference/pendulum.ts';
import { allAtLeast, episodesOf, meanOf, type SanityTask, scoresOf, trainAndEvaluate } from './task.ts';

const identity: SanityTask = {
  id: 'identity-box',
  what: 'SAC, identity box, 400 steps',
  goal: '>= 90 of 100',
  peer: "stable-baselines3's own test",
  run: (seed) => {
    const options = { hidden: [64, 64], batchSize: 256, learningRate: 1e-3, gamma: 0.95, warmupSteps: 100, capacity: 1000 };
    return trainAndEvaluate({ env: identityBox(1), agent: options, until: { environmentSteps: 400 }, seed }, async (agent) => {
      const env = identityBox(1);
      env.reset(createRng('sanity/judge'));
      let reward = 0;
      for (let step = 0; step < 2000; step++) {
        env.step(await agent.act(env.observations, 'exploit'));
        reward += env.rewards[0]!;
      }
      return { reward: reward / 20 };
    });
  },
  met: allAtLeast(90),
};

const swing: SanityTask = {
  id: 'pendulum',
  what: 'SAC, Pendulum, 20,000 steps',
  goal: 'mean >= -170, each >= -200',
  peer: 'stable-baselines3 -148, -144, -154',
  run: (seed) =>
    trainAndEvaluate(
      { env: pendulum(1), agent: { learningRate: 1e-3, capacity: 20_000 }, until: { environmentSteps: 20_000 }, seed },
      async (agent) => ({
        return: meanOf(await episodesOf(agent, pendulum(1), 20)),
      }),
    ),
  met: (runs) => meanOf(scoresOf(runs)) >= -170 && scoresOf(runs).every((score) => score >= -200),
};

const recurrent = { id: 'recurrent-ppo', memoryWidth: 64, learningRate: 7e-4, lambda: 0.98, largestGradientNorm: 1 } as const;
const balance = (id: string, what: string, goal: string, config: AgentConfig, steps: number, met: SanityTask['met']): SanityTask => ({
  id,
  what: `recurrent PPO, CartPole without velocity, ${what}`,
  goal,
  peer: 'sb3-contrib 186-240 at 50,000',
  run: (seed) => {
    const env = cartPole(8, { velocity: false });
    return trainAndEvaluate({ env, agent: config, until: { environmentSteps: steps }, seed }, async (agent) => ({
      length: meanOf(await episodesOf(agent, cartPole(8, { velocity: false }), 40)),
    }));
  },
  met,
});

const recall = (kind: 'lstm' | 'mamba-1' | 'mamba-2' | 'none'): SanityTask => ({
  id: `memory-${kind}`,
  what: `recurrent PPO, repeat a bit after 4 steps, ${kind}`,
  goal: kind === 'none' ? '0.5, the control' : '-> 1 (>= 0.95)',
  peer: 'PufferLib: 1 with memory, 0.5 without',
  run: (seed) => {
    const options = { id: 'recurrent-ppo', memory: kind, memoryWidth: 16, hidden: [], rolloutSteps: 48, sequenceSteps: 12 } as const;
    const agent = { ...options, batchSequences: 8, epochs: 4, learningRate: 5e-3, normalise: false };
    return trainAndEvaluate({ env: memory(16), agent, until: { environmentSteps: 16 * 48 * 80 }, seed }, async (learnt) => ({
      score: meanOf(await episodesOf(learnt, memory(16), 400)),
    }));
  },
  met: kind === 'none' ? (runs) => scoresOf(runs).every((score) => Math.abs(score - 0.5) < 0.1) : allAtLeast(0.95),
});

export const controlTasks: readonly SanityTask[] = [
  identity,
  swing,
  balance('cart-pole', '50,000 steps', '>= 350', recurrent, 50_000, allAtLeast(350)),
  // 98 rollouts of 80 gradient steps. At a constant rate, a policy that balances after 50,000 steps may get worse again.
  balance('cart-pole-100k', '100,000 steps', '>= 450', { ...recurrent, schedule: 'linear', decayUpdates: 7840 }, 100_000, allAtLeast(450)),
  balance('cart-pole-forgetful', '50,000 steps, memoryless control', '< 120', { ...recurrent, memory: 'none' }, 50_000, (runs) =>
    scoresOf(runs).every((score) => score < 120),
  ),
  recall('lstm'),
  recall('mamba-1'),
  recall('mamba-2'),
  recall('none'),
];
