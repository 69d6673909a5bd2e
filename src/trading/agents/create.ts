import type { Executor } from '../../tensor/executors/executor.ts';
import type { VectorEnv } from '../env/env.ts';
import type { Agent } from './agent.ts';
import { refusePositions } from './check.ts';
import type { RecurrentPpoOptions } from './recurrent-ppo/options.ts';
import { createRecurrentPpo } from './recurrent-ppo/recurrent-ppo.ts';
import type { SacOptions } from './sac/options.ts';
import { createSac } from './sac/sac.ts';

/** Settings of each agent, by its id. A new agent is a folder here, an entry in this interface and in `creators`. */
export interface AgentOptions {
  readonly sac: SacOptions;
  readonly 'recurrent-ppo': RecurrentPpoOptions;
}

export type AgentId = keyof AgentOptions;

/** The agent that learns, and the settings that differ from its defaults; SAC without an id. */
export type AgentConfig =
  | ({ readonly id?: 'sac' } & Partial<SacOptions>)
  | ({ readonly id: 'recurrent-ppo' } & Partial<RecurrentPpoOptions>);

interface Learner {
  readonly env: Pick<VectorEnv, 'count' | 'observationSize' | 'actionSize' | 'choices'>;
  /** Copies that act without exploration as one batch; default: as many as `env` has. */
  readonly accounts?: number;
  readonly seed: string | number;
  readonly executor?: Executor;
}

/**
 * Creates the agent for an environment.
 * @throws AssayError `params_invalid` for invalid options, `config_invalid` for actions that the agent cannot take.
 */
export async function createAgent(config: AgentConfig, { env, accounts, seed, executor }: Learner): Promise<Agent> {
  const { observationSize, actionSize, choices, count } = env;
  const place = { observationSize, actionSize, environments: count, seed, ...(accounts && { accounts }), ...(executor && { executor }) };
  if (config.id === 'recurrent-ppo') {
    const { id: _, ...options } = config;
    return createRecurrentPpo({ ...place, ...(choices && { choices }), options });
  }
  if (choices !== undefined) refusePositions();
  const { id: _, ...options } = config;
  return createSac({ ...place, options });
}
