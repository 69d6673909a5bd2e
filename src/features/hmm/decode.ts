import { AssayError } from '../../core/errors.ts';
import { densitiesOf } from './densities.ts';
import { forward, workspaceOf } from './expectation.ts';
import type { HmmParameters } from './model.ts';

/*
 * Decoding with hindsight: each value depends on all rows, later ones included. For reports and tests only; a feature made of it looks
 * ahead.
 */

/** P(state | all rows), rows x K. */
export function smoothed(parameters: HmmParameters, x: Float64Array): Float64Array {
  const { states, inputs, transition } = parameters;
  const rows = x.length / inputs;
  const { alpha, scaled } = forwardOf(parameters, x);
  const result = new Float64Array(alpha.length);
  let beta = new Float64Array(states).fill(1);
  for (let t = rows - 1; t >= 0; t--) {
    const at = t * states;
    for (let j = 0; j < states; j++) result[at + j] = alpha[at + j]! * beta[j]!;
    const before = new Float64Array(states);
    for (let i = 0; i < states; i++)
      for (let j = 0; j < states; j++) before[i]! += transition[i * states + j]! * scaled[at + j]! * beta[j]!;
    beta = before;
  }
  return result;
}

/** The most likely path of states (Viterbi 1967) and its log probability. */
export function viterbi(parameters: HmmParameters, x: Float64Array): { readonly path: Int32Array; readonly logProbability: number } {
  const { states, inputs, start, transition } = parameters;
  const rows = x.length / inputs;
  const densities = checkedDensities(parameters);
  const logTransition = transition.map(Math.log);
  const from = new Int32Array(rows * states);
  const logs = new Float64Array(states);
  let score = start.map(Math.log);
  for (let t = 0; t < rows; t++) {
    densities.of(x, t * inputs, logs);
    const next = new Float64Array(states);
    for (let j = 0; j < states; j++) {
      let best = 0;
      if (t === 0) next[j] = score[j]! + logs[j]!;
      else {
        const through = (i: number): number => score[i]! + logTransition[i * states + j]!;
        for (let i = 1; i < states; i++) if (through(i) > through(best)) best = i;
        next[j] = through(best) + logs[j]!;
        from[t * states + j] = best;
      }
    }
    score = next;
  }
  let last = 0;
  for (let j = 1; j < states; j++) if (score[j]! > score[last]!) last = j;
  const path = new Int32Array(rows);
  for (let t = rows - 1, state = last; t >= 0; t--) {
    path[t] = state;
    state = from[t * states + state]!;
  }
  return { path, logProbability: score[last]! };
}

function forwardOf(parameters: HmmParameters, x: Float64Array) {
  const workspace = workspaceOf(x.length / parameters.inputs, parameters.states);
  forward(parameters, checkedDensities(parameters), x, workspace);
  return workspace;
}

function checkedDensities(parameters: HmmParameters) {
  const densities = densitiesOf(parameters);
  if (densities === null) throw new AssayError('data_invalid', 'a covariance of the hidden Markov model is not positive definite');
  return densities;
}
