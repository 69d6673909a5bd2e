/** Running mean and variance of each column of all rows so far, by the parallel rule of Chan, Golub & LeVeque (1979). */
export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly add: (rows: ArrayLike<number>) => void;
  readonly save: () => SavedMoments;
  readonly restore: (saved: SavedMoments) => void;
}

export interface SavedMoments {
  readonly count: number;
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

/** Starts as if a ten-thousandth of a row of mean 0 and variance 1 had been seen, so that nothing divides by zero. */
export function createMoments(columns: number): Moments {
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns).fill(1);
  let count = 1e-4;
  return {
    mean,
    variance,
    add: (rows) => {
      const added = rows.length / columns;
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let i = column; i < rows.length; i += columns) sum += rows[i]!;
        const own = sum / added;
        let squares = 0;
        for (let i = column; i < rows.length; i += columns) squares += (rows[i]! - own) ** 2;
        const apart = own - mean[column]!;
        mean[column]! += (apart * added) / (count + added);
        variance[column] = (variance[column]! * count + squares + (apart ** 2 * count * added) / (count + added)) / (count + added);
      }
      count += added;
    },
    save: () => ({ count, mean: [...mean], variance: [...variance] }),
    restore: (saved) => {
      count = saved.count;
      mean.set(saved.mean);
      variance.set(saved.variance);
    },
  };
}

/** Added to a variance before its root divides, as in stable-baselines3's VecNormalize; and the limit of a normalised value. */
export const tinyVariance = 1e-8;
export const farthest = 10;
