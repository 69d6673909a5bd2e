import type { Parameter } from './parameters.ts';

/** Uniform in +-1/sqrt(fanIn): as PyTorch's Linear draws kernel and bias (kaiming-uniform with a = sqrt 5). */
export function uniformFanIn(fanIn: number): Parameter['initial'] {
  return uniformWithin(1 / Math.sqrt(fanIn));
}

export function filledWith(value: number): Parameter['initial'] {
  return (_rng, size) => new Float32Array(size).fill(value);
}

/**
 * A matrix [rows, columns] with orthogonal rows or columns, whichever are fewer, each of length `gain` (Saxe et al. 2014): normal
 * vectors, orthogonalised twice by Gram-Schmidt, because once leaves rounding errors.
 */
export function orthogonal(rows: number, columns: number, gain = 1): Parameter['initial'] {
  return (rng) => {
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const vectors: Float64Array[] = [];
    for (let i = 0; i < count; i++) {
      const vector = Float64Array.from({ length }, () => rng.normal());
      for (const other of [...vectors, ...vectors]) {
        const overlap = dot(vector, other);
        for (let j = 0; j < length; j++) vector[j]! -= overlap * other[j]!;
      }
      const size = Math.sqrt(dot(vector, vector));
      vectors.push(vector.map((x) => x / size));
    }
    const at = (row: number, column: number) => (rows <= columns ? vectors[row]![column]! : vectors[column]![row]!);
    return Float32Array.from({ length: rows * columns }, (_, i) => gain * at(Math.floor(i / columns), i % columns));
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

/** Uniform in +-bound. */
export function uniformWithin(bound: number): Parameter['initial'] {
  return (rng, size) => Float32Array.from({ length: size }, () => (2 * rng.uniform() - 1) * bound);
}
