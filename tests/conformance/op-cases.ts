/** Cases of every op on random inputs, for gradient checks and for the conformance of executors. */
import type { Rng } from '../../src/core/rng.ts';
import * as ops from '../../src/tensor/graph/ops/index.ts';
import { sizeOf } from '../../src/tensor/graph/shapes.ts';
import type { Shape, Tensor } from '../../src/tensor/graph/tensor.ts';

export interface OpCase {
  readonly name: string;
  /** Shapes of the inputs. */
  readonly shapes: readonly Shape[];
  readonly apply: (...inputs: Tensor[]) => Tensor;
  /** Maps a standard normal number to one where the op is defined and smooth (default: the identity). */
  readonly domain?: (x: number) => number;
  /** True for ops whose gradient is not the derivative of their value. */
  readonly blocksGradient?: true;
}

const { constant, greater } = ops;
const positive = (x: number): number => 0.2 + Math.abs(x);
/** Keeps away from the kink at 0. */
const kinked = (x: number): number => x + 0.1 * Math.sign(x);

/** Cases of every op, with shapes drawn from `rng`. */
export function opCases(rng: Rng): Readonly<Record<keyof typeof ops, readonly OpCase[]>> {
  const length = (): number => 1 + rng.int(4);
  const [a, b, c, d] = [1 + length(), length(), 1 + length(), length()];
  const unary = (name: keyof typeof ops, apply: (x: Tensor) => Tensor, domain?: OpCase['domain']): readonly OpCase[] =>
    [[], [a], [b, c], [2, a, b]].map((shape) => ({ name, shapes: [shape], apply, ...(domain && { domain }) }));
  const pairs: readonly (readonly [Shape, Shape])[] = [
    [
      [a, b],
      [a, b],
    ],
    [[a, b], [b]],
    [[], [a, c]],
    [
      [a, 1],
      [1, c],
    ],
    [
      [2, 1, c],
      [a, 1],
    ],
  ];
  const binary = (name: keyof typeof ops, apply: (x: Tensor, y: Tensor) => Tensor, domain?: OpCase['domain']): readonly OpCase[] =>
    pairs.map((shapes) => ({ name, shapes, apply, ...(domain && { domain }) }));
  const one = (name: keyof typeof ops, shapes: readonly Shape[], apply: OpCase['apply']): OpCase => ({ name, shapes, apply });

  const recurrence = (steps: number): readonly Shape[] => [
    [steps, 2, b],
    [steps, 2, b],
    [steps, 2, a],
    [a, b],
    [2, a, b],
  ];

  return {
    add: binary('add', ops.add),
    sub: binary('sub', ops.sub),
    mul: binary('mul', ops.mul),
    div: binary('div', ops.div, positive),
    min: binary('min', ops.min),
    max: binary('max', ops.max),
    neg: unary('neg', ops.neg),
    exp: unary('exp', ops.exp),
    cos: unary('cos', ops.cos, (x) => 4 * x),
    log: unary('log', ops.log, positive),
    tanh: unary('tanh', ops.tanh),
    silu: unary('silu', ops.silu),
    sigmoid: unary('sigmoid', ops.sigmoid),
    softplus: unary('softplus', ops.softplus, (x) => 8 * x),
    sqrt: unary('sqrt', ops.sqrt, positive),
    square: unary('square', ops.square),
    relu: unary('relu', ops.relu, kinked),
    reluGradient: [
      [a, b],
      [2, a, c],
    ].map((shape) => one('reluGradient', [shape, shape], (g, x) => ops.reluGradient(g, ops.stopGradient(ops.relu(x))))),
    clip: unary('clip', (x) => ops.clip(x, -0.7, 0.4)),
    stopGradient: [{ name: 'stopGradient', shapes: [[a, b]], apply: ops.stopGradient, blocksGradient: true }],
    greater: pairs.map(([x, y]) => ({
      name: 'greater',
      shapes: [x, y],
      apply: (p, q) => ops.where(greater(p, q), constant(1), constant(-1)),
    })),
    where: [
      one('where', [[a, b], [a, b], [b]], (p, x, y) => ops.where(greater(p, constant(0)), x, y)),
      one('where', [[b], [a, 1], []], (p, x, y) => ops.where(greater(p, constant(0)), x, y)),
    ],
    sum: [
      one('sum', [[a, b]], (x) => ops.sum(x)),
      one('sum', [[2, a, c]], (x) => ops.sum(x, [1])),
      one('sum', [[2, a, c]], (x) => ops.sum(x, [-1, 0])),
      one('sum', [[2, a, c]], (x) => ops.sum(x, [0, 1])),
    ],
    mean: [one('mean', [[a, b]], (x) => ops.mean(x)), one('mean', [[2, a, c]], (x) => ops.mean(x, [0]))],
    reduceMax: [one('reduceMax', [[a, b]], (x) => ops.reduceMax(x, 0)), one('reduceMax', [[2, a, c]], (x) => ops.reduceMax(x, -1))],
    selectiveScan: [1, c].map((steps) =>
      one('selectiveScan', [...recurrence(steps), [steps, 2, a]], (delta, drive, width, rates, before, read) =>
        ops.selectiveScan(ops.sigmoid(delta), drive, width, ops.neg(ops.softplus(rates)), before, read),
      ),
    ),
    selectiveState: [1, c].map((steps) =>
      one('selectiveState', recurrence(steps), (delta, drive, width, rates, before) =>
        ops.selectiveState(ops.sigmoid(delta), drive, width, ops.neg(ops.softplus(rates)), before),
      ),
    ),
    reshape: [one('reshape', [[a, b, 2]], (x) => ops.reshape(x, [b * 2, a])), one('reshape', [[1, 1]], (x) => ops.reshape(x, []))],
    broadcast: [one('broadcast', [[a, 1]], (x) => ops.broadcast(x, [2, a, c])), one('broadcast', [[]], (x) => ops.broadcast(x, [a]))],
    transpose: [
      one('transpose', [[a, b]], (x) => ops.transpose(x, [1, 0])),
      one('transpose', [[2, a, c]], (x) => ops.transpose(x, [2, 0, 1])),
    ],
    slice: [one('slice', [[a, c]], (x) => ops.slice(x, 0, 1, a)), one('slice', [[2, a, c]], (x) => ops.slice(x, -1, 0, c - 1))],
    pad: [one('pad', [[a, b]], (x) => ops.pad(x, 1, 2, 0)), one('pad', [[2, a]], (x) => ops.pad(x, 0, 1, 3))],
    concat: [
      one(
        'concat',
        [
          [a, b],
          [a, c],
          [a, b],
        ],
        (...xs) => ops.concat(xs, 1),
      ),
      one(
        'concat',
        [
          [a, b],
          [d, b],
        ],
        (...xs) => ops.concat(xs, 0),
      ),
    ],
    sliceVector: [
      one('sliceVector', [[a * c + 3]], (x) => ops.sliceVector(x, 2, [a, c])),
      one('sliceVector', [[a * c + 3]], (x) => ops.sliceVector(ops.mul(x, constant(2)), 3, [c, a])),
    ],
    matmul: [
      one(
        'matmul',
        [
          [a, b],
          [b, c],
        ],
        (x, y) => ops.matmul(x, y),
      ),
      one(
        'matmul',
        [
          [b, a],
          [b, c],
        ],
        (x, y) => ops.matmul(x, y, { transposeA: true }),
      ),
      one(
        'matmul',
        [
          [a, b],
          [c, b],
        ],
        (x, y) => ops.matmul(x, y, { transposeB: true }),
      ),
      one(
        'matmul',
        [
          [b, a],
          [c, b],
        ],
        (x, y) => ops.matmul(x, y, { transposeA: true, transposeB: true }),
      ),
      one(
        'matmul',
        [
          [2, a, b],
          [2, b, c],
        ],
        (x, y) => ops.matmul(x, y),
      ),
      one(
        'matmul',
        [
          [3, b, a],
          [3, b, c],
        ],
        (x, y) => ops.matmul(x, y, { transposeA: true }),
      ),
      one(
        'matmul',
        [
          [2, a, b],
          [2, c, b],
        ],
        (x, y) => ops.matmul(x, y, { transposeB: true }),
      ),
      one(
        'matmul',
        [
          [2, b, a],
          [2, c, b],
        ],
        (x, y) => ops.matmul(x, y, { transposeA: true, transposeB: true }),
      ),
    ],
    constant: [
      one('constant', [[a]], (x) => ops.mul(x, constant([...Array(a).keys()], [a]))),
      one('constant', [[a]], (x) => ops.add(x, constant(0.25))),
    ],
    input: [one('input', [[a, b]], (x) => x)],
    state: [one('state', [[a]], (x) => ops.mul(x, ops.state('weights', [a])))],
  };
}

/** Draws values for the inputs of a case. */
export function drawInputs(opCase: OpCase, rng: Rng): Readonly<Record<string, Float32Array>> {
  const domain = opCase.domain ?? ((x: number) => x);
  return Object.fromEntries(
    opCase.shapes.map((shape, i) => [`x${i}`, Float32Array.from({ length: sizeOf(shape) }, () => domain(rng.normal()))]),
  );
}

/** Returns the input tensors of a case. */
export function caseInputs(opCase: OpCase): readonly Tensor[] {
  return opCase.shapes.map((shape, i) => ops.input(`x${i}`, shape));
}

/** Returns a scalar loss that weights every element of `value` differently. */
export function lossOf(value: Tensor): Tensor {
  const weights = Array.from({ length: sizeOf(value.shape) }, (_, i) => Math.sin(1 + i));
  return ops.sum(ops.mul(value, constant(weights, value.shape)));
}
