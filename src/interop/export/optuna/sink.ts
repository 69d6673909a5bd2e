import type { WireStudy, WireTrial } from '../../optuna/wire.ts';

/** Where one study is written to for Optuna. What is not ended is taken back by `abort`, and leaves nothing. */
export interface OptunaSink {
  readonly begin: (study: WireStudy) => Promise<void>;
  /** Trials in the order of their numbers; times are UTC. */
  readonly write: (trials: readonly WireTrial[]) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly abort: () => Promise<void>;
}
