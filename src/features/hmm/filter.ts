import { AssayError } from '../../core/errors.ts';
import type { Memory } from '../memory.ts';
import { type Densities, densitiesOf } from './densities.ts';
import { filterStep3x2, is3x2 } from './filter-3x2.ts';
import type { HmmParameters } from './model.ts';

/**
 * The causal filter: P(state | inputs up to now), a <- (a A) o b(x) divided by its sum (Rabiner 1989, scaled forward variables). Uses no
 * later input, unlike smoothing and the Viterbi path.
 */
export class HmmFilter {
  /** P(state j) after the last input. */
  readonly probabilities: Float64Array;
  readonly #parameters: HmmParameters;
  readonly #densities: Densities;
  /** [1 after the first input]. */
  readonly #started: Int32Array;
  readonly #predicted: Float64Array;
  readonly #logs: Float64Array;
  /** [sum before the division, largest log density] of the last row. */
  readonly #scale = new Float64Array(2);
  /** A step of the usual model, once it has begun; null for other models. */
  readonly #step3x2: ((x: Float64Array, at: number) => void) | null;

  /** @throws AssayError `data_invalid` for a covariance that is not positive definite. */
  constructor(memory: Memory, parameters: HmmParameters) {
    const densities = densitiesOf(parameters);
    if (densities === null) throw new AssayError('data_invalid', 'a covariance of the hidden Markov model is not positive definite');
    this.#parameters = parameters;
    this.#densities = densities;
    this.probabilities = memory.numbers(parameters.states);
    this.#started = memory.counts(1);
    this.#predicted = new Float64Array(parameters.states);
    this.#logs = new Float64Array(parameters.states);
    this.#step3x2 = is3x2(parameters) ? filterStep3x2(parameters, this.probabilities, this.#scale) : null;
  }

  /** log P(inputs of the last row | inputs before it). */
  get logLikelihood(): number {
    return Math.log(this.#scale[0]!) + this.#scale[1]!;
  }

  /**
   * Takes the row of inputs that begins at `at`.
   * @param restart whether the chain begins anew.
   */
  next(x: Float64Array, at: number, restart = false): void {
    if (this.#step3x2 === null || restart || this.#started[0] === 0) this.#next(x, at, restart);
    else this.#step3x2(x, at);
  }

  #next(x: Float64Array, at: number, restart: boolean): void {
    const { states, start, transition } = this.#parameters;
    const probabilities = this.probabilities;
    const predicted = this.#predicted;
    const logs = this.#logs;
    if (restart || this.#started[0] === 0) {
      predicted.set(start);
      this.#started[0] = 1;
    } else {
      for (let j = 0; j < states; j++) {
        let sum = 0;
        for (let i = 0; i < states; i++) sum += probabilities[i]! * transition[i * states + j]!;
        predicted[j] = sum;
      }
    }
    this.#densities.of(x, at, logs);
    let largest = logs[0]!;
    for (let j = 1; j < states; j++) if (logs[j]! > largest) largest = logs[j]!;
    let sum = 0;
    let densitySum = 0;
    for (let j = 0; j < states; j++) {
      // The largest density counts as 1, so that inputs far outside the training data do not make all of them 0.
      const density = Math.exp(logs[j]! - largest);
      probabilities[j] = density;
      densitySum += density;
      sum += predicted[j]! * density;
    }
    // Where no state that can be reached explains the inputs, the densities alone decide.
    for (let j = 0; j < states; j++)
      probabilities[j] = sum > 0 ? (predicted[j]! * probabilities[j]!) / sum : probabilities[j]! / densitySum;
    this.#scale[0] = sum;
    this.#scale[1] = largest;
  }
}

/** Index of the largest of K probabilities, the first of equals. */
export function mostLikely(probabilities: Float64Array): number {
  let best = 0;
  for (let j = 1; j < probabilities.length; j++) if (probabilities[j]! > probabilities[best]!) best = j;
  return best;
}
