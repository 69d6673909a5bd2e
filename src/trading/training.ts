import { createRng } from '../core/rng.ts';
import { chooseExecutor } from '../tensor/executors/choose.ts';
import type { Executor } from '../tensor/executors/executor.ts';
import type { Agent } from './agents/agent.ts';
import { type AgentConfig, createAgent } from './agents/create.ts';
import { type TrainProgress, train } from './agents/train.ts';
import type { Market, SessionRange } from './env/market.ts';
import { targetsOf } from './env/targets.ts';
import { createTradingEnv, type EnvironmentConfig, type TrainingOptions } from './env/trading-env.ts';
import type { ActingPolicy } from './env/walk.ts';
import type { RewardFactory } from './rewards/reward.ts';

/** How long and on how many copies an agent learns. */
export interface TrainingConfig extends Omit<TrainingOptions, 'count'> {
  /** Copies of the environment stepped together: many of them matter more than many updates. */
  readonly environments: number;
  /** Gradient steps. */
  readonly updates: number;
}

export interface TrainingRun {
  readonly market: Market;
  readonly range: SessionRange;
  readonly environment: EnvironmentConfig;
  readonly training: TrainingConfig;
  readonly reward: RewardFactory;
  readonly agent: AgentConfig;
  /** What computes; where left out, TensorFlow where it has a GPU, else onnx. */
  readonly executor?: Executor;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** How often `onProgress` is called, the end included; default once. */
  readonly reports?: number;
  readonly onProgress?: (agent: Agent, progress: TrainProgress) => Promise<void>;
}

export interface Trained {
  readonly agent: Agent;
  /** Losses of the last gradient step, and the rates of the training itself, reports not counted. All named `train.…`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Train an agent on a range of sessions. The caller disposes of it; when training throws it is disposed of here. */
export async function trainAgent(run: TrainingRun): Promise<Trained> {
  const { market, range, environment, training, reward, seed, signal, reports = 1, onProgress } = run;
  const env = createTradingEnv(market, range, environment, reward, { ...training, count: training.environments });
  const agent = await createAgent(run.agent, { env, seed, executor: run.executor ?? chooseExecutor() });
  let elsewhereMs = 0;
  const startedAt = performance.now();
  try {
    const end = await train({
      env,
      agent,
      rng: createRng(seed).fork('environment'),
      until: { updates: training.updates },
      progressEvery: Math.ceil(training.updates / reports),
      signal,
      onProgress: async (progress) => {
        const pausedAt = performance.now();
        await onProgress?.(agent, progress);
        elsewhereMs += performance.now() - pausedAt;
      },
    });
    const seconds = (performance.now() - startedAt - elsewhereMs) / 1000;
    return {
      agent,
      metrics: {
        ...Object.fromEntries(Object.entries(end.metrics).map(([name, value]) => [`train.${name}`, value])),
        'train.seconds': seconds,
        'train.gradientStepsPerSecond': end.updates / seconds,
        'train.environmentStepsPerSecond': end.environmentSteps / seconds,
      },
    };
  } catch (error) {
    await agent.dispose();
    throw error;
  }
}

/** The agent without its exploration noise, on as many lanes as it has environments. */
export function exploiting(agent: Agent, environment: EnvironmentConfig): ActingPolicy {
  return async (observations, actions, starts) => actions.set(targetsOf(environment, await agent.act(observations, 'exploit', starts)));
}
