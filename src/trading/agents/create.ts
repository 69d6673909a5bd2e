import { AssayError } from '../../core/errors.ts';
import type { Executor } from '../../tensor/executors/executor.ts';
import type { VectorEnv } from '../env/env.ts';
import type { Agent } from './agent.ts';
import type { RecurrentPpoOptions } from './recurrent-ppo/options.ts';
import { createRecurrentPpo } from './recurrent-ppo/recurrent-ppo.ts';
import type { SacOptions } from './sac/options.ts';
import { createSac } from './sac/sac.ts';

/** Settings of each agent, by its id. An agent is one folder here, and a line in this file and in `creators`. */
export interface AgentOptions {
  readonly sac: SacOptions;
  readonly 'recurrent-ppo': RecurrentPpoOptions;
}

export type AgentId = keyof AgentOptions;

/** Which agent learns, and what differs from its defaults; SAC where nothing is said. */
export type AgentConfig =
  | ({ readonly id?: 'sac' } & Partial<SacOptions>)
  | ({ readonly id: 'recurrent-ppo' } & Partial<RecurrentPpoOptions>);

interface Learner {
  readonly env: Pick<VectorEnv, 'count' | 'observationSize' | 'actionSize' | 'choices'>;
  readonly seed: string | number;
  readonly executor?: Executor;
}

/** The agent for an environment. Throws `params_invalid` for options that cannot be and `config_invalid` for actions it cannot take. */
export async function createAgent(config: AgentConfig, { env, seed, executor }: Learner): Promise<Agent> {
  const { observationSize, actionSize, choices, count } = env;
  const place = { observationSize, actionSize, environments: count, seed, ...(executor && { executor }) };
  if (config.id === 'recurrent-ppo') {
    const { id: _, ...options } = config;
    return createRecurrentPpo({ ...place, ...(choices && { choices }), options });
  }
  if (choices !== undefined)
    throw new AssayError('config_invalid', 'sac chooses positions freely, it cannot pick one of a few', {
      place: 'environment.positions',
      hint: 'leave it out, or take the agent recurrent-ppo',
    });
  const { id: _, ...options } = config;
  return createSac({ ...place, options });
}
