import { AssayError } from '../../core/errors.ts';
import { densitiesOf } from './densities.ts';
import type { HmmParameters } from './model.ts';

/**
 * The most likely path of states (Viterbi 1967) and its log probability. Each state depends on all rows, later ones included: for reports only, a
 * feature made of it looks ahead.
 */
export function viterbi(parameters: HmmParameters, x: Float64Array): { readonly path: Int32Array; readonly logProbability: number } {
  const { states, inputs, start, transition } = parameters;
  const rows = x.length / inputs;
  const densities = densitiesOf(parameters);
  if (densities === null) throw new AssayError('data_invalid', 'a covariance of the hidden Markov model is not positive definite');
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
