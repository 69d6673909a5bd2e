import { cholesky } from '../../core/linear-algebra/cholesky.ts';
import type { HmmParameters } from './model.ts';

const log2Pi = Math.log(2 * Math.PI);

/** Log densities of one row of inputs in every state. */
export interface Densities {
  /** Writes log N(x; mu_j, Sigma_j) of the row that begins at `at` to out[0..K). */
  readonly of: (x: Float64Array, at: number, out: Float64Array) => void;
}

/** Null if a covariance is not positive definite. */
export function densitiesOf(parameters: HmmParameters): Densities | null {
  return parameters.covariance === 'diag' ? diagonal(parameters) : full(parameters);
}

/** Constants of the log density of diagonal states: c_j - sum_i (x_i - m_ji)^2 h_ji. */
export function diagonalForm({ states, inputs, covariances }: HmmParameters): {
  readonly constants: Float64Array;
  readonly halves: Float64Array;
} {
  const constants = new Float64Array(states);
  const halves = covariances.map((variance) => 0.5 / variance);
  for (let j = 0; j < states; j++) {
    let sum = inputs * log2Pi;
    for (let i = 0; i < inputs; i++) sum += Math.log(covariances[j * inputs + i]!);
    constants[j] = -0.5 * sum;
  }
  return { constants, halves };
}

function diagonal(parameters: HmmParameters): Densities | null {
  const { states, inputs, means, covariances } = parameters;
  if (!covariances.every((variance) => variance > 0 && variance < Number.POSITIVE_INFINITY)) return null;
  const { constants, halves } = diagonalForm(parameters);
  return {
    of: (x, at, out) => {
      for (let j = 0; j < states; j++) {
        let value = constants[j]!;
        for (let i = 0; i < inputs; i++) {
          const distance = x[at + i]! - means[j * inputs + i]!;
          value -= distance * distance * halves[j * inputs + i]!;
        }
        out[j] = value;
      }
    },
  };
}

/** By a Cholesky factor of each covariance: the squared Mahalanobis distance is |L^-1 (x - mu)|^2, log det = 2 sum log L_ii. */
function full({ states, inputs: d, means, covariances }: HmmParameters): Densities | null {
  const factors: Float64Array[] = [];
  const constants: number[] = [];
  for (let j = 0; j < states; j++) {
    const factor = covariances.slice(j * d * d, (j + 1) * d * d);
    if (!cholesky(factor, d)) return null;
    let logDeterminant = 0;
    for (let i = 0; i < d; i++) logDeterminant += 2 * Math.log(factor[i * d + i]!);
    factors.push(factor);
    constants.push(-0.5 * (d * log2Pi + logDeterminant));
  }
  const solved = new Float64Array(d);
  return {
    of: (x, at, out) => {
      for (let j = 0; j < states; j++) {
        const factor = factors[j]!;
        let squares = 0;
        for (let i = 0; i < d; i++) {
          let sum = x[at + i]! - means[j * d + i]!;
          for (let m = 0; m < i; m++) sum -= factor[i * d + m]! * solved[m]!;
          sum /= factor[i * d + i]!;
          solved[i] = sum;
          squares += sum * sum;
        }
        out[j] = constants[j]! - 0.5 * squares;
      }
    },
  };
}
