import type { Accounts } from '../env/account.ts';
import type { CostModel } from '../env/costs.ts';
import type { StateArray } from '../env/env-state.ts';

/**
 * Turns what happened to the accounts in a step into a reward, in account currency; the environment scales it. It keeps
 * the history it needs per copy and forgets it at the start of an episode.
 */
export interface Reward {
  readonly reset: (copy: number) => void;
  /** All that it remembers, live: whoever saves the environment copies it, whoever restores it writes here. */
  readonly state: Readonly<Record<string, StateArray>>;
  /** `navBefore` is the NAV at the decision; the accounts hold the step's gain before costs, value traded and NAV after. */
  readonly ofStep: (accounts: Accounts, copy: number, navBefore: number) => number;
}

/**
 * A reward as a study names it: made once per environment, for all its copies. `costs` is what the environment charges: the one
 * source of costs for accounts, rewards and evaluation.
 */
export type RewardFactory = (count: number, costs?: CostModel) => Reward;
