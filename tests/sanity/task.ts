import { createRng } from '../../src/core/rng.ts';
import type { Agent } from '../../src/trading/agents/agent.ts';
import { type AgentConfig, createAgent } from '../../src/trading/agents/create.ts';
import type { VectorEnv } from '../../src/trading/env/env.ts';
import { train } from '../../src/trading/training/loop.ts';

/** A task that an agent must be able to learn, or a control that it must not learn. */
export interface SanityTask {
  readonly id: string;
  readonly what: string;
  readonly goal: string;
  /** Published results of other implementations, if there are any. */
  readonly peer: string;
  /** Trains with a seed; returns metrics by name, the first of which is the score. */
  readonly run: (seed: number) => Promise<Readonly<Record<string, number>>>;
  readonly met: (runs: readonly Readonly<Record<string, number>>[]) => boolean;
}

export interface Training {
  readonly env: VectorEnv;
  readonly agent: AgentConfig;
  readonly until: { readonly updates: number } | { readonly environmentSteps: number };
  readonly seed: number;
}

/** Trains an agent, passes it to `evaluate`, and disposes of it. */
export async function trainAndEvaluate<Result>(
  { env, agent: config, until, seed }: Training,
  evaluate: (agent: Agent) => Promise<Result>,
): Promise<Result> {
  const agent = await createAgent(config, { env, seed });
  try {
    await train({ env, agent, rng: createRng(`sanity/${seed}`), until });
    return await evaluate(agent);
  } finally {
    await agent.dispose();
  }
}

/** Returns the rewards of at least `episodes` whole episodes of the agent without exploration noise. */
export async function episodesOf(agent: Agent, env: VectorEnv, episodes: number): Promise<readonly number[]> {
  const rewards: number[] = [];
  const running = new Float64Array(env.count);
  const starts = new Uint8Array(env.count).fill(1);
  env.reset(createRng('sanity/judge'));
  while (rewards.length < episodes) {
    env.step(await agent.act(env.observations, 'exploit', starts));
    for (let copy = 0; copy < env.count; copy++) {
      running[copy]! += env.rewards[copy]!;
      starts[copy] = env.terminated[copy]! | env.truncated[copy]!;
      if (!starts[copy]) continue;
      rewards.push(running[copy]!);
      running[copy] = 0;
    }
  }
  return rewards;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** Standard error of the mean of independent values. */
export function standardErrorOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1) / values.length);
}

/** Returns the first metric of every run. */
export const scoresOf = (runs: readonly Readonly<Record<string, number>>[]): readonly number[] => runs.map((run) => Object.values(run)[0]!);

export const allAtLeast =
  (least: number): SanityTask['met'] =>
  (runs) =>
    scoresOf(runs).every((score) => score >= least);
