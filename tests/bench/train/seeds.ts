/**
 * Speed of several seeds of a trial in one batched program, beside the same agents one after another with separate programs. All are
 * batched, whatever their mean tensor size, so that the rows show where the limit of `batchedExecutors` should be.
 */
import { createBarrier } from '../../../src/core/barrier.ts';
import { batchedExecutors, meanSize } from '../../../src/tensor/executors/batched-executors.ts';
import type { Executor } from '../../../src/tensor/executors/executor.ts';
import { simplify } from '../../../src/tensor/graph/simplify.ts';
import type { Agent } from '../../../src/trading/agents/agent.ts';
import { type AgentConfig, createAgent } from '../../../src/trading/agents/create.ts';
import { leastCosts } from '../measure.ts';
import type { BenchRow } from '../row.ts';
import { large, noise, perSecond, row } from './shared.ts';

interface Learner {
  readonly name: string;
  readonly config: AgentConfig;
  /** Environment steps per call of `update` that learns; `gradientSteps` is the number of gradient steps it takes. */
  readonly rollout: number;
  readonly gradientSteps: number;
}

const environments = 16;

function sac(name: string, gradientSteps: number, config: AgentConfig): Learner {
  const usual = { hidden: [64, 64], capacity: 20_000, warmupSteps: 0, updatesPerStep: gradientSteps };
  return { name: `SAC, ${name}`, config: { ...usual, ...config } as AgentConfig, rollout: 1, gradientSteps };
}

const crossTicker = {
  encoder: 'cross-ticker',
  encoderWidth: 32,
  encoderLayers: 1,
  encoderHeads: 4,
  encoderInner: 64,
  encoderOutputs: 64,
} as const;
const narrow = { memoryWidth: 16, headWidth: 8, window: 16, batchSize: 16 };
const wide = { window: 60, batchSize: 64 };

const learners: readonly Learner[] = [
  sac('MLP 2 x 64, batch 128', 20, { batchSize: 128 }),
  sac('MLP 2 x 128, batch 128', 20, { hidden: [128, 128], batchSize: 128 }),
  sac('MLP 2 x 256, batch 256', 10, { hidden: [256, 256] }),
  sac('small attention across tickers, batch 64', 10, { ...crossTicker, batchSize: 64 }),
  sac('LSTM of 32, window 60, batch 64', 4, { memory: 'lstm', ...wide }),
  sac('Mamba-2 of 16, window 16, batch 16', 10, { memory: 'mamba-2', ...narrow }),
  sac('Mamba-2 of 32, window 60, batch 64', 2, { memory: 'mamba-2', ...wide }),
  sac('Mamba-1 of 16, window 16, batch 16', 10, { memory: 'mamba-1', ...narrow }),
  sac('Mamba-1 of 32, window 60, batch 64', 2, { memory: 'mamba-1', ...wide }),
  sac('attention of 16, window 16, batch 16', 10, { memory: 'attention', ...narrow }),
  sac('attention of 32, window 60, batch 64', 2, { memory: 'attention', ...wide }),
  {
    name: 'recurrent PPO, LSTM 128, batch 128',
    config: { id: 'recurrent-ppo', rolloutSteps: 32, epochs: 2, batchSequences: 8, sequenceSteps: 16 },
    rollout: 32,
    gradientSteps: 8,
  },
];

const shown = Array.from({ length: 16 }, (_, i) => noise(`step/${i}`, large, environments));

/** Acts, observes noise and learns, n rounds. */
async function rounds({ rollout }: Learner, agent: Agent, count: number): Promise<void> {
  for (let i = 0; i < count * rollout; i++) {
    const transitions = shown[i % 16]!;
    const actions = (await agent.act(transitions.observations, 'explore')).slice();
    agent.observe({ ...transitions, actions });
    await agent.update();
  }
}

async function agentsOn(learner: Learner, executors: readonly Executor[]): Promise<readonly Agent[]> {
  const env = { count: environments, observationSize: large.observationSize, actionSize: large.actionSize };
  const agents = await Promise.all(executors.map((executor, seed) => createAgent(learner.config, { env, seed, executor })));
  // Fills the windows and the replay from which batches are drawn.
  await Promise.all(agents.map((agent) => rounds(learner, agent, learner.rollout === 1 ? 6 : 1)));
  return agents;
}

export async function seedsRows(executor: Executor): Promise<readonly BenchRow[]> {
  let size = 0;
  const measuring: Executor = {
    ...executor,
    compile: (functions, hints) => {
      size = Math.max(...Object.values(functions).map((graph) => meanSize(simplify(graph))));
      return executor.compile(functions, hints);
    },
  };
  const rows: BenchRow[] = [];
  for (const learner of learners)
    for (const seeds of [2, 4]) {
      const apart = await agentsOn(learner, new Array<Executor>(seeds).fill(measuring));
      const asOne = await agentsOn(learner, batchedExecutors(executor, createBarrier(seeds), Number.POSITIVE_INFINITY));
      const [one, other] = (await leastCosts(
        async () => {
          for (const agent of apart) await rounds(learner, agent, 1);
        },
        () => Promise.all(asOne.map((agent) => rounds(learner, agent, 1))),
      )) as [number, number];
      const rate = (ms: number) => seeds * learner.gradientSteps * perSecond(ms);
      const name = `${executor.id}: ${learner.name} (${Math.round(size).toLocaleString('en')} numbers an op), ${seeds} seeds as one`;
      rows.push(row(name, 'gradient steps/s of processor time', rate(other), { name: 'one after another', value: rate(one) }));
      for (const agent of [...apart, ...asOne]) await agent.dispose();
    }
  return rows;
}
