import { type TrialState, trialStates } from '../../search/trial/trial.ts';
import type { StateLetter } from '../routes/charts/common.ts';
import type { TrialColumns } from './columns.ts';

const codeOf = (state: TrialState): number => trialStates.indexOf(state) + 1;

export const completeCode = codeOf('complete');

export interface Selection {
  /** Null: trials in any state. */
  readonly states: readonly TrialState[] | null;
  /** 1 for trials that meet the filters (null: there are none). */
  readonly meets: Float64Array | null;
}

/** Numbers of the selected trials, ascending. */
export function selectTrials({ n, state }: Pick<TrialColumns, 'n' | 'state'>, { states, meets }: Selection): Int32Array {
  const wanted = new Uint8Array(trialStates.length + 1).fill(states === null ? 1 : 0);
  wanted[0] = 0;
  for (const one of states ?? []) wanted[codeOf(one)] = 1;
  const numbers = new Int32Array(n);
  let count = 0;
  for (let number = 0; number < n; number++) {
    if (wanted[state[number]!] === 0 || (meets !== null && meets[number] !== 1)) continue;
    numbers[count] = number;
    count += 1;
  }
  return numbers.subarray(0, count);
}

/** Those of the trials that have a figure. A loop, as every chart does this for each of its columns: a callback took several times as long. */
export function withFigure(numbers: Int32Array, figure: Float64Array): Int32Array {
  const having = new Int32Array(numbers.length);
  let count = 0;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!;
    if (Number.isNaN(figure[number]!)) continue;
    having[count] = number;
    count += 1;
  }
  return having.subarray(0, count);
}

const letters: Readonly<Record<TrialState, StateLetter>> = {
  queued: 'w',
  running: 'r',
  paused: 'w',
  complete: 'c',
  pruned: 'p',
  failed: 'f',
  cancelled: 'x',
};

/** Letters of the trials' states; `i` for a complete trial that is infeasible. */
export function lettersOf({ state, feasible }: Pick<TrialColumns, 'state' | 'feasible'>, numbers: ArrayLike<number>): StateLetter[] {
  return Array.from(numbers, (number) => {
    const name = trialStates[state[number]! - 1]!;
    return name === 'complete' && feasible[number] === 0 ? 'i' : letters[name];
  });
}
