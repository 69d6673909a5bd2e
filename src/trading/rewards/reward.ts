import type { Accounts } from '../env/account.ts';
import type { CostModel } from '../env/costs.ts';
import type { StateArray } from '../env/env-state.ts';

/**
 * Computes a reward from one step of the accounts, in account currency; the environment scales it. It keeps the history that it needs per
 * copy and clears it at the start of an episode.
 */
export interface Reward {
  readonly reset: (copy: number) => void;
  /** The whole state, not copied: saving an environment copies it, restoring writes into it. */
  readonly state: Readonly<Record<string, StateArray>>;
  /**
   * Reward of a copy's last step. `navBefore` is the NAV at the decision; the accounts hold the step's gain before costs, value traded and
   * NAV after.
   */
  readonly ofStep: (accounts: Accounts, copy: number, navBefore: number) => number;
}

/**
 * Creates a reward, once per environment, for all its copies. `barsPerYear` is the calendar's for the length of a bar. `costs` are the
 * environment's: the one source of costs for accounts, rewards and evaluation.
 */
export type RewardFactory = (count: number, barsPerYear: number, costs?: CostModel) => Reward;
