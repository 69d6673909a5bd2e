import type { z } from 'zod';
import type { AgentConfig } from '../agents/create.ts';
import { recurrentPpoDefaults } from '../agents/recurrent-ppo/options.ts';
import { sacDefaults } from '../agents/sac/options.ts';
import type { RewardFactory } from './reward.ts';
import { type RewardV2Options, rewardV2 } from './reward-v2.ts';
import { shaped, type shapingOptions } from './shaping.ts';

/** Coefficients of the training reward: reward v2's, and those of shaping, which are 0 by default. */
export interface RewardOptions extends RewardV2Options {
  readonly shaping?: z.input<typeof shapingOptions>;
}

export interface TaskReward {
  readonly reward: RewardFactory;
  /** The reward again where it is shaped: computed beside an evaluation, to see whether the shaping dominates it. */
  readonly audited?: RewardFactory;
}

/**
 * The training reward of a task. The agent's discount is that of the potentials.
 * @throws AssayError `config_invalid` for settings of the shaping out of range.
 */
export function taskReward({ shaping, ...options }: RewardOptions, agent: AgentConfig): TaskReward {
  const base = rewardV2(options);
  if (shaping === undefined) return { reward: base };
  const { gamma = agent.id === 'recurrent-ppo' ? recurrentPpoDefaults.gamma : sacDefaults.gamma } = agent;
  const reward = shaped(base, shaping, gamma);
  return reward === base ? { reward } : { reward, audited: reward };
}
