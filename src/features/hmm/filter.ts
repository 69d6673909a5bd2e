import { AssayError } from '../../core/errors.ts';
import type { Memory } from '../memory.ts';
import { type Densities, densitiesOf } from './densities.ts';
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
  readonly #started: Float64Array;
  readonly #predicted: Float64Array;
  readonly #logs: Float64Array;

  /** @throws AssayError `data_invalid` for a covariance that is not positive definite. */
  constructor(memory: Memory, parameters: HmmParameters) {
    const densities = densitiesOf(parameters);
    if (densities === null) throw new AssayError('data_invalid', 'a covariance of the hidden Markov model is not positive definite');
    this.#parameters = parameters;
    this.#densities = densities;
    this.probabilities = memory.numbers(parameters.states);
    this.#started = memory.numbers(1);
    this.#predicted = new Float64Array(parameters.states);
    this.#logs = new Float64Array(parameters.states);
  }

  /**
   * Takes the row of inputs that begins at `at`.
   * @param restart whether the chain begins anew.
   * @returns log P(inputs of the row | inputs before it).
   */
  next(x: Float64Array, at: number, restart = false): number {
    const { states, start, transition } = this.#parameters;
    const [probabilities, predicted, logs] = [this.probabilities, this.#predicted, this.#logs];
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
    for (let j = 0; j < states; j++) {
      // The largest density counts as 1, so that inputs far outside the training data do not make all of them 0.
      const value = predicted[j]! * Math.exp(logs[j]! - largest);
      probabilities[j] = value;
      sum += value;
    }
    if (sum > 0) {
      for (let j = 0; j < states; j++) probabilities[j]! /= sum;
      return Math.log(sum) + largest;
    }
    // No state that can be reached explains the inputs: the densities alone decide.
    return this.#fromDensities(largest);
  }

  #fromDensities(largest: number): number {
    const [probabilities, logs] = [this.probabilities, this.#logs];
    let sum = 0;
    for (let j = 0; j < logs.length; j++) sum += probabilities[j] = Math.exp(logs[j]! - largest);
    for (let j = 0; j < logs.length; j++) probabilities[j]! /= sum;
    return Number.NEGATIVE_INFINITY;
  }
}

/** Index of the largest of K probabilities, the first of equals. */
export function mostLikely(probabilities: Float64Array): number {
  let best = 0;
  for (let j = 1; j < probabilities.length; j++) if (probabilities[j]! > probabilities[best]!) best = j;
  return best;
}
