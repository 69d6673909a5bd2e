import { dot } from '../../../core/linear-algebra/cholesky.ts';

/** A function to minimise: returns its value at x and writes its gradient. Infinity or NaN: x is not allowed. */
export type Differentiable = (x: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
}

interface LbfgsLimits {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Maximum number of evaluations of the function. */
  readonly maxEvaluations: number;
  /** Stops when no free component of the gradient is larger. */
  readonly gradientTolerance: number;
  /** Stops when a step improves the value by less than this share of its size. */
  readonly valueTolerance: number;
}

const memory = 8;

/**
 * Minimises within a box: limited-memory BFGS (Nocedal and Wright 2006, algorithm 7.4) on the components that are not held at a bound by
 * the gradient, projected onto the box, with a backtracking line search. Never returns a worse point than the start; if the start itself
 * is not allowed, returns it with its value.
 */
export function minimizeInBox(f: Differentiable, start: Float64Array, limits: LbfgsLimits): Minimum {
  const { low, high } = limits;
  const n = start.length;
  let x: Float64Array = start.map((value, i) => Math.min(Math.max(value, low[i]!), high[i]!));
  let gradient: Float64Array = new Float64Array(n);
  let value = f(x, gradient);
  let evaluations = 1;
  const steps: Float64Array[] = [];
  const changes: Float64Array[] = [];
  if (!Number.isFinite(value)) return { x, value };

  while (evaluations < limits.maxEvaluations) {
    const free = gradient.map((g, i) => ((x[i]! <= low[i]! && g > 0) || (x[i]! >= high[i]! && g < 0) ? 0 : 1));
    let largest = 0;
    for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(gradient[i]! * free[i]!));
    if (largest <= limits.gradientTolerance) break;

    const direction = quasiNewton(gradient, free, steps, changes);
    let directional = dot(direction, 0, gradient, 0, n);
    if (!(directional < 0)) {
      steps.length = 0;
      changes.length = 0;
      for (let i = 0; i < n; i++) direction[i] = -gradient[i]! * free[i]!;
      directional = dot(direction, 0, gradient, 0, n);
    }
    // Without curvature yet, a first step of length 1 at most.
    let length = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(direction, 0, direction, 0, n))) : 1;
    let next: Float64Array | null = null;
    const nextGradient = new Float64Array(n);
    let nextValue = value;
    while (evaluations < limits.maxEvaluations && length > 1e-10) {
      const trial = x.map((xi, i) => Math.min(Math.max(xi + length * direction[i]!, low[i]!), high[i]!));
      nextValue = f(trial, nextGradient);
      evaluations++;
      if (nextValue <= value + 1e-4 * length * directional) {
        next = trial;
        break;
      }
      // The minimum of the interpolating parabola, kept between a tenth and a half of the step.
      const parabola = (-directional * length * length) / (2 * (nextValue - value - directional * length));
      length = Number.isFinite(parabola) ? Math.min(Math.max(parabola, 0.1 * length), 0.5 * length) : 0.2 * length;
    }
    if (next === null) break;
    remember(steps, changes, x, next, gradient, nextGradient);
    const gain = value - nextValue;
    [x, value, gradient] = [next, nextValue, nextGradient];
    if (gain <= limits.valueTolerance * Math.max(1, Math.abs(value))) break;
  }
  return { x, value };
}

/** The two-loop recursion on the free components. */
function quasiNewton(
  gradient: Float64Array,
  free: Float64Array,
  steps: readonly Float64Array[],
  changes: readonly Float64Array[],
): Float64Array {
  const n = gradient.length;
  const q = gradient.map((g, i) => g * free[i]!);
  const weights: number[] = [];
  for (let k = steps.length - 1; k >= 0; k--) {
    const weight = dot(steps[k]!, 0, q, 0, n) / dot(steps[k]!, 0, changes[k]!, 0, n);
    weights[k] = weight;
    for (let i = 0; i < n; i++) q[i]! -= weight * changes[k]![i]!;
  }
  const last = steps.length - 1;
  if (last >= 0) {
    const scale = dot(steps[last]!, 0, changes[last]!, 0, n) / dot(changes[last]!, 0, changes[last]!, 0, n);
    for (let i = 0; i < n; i++) q[i]! *= scale;
  }
  for (let k = 0; k < steps.length; k++) {
    const back = dot(changes[k]!, 0, q, 0, n) / dot(steps[k]!, 0, changes[k]!, 0, n);
    for (let i = 0; i < n; i++) q[i]! += (weights[k]! - back) * steps[k]![i]!;
  }
  return q.map((value, i) => -value * free[i]!);
}

function remember(
  steps: Float64Array[],
  changes: Float64Array[],
  x: Float64Array,
  next: Float64Array,
  gradient: Float64Array,
  nextGradient: Float64Array,
): void {
  const step = next.map((value, i) => value - x[i]!);
  const change = nextGradient.map((value, i) => value - gradient[i]!);
  const curvature = dot(step, 0, change, 0, x.length);
  if (curvature <= 1e-10 * dot(change, 0, change, 0, x.length)) return;
  steps.push(step);
  changes.push(change);
  if (steps.length <= memory) return;
  steps.shift();
  changes.shift();
}
