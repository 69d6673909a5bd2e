import type { WireState } from '../../optuna/store/outcome.ts';
import type { WireStudy, WireTrial } from '../../optuna/wire.ts';

/** A trial as the index of a source has it. */
export interface IndexedTrial {
  readonly id: number;
  /** False while it waits or runs, and may change. */
  readonly isFinal: boolean;
}

/** One look at a database of Optuna. */
export interface SourceView {
  readonly studies: () => Promise<readonly WireStudy[]>;
  /** The study's trials in the order of their numbers. */
  readonly index: (study: string) => Promise<readonly IndexedTrial[]>;
  /** The trials with these ids, in their order. Times are UTC. */
  readonly trials: (study: string, ids: readonly number[]) => Promise<readonly WireTrial[]>;
}

/** A database of Optuna that studies are imported from. */
export interface Source {
  /** Its address without a password: what tells sources apart, and what people read. */
  readonly address: string;
  /**
   * Looks at it as it is now.
   * @param look is given what a person should know of it, too (null: nothing)
   * @throws AssayError where it cannot be read
   */
  readonly view: <Result>(look: (view: SourceView, note: string | null) => Promise<Result>) => Promise<Result>;
  readonly close: () => Promise<void>;
}

const open: readonly WireState[] = ['RUNNING', 'WAITING'];

export const isFinalState = (state: WireState): boolean => !open.includes(state);
