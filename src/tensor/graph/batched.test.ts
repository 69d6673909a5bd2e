import { describe, expect, test } from 'vitest';
import { caseInputs, drawInputs, lossOf, opCases } from '../../../tests/conformance/op-cases.ts';
import { createRng } from '../../core/rng.ts';
import { onnxExecutor } from '../executors/onnx/executor.ts';
import { batched } from './batched.ts';
import { evaluate } from './evaluate.ts';
import { gradients } from './gradients.ts';
import type { Graph } from './graph.ts';
import { leavesOf } from './graph.ts';
import * as ops from './ops/index.ts';
import { sizeOf } from './shapes.ts';

type Arrays = Readonly<Record<string, ArrayLike<number>>>;

/** The members' arrays concatenated, by name. */
function joined(members: readonly Arrays[]): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.keys(members[0]!).map((name) => [name, Float32Array.from(members.flatMap((member) => Array.from(member[name]!)))]),
  );
}

const statesFor = (graph: Graph, member: number): Record<string, Float32Array> =>
  Object.fromEntries(
    leavesOf(graph, 'state').map(({ name, shape }) => [name, Float32Array.from({ length: sizeOf(shape) }, (_, i) => i - 1 + 0.5 * member)]),
  );

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(actual[i]! - expected[i]!) / (1 + Math.abs(expected[i]!)), `${what}[${i}]`).toBeLessThan(tolerance);
}

describe.each([
  [1, 1],
  [2, 2],
  [3, 3],
])('a batched graph, draw %i', (draw, count) => {
  const rng = createRng(`batched/${draw}`);
  test.each(Object.values(opCases(rng)).flat())('computes $name of $shapes and its gradient as each member alone does', async (opCase) => {
    const inputs = caseInputs(opCase);
    const value = opCase.apply(...inputs);
    const derivatives = gradients(lossOf(value), inputs);
    const graph: Graph = { outputs: { value, ...Object.fromEntries(derivatives.map((gradient, i) => [`gradient${i}`, gradient])) } };
    const many = batched(graph, count);
    const feeds = Array.from({ length: count }, () => drawInputs(opCase, rng));
    const states = feeds.map((_, member) => statesFor(graph, member));
    const alone = joined(feeds.map((fed, member) => evaluate(graph, fed, states[member]!).outputs));
    const { outputs } = evaluate(many, joined(feeds), joined(states));
    for (const [name, expected] of Object.entries(alone)) {
      expect(many.outputs[name]!.shape).toEqual([count, ...graph.outputs[name]!.shape]);
      expectNear(outputs[name]!, expected, 1e-6, name);
    }
    const program = await onnxExecutor.compile({ many });
    for (const [name, values] of Object.entries(joined(states))) program.write(name, values);
    const run = await program.run('many', joined(feeds));
    for (const [name, expected] of Object.entries(alone)) expectNear(run[name]!, expected, 2e-5, name);
    await program.dispose();
  });
});

test('computes a value that all members share once, and broadcasts it to every member', () => {
  const x = ops.input('x', [2]);
  const fixed = ops.exp(ops.constant([1, 2]));
  const many = batched({ outputs: { sum: ops.add(x, fixed), fixed } }, 3);
  expect(many.outputs['sum']!.inputs[1]).toBe(fixed);
  const { outputs } = evaluate(many, { x: [1, 2, 3, 4, 5, 6] });
  const [a, b] = [Math.exp(1), Math.exp(2)];
  expect([...outputs['sum']!]).toEqual([1 + a, 2 + b, 3 + a, 4 + b, 5 + a, 6 + b]);
  expect([...outputs['fixed']!]).toEqual([a, b, a, b, a, b]);
});

test('takes matrices and conditions that all members share as either operand', () => {
  const x = ops.input('x', [2, 3]);
  const fixed = ops.constant([1, -2, 3, 0, 5, 1], [3, 2]);
  const always = ops.greater(ops.constant([1, 0, 1]), ops.constant(0.5));
  const graph: Graph = {
    outputs: {
      right: ops.matmul(x, fixed),
      rightTurned: ops.matmul(x, fixed, { transposeA: true, transposeB: true }),
      left: ops.matmul(fixed, x),
      chosen: ops.where(always, x, ops.constant(9)),
    },
  };
  const feeds = [0, 1, 2].map((member) => ({ x: Float32Array.from({ length: 6 }, (_, i) => Math.sin(1 + i + 6 * member)) }));
  const { outputs } = evaluate(batched(graph, 3), joined(feeds));
  const alone = joined(feeds.map((fed) => evaluate(graph, fed).outputs));
  for (const [name, expected] of Object.entries(alone)) expectNear(outputs[name]!, expected, 1e-6, name);
});
