/**
 * Whether several seeds of a trial learn faster together: real agents, one after another with sessions of their own, beside the same agents
 * as one program.
 */
import { createMeeting } from '../../../src/core/meeting.ts';
import type { Executor } from '../../../src/tensor/executors/executor.ts';
import { together } from '../../../src/tensor/executors/together.ts';
import type { Agent } from '../../../src/trading/agents/agent.ts';
import { type AgentConfig, createAgent } from '../../../src/trading/agents/create.ts';
import { leastCosts } from '../measure.ts';
import type { BenchRow } from '../row.ts';
import { large, noise, perSecond, row } from './shared.ts';

interface Learner {
  readonly name: string;
  readonly config: AgentConfig;
  readonly environments: number;
  /** Steps of the environments for one call of `update` that learns, and the gradient steps that it then takes. */
  readonly rollout: number;
  readonly gradientSteps: number;
}

const sac = { capacity: 20_000, warmupSteps: 0 };
const learners: readonly Learner[] = [
  {
    name: 'SAC, MLP 2 x 64, batch 128',
    config: { ...sac, hidden: [64, 64], batchSize: 128, updatesPerStep: 20 },
    environments: 16,
    rollout: 1,
    gradientSteps: 20,
  },
  { name: 'SAC, MLP 2 x 256, batch 256', config: { ...sac, updatesPerStep: 10 }, environments: 16, rollout: 1, gradientSteps: 10 },
  {
    name: 'SAC, 2-layer Mamba-2, window 60, batch 64',
    config: { ...sac, memory: 'mamba-2', batchSize: 64, updatesPerStep: 2 },
    environments: 16,
    rollout: 1,
    gradientSteps: 2,
  },
  {
    name: 'recurrent PPO, LSTM 128, batch 128',
    config: { id: 'recurrent-ppo', rolloutSteps: 128, epochs: 1, batchSequences: 8, sequenceSteps: 16 },
    environments: 8,
    rollout: 128,
    gradientSteps: 8,
  },
];

const shown = new Map(
  learners.map(({ environments }) => [environments, Array.from({ length: 16 }, (_, i) => noise(`step/${i}`, large, environments))]),
);

/** Acts, observes noise and learns. */
async function rounds({ environments, rollout }: Learner, agent: Agent, count: number): Promise<void> {
  for (let i = 0; i < count * rollout; i++) {
    const transitions = shown.get(environments)![i % 16]!;
    const actions = (await agent.act(transitions.observations, 'explore')).slice();
    agent.observe({ ...transitions, actions });
    await agent.update();
  }
}

async function agentsOn(learner: Learner, executors: readonly Executor[]): Promise<readonly Agent[]> {
  const env = { count: learner.environments, observationSize: large.observationSize, actionSize: large.actionSize };
  const agents = await Promise.all(executors.map((executor, seed) => createAgent(learner.config, { env, seed, executor })));
  // A window looks back, and a batch is drawn from what is there.
  await Promise.all(agents.map((agent) => rounds(learner, agent, learner.rollout === 1 ? 40 : 1)));
  return agents;
}

export async function seedsRows(executor: Executor): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const learner of learners)
    for (const seeds of [2, 4]) {
      const apart = await agentsOn(learner, new Array<Executor>(seeds).fill(executor));
      const asOne = await agentsOn(learner, together(executor, createMeeting(seeds)));
      const [one, other] = (await leastCosts(
        async () => {
          for (const agent of apart) await rounds(learner, agent, 1);
        },
        () => Promise.all(asOne.map((agent) => rounds(learner, agent, 1))),
      )) as [number, number];
      const rate = (ms: number) => seeds * learner.gradientSteps * perSecond(ms);
      const of = `${executor.id}: ${learner.name}, ${seeds} seeds`;
      rows.push(row(`${of}, one after another`, 'gradient steps/s of processor time', rate(one)));
      rows.push(row(`${of}, together`, 'gradient steps/s of processor time', rate(other)));
      rows.push(row(`${of}, together over one after another`, 'x', one / other));
      for (const agent of [...apart, ...asOne]) await agent.dispose();
    }
  return rows;
}
