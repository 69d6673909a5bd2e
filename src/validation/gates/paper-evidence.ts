/** One run of paper trading, judged whole from its registered start (specification LIVE, section 6). */
export interface PaperEvidence {
  readonly run: string;
  /** True if the start was in the ledger before the first bar. */
  readonly registered: boolean;
  /** Epoch milliseconds of the registered start and of the end. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Number of sessions that were traded from their first to their last bar. */
  readonly completeSessions: number;
  /** Net return of each day, in time order. */
  readonly dailyReturns: readonly number[];
  /** Liquidation value of the account at every bar and fill, the start included. */
  readonly navs: readonly number[];
  /** Closed round trips, flat to flat, net of fees. */
  readonly trades: readonly { readonly netPnl: number }[];
  readonly incidents: readonly { readonly code: string; readonly kind: 'catastrophic' | 'operator' | 'drill' }[];
  /** Of the deployment's configuration. */
  readonly deployment: { readonly capitalUsd: number; readonly instrument: string; readonly contracts: number };
  /** Decisions that differ from those of the same bars in a backtest. */
  readonly parityMismatches: number;
  /** Minutes of the sessions, and those in which the engine was up. */
  readonly sessionMinutes: number;
  readonly upMinutes: number;
  readonly successfulDrills: number;
  readonly policyHashes: readonly string[];
  readonly configHashes: readonly string[];
  /** Costs that were paid, and what the cost model says of the same trades. */
  readonly realisedCost: number;
  readonly modelledCost: number;
  /** Runs of this model so far, this one included; models on paper in the quarter. */
  readonly attempts: number;
  readonly modelsThisQuarter: number;
}
