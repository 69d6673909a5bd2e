import { AssayError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';

/**
 * First index below `end` at which two sequences differ in any bit, or one has ended; null: they are equal up to there. 0 and -0 are one
 * number, as they are where returns are stored; so is every NaN.
 */
export function differsAt(was: ArrayLike<number>, is: ArrayLike<number>, end: number = Math.max(was.length, is.length)): number | null {
  if (was instanceof Float32Array && is instanceof Float32Array && sameBytes(was.subarray(0, end), is.subarray(0, end))) return null;
  for (let i = 0; i < end; i++) if (was[i] !== is[i] && !Object.is(was[i], is[i])) return i;
  return null;
}

/** Matrices of features have millions of values, which are compared at once. Values of other bytes may still be equal: 0 and -0, NaN. */
function sameBytes(was: Float32Array, is: Float32Array): boolean {
  const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);
  return Buffer.compare(bytesOf(was), bytesOf(is)) === 0;
}

/** `count` different whole numbers of `from` to `to`, both included, rising; all of them where there are no more. */
export function someOf(from: number, to: number, count: number, seed: string): readonly number[] {
  const rng = createRng(seed);
  const all = to - from + 1;
  if (all <= count) return Array.from({ length: Math.max(0, all) }, (_, i) => from + i);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(from + rng.int(all));
  return [...chosen].sort((a, b) => a - b);
}

export interface CausalRequest {
  /** Number of bars of the whole request, at least 2. */
  readonly bars: number;
  /** Number of actions of each bar. */
  readonly width: number;
  /** Decides where the request is cut. */
  readonly seed: string;
  /** Default 3. */
  readonly cuts?: number;
}

export interface CausalResult {
  readonly cuts: number;
  /** Number of cuts up to which an action changed. */
  readonly changed: number;
  /** The first bar, counted from 0, whose actions depend on later bars (null: none was seen). */
  readonly firstBar: number | null;
}

/**
 * Asks a policy for its actions over all bars, and again over the first few of them, cut at random bars: the actions up to each cut must be
 * the same to the last bit. For a policy that answers whole requests, such as one of another program.
 *
 * @param answer actions for the first n bars, n x width.
 * @throws AssayError `data_invalid` for an answer of another length.
 * @example
 * ```ts
 * const { changed } = await checkCausal((bars) => trainer.positions(request, bars), { bars: 389, width: 2, seed: 'study#4/17/0' });
 * ```
 */
export async function checkCausal(
  answer: (bars: number) => Promise<ArrayLike<number>>,
  { bars, width, seed, cuts = 3 }: CausalRequest,
): Promise<CausalResult> {
  const asked = async (count: number): Promise<ArrayLike<number>> => {
    const actions = await answer(count);
    if (actions.length === count * width) return actions;
    throw new AssayError('data_invalid', `the answer to ${count} bars has ${actions.length} actions, not ${count * width}`);
  };
  const whole = await asked(bars);
  const tried = someOf(1, bars - 1, cuts, seed);
  const places: number[] = [];
  for (const count of tried) {
    const at = differsAt(whole, await asked(count), count * width);
    if (at !== null) places.push(Math.floor(at / width));
  }
  return { cuts: tried.length, changed: places.length, firstBar: places.length === 0 ? null : Math.min(...places) };
}

/**
 * Runs the same evaluation again and compares its numbers to the last bit.
 * @param stored the numbers of the first run.
 * @returns the first index that differs; null: the evaluation is deterministic as far as one repetition can show.
 */
export async function checkDeterministic(stored: ArrayLike<number>, again: () => Promise<ArrayLike<number>>): Promise<number | null> {
  return differsAt(stored, await again());
}
