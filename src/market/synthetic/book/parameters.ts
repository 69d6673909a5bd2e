import { chop, type Regime, shock, trend } from '../regimes.ts';

/** Parameters of a generated book of one future, besides its seed and length. */
export interface BookParameters {
  readonly symbol: string;
  readonly root: string;
  /** Account currency per point. */
  readonly multiplier: number;
  readonly tick: number;
  readonly startPrice: number;
  /** Standard deviation of the mid's change in a minute, in ticks, before the regime's factor. */
  readonly ticksPerMinute: number;
  /** Mean contracts at a level. */
  readonly levelSize: number;
  /** Mean number of events in a minute that move nothing, before the regime's factor. */
  readonly noiseEvents: number;
  /** Standard deviation of the contracts that a minute's quiet flow adds to the bid's queue or, negative, the ask's. */
  readonly quietFlow: number;
  readonly regimes: readonly Regime[];
  readonly meanBlockMinutes: number;
  /**
   * Correlation of a minute's order flow (`ofi`) with the mid's change in the next minute, below {@link mostEdge}; 0 plants nothing. The
   * price's own past says nothing at any strength.
   */
  readonly edge: number;
  /** Trading date of the first session, of the calendar globex-equity. */
  readonly firstDate: string;
}

/**
 * Correlation of a minute's `ofi` with its quiet flow, which is what the next minute follows: the rest of `ofi` is the minute's own price
 * move. Measured over 40 sessions of the default parameters; no edge can be larger.
 */
export const mostEdge = 0.8;

export const bookParameters: BookParameters = {
  symbol: 'ES',
  root: 'ES',
  multiplier: 50,
  tick: 0.25,
  startPrice: 4800,
  ticksPerMinute: 3,
  levelSize: 20,
  noiseEvents: 30,
  quietFlow: 220,
  regimes: [trend, chop, shock],
  meanBlockMinutes: 90,
  edge: 0.3,
  firstDate: '2024-01-02',
};
