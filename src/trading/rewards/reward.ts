import type { AlignedBars } from '../../market/bars.ts';
import { barsPerSession, barsPerYear } from '../../market/calendars/calendar.ts';
import type { Accounts } from '../env/account.ts';
import type { StateArray } from '../env/env-state.ts';
import type { CostModel, EnvironmentConfig } from '../env/options.ts';
import type { Trade } from '../env/trades.ts';

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
  readonly ofStep: (accounts: Accounts, copy: number, navBefore: number, end: StepEnd) => number;
  /** Told of each trade that the step closed, before `ofStep`; a reward without it needs no trades. */
  readonly onTrade?: (copy: number, trade: Trade) => void;
  /** The part of each copy's last reward that is no gain, cost or penalty for risk but shapes what is learnt. Default: none. */
  readonly stepShaping?: Float64Array;
}

/** How a step ended. */
export interface StepEnd {
  /** True if the step ended the episode: nothing follows it. */
  terminated: boolean;
  /** Net P&L of the open trades, count x assets; undefined for a reward without `onTrade`. */
  readonly openPnl?: Float64Array | undefined;
}

/** What a reward knows of its environment. */
export interface RewardPlace {
  /** The calendar's, for the length of a bar. */
  readonly barsPerYear: number;
  readonly barsPerSession: number;
  /** The one source of costs for accounts, rewards and evaluation. */
  readonly costs?: CostModel;
}

export function rewardPlaceOf({ calendar, barMs }: AlignedBars, { costs }: Pick<EnvironmentConfig, 'costs'>): RewardPlace {
  return { barsPerYear: barsPerYear(calendar, barMs), barsPerSession: barsPerSession(calendar, barMs), costs };
}

/** Creates a reward, once per environment, for all its copies. */
export type RewardFactory = (count: number, place: RewardPlace) => Reward;
