import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { AlignedBars } from '../../market/bars.ts';
import type { Bar, RowRange } from '../feature-set.ts';

/** Levels of the book that are integrated, and their columns. */
const levels = 10;
export const ofiColumns: readonly string[] = Array.from({ length: levels }, (_, level) => (level === 0 ? 'ofi' : `ofi${level + 1}`));
const depthColumn = 'depth10';
export const integratedColumns: readonly string[] = [...ofiColumns, depthColumn];

const fittedSchema = z.object({ weights: z.array(z.number()).length(levels) });

/** Weights of one symbol's levels: the first principal component, over the sum of its absolute values. */
export type OfiWeights = z.infer<typeof fittedSchema>;

/** @throws AssayError `data_invalid` for something that is no fit of `symbolCount` symbols. */
export function parseOfiWeights(fitted: Json, symbolCount: number): readonly OfiWeights[] {
  const parsed = z.array(fittedSchema).length(symbolCount).safeParse(fitted);
  if (parsed.success) return parsed.data;
  throw new AssayError('data_invalid', `the weights of the integrated order flow are not fitted: ${z.prettifyError(parsed.error)}`, {
    hint: 'fit the feature set on the training rows first, or restore the fit from the normaliser or the exported policy',
  });
}

/**
 * Integrated order flow imbalance (Cont, Cucuringu and Zhang 2023; Kolm, Turiel and Westray): flows of ten levels over the mean size of a level
 * and side, depth10 / 20, weighted by the first principal component of the training rows, whose weights are divided by their l1 norm.
 */
export function integratedOfi(bar: Bar, symbol: number, { weights }: OfiWeights): number {
  const scale = levelSize(bar.columns[depthColumn]![symbol]!);
  if (scale === 0) return 0;
  let sum = 0;
  for (let level = 0; level < levels; level++) sum += weights[level]! * bar.columns[ofiColumns[level]!]![symbol]!;
  return sum / scale;
}

function levelSize(depth: number): number {
  return depth / (2 * levels);
}

/**
 * Fits the weights of every symbol on the training rows. The sign is that of more buying: the weights' sum is positive.
 * @throws AssayError `data_invalid` if no flow varies in the training rows.
 */
export function fitOfiWeights({ columns, symbols }: AlignedBars, { from, to }: RowRange): OfiWeights[] {
  return symbols.map((symbol, k) => {
    const depth = columns[k]![depthColumn]!;
    const flows = ofiColumns.map((name) => columns[k]![name]!);
    const scaled = flows.map((flow) =>
      Float64Array.from({ length: to - from }, (_, i) => (depth[from + i] === 0 ? 0 : flow[from + i]! / levelSize(depth[from + i]!))),
    );
    const component = firstComponent(scaled);
    if (component === null)
      throw new AssayError('data_invalid', `the order flow of ${symbol} is constant in the training rows: it has no principal component`, {
        place: `rows ${from} to ${to}`,
        hint: "train on other sessions, or use ofi: 'best'",
      });
    return { weights: component };
  });
}

/** First principal component of columns, by l1 norm; null if nothing varies. */
function firstComponent(columns: readonly Float64Array[]): number[] | null {
  const centred = columns.map((column) => {
    const mean = column.reduce((sum, x) => sum + x, 0) / column.length;
    return column.map((x) => x - mean);
  });
  const covariance = centred.map((a) => centred.map((b) => a.reduce((sum, x, i) => sum + x * b[i]!, 0) / a.length));
  if (!covariance.some((row, i) => row[i]! > 0)) return null;
  const vector = largestEigenvector(covariance);
  const sum = vector.reduce((total, x) => total + x, 0);
  const norm = vector.reduce((total, x) => total + Math.abs(x), 0);
  return vector.map((x) => (sum < 0 ? -x : x) / norm);
}

/** Sweeps are quadratic in convergence: far fewer are needed for ten columns. */
const mostSweeps = 60;

/** Eigenvector of the largest eigenvalue of a symmetric matrix, by Jacobi rotations (Golub and Van Loan, 8.5). */
function largestEigenvector(matrix: readonly (readonly number[])[]): number[] {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = matrix.map((_, i) => matrix.map((__, j) => (i === j ? 1 : 0)));
  const total = a.reduce((sum, row, i) => sum + Math.abs(row[i]!), 0);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += Math.abs(a[p]![q]!);
    if (off <= 1e-16 * total) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, p, q);
  }
  const best = a.reduce((top, row, i) => (row[i]! > a[top]![top]! ? i : top), 0);
  return v.map((row) => row[best]!);
}

/** Makes a[p][q] 0. */
function rotate(a: number[][], v: number[][], p: number, q: number): void {
  if (a[p]![q] === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (const row of [...a, ...v]) {
    const [x, y] = [row[p]!, row[q]!];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
  const [rowP, rowQ] = [a[p]!, a[q]!];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [rowP[i]!, rowQ[i]!];
    rowP[i] = c * x - s * y;
    rowQ[i] = s * x + c * y;
  }
}
