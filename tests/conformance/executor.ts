import { afterAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import type { Executor, Program } from '../../src/tensor/executors/executor.ts';
import { evaluate } from '../../src/tensor/graph/evaluate.ts';
import { gradients } from '../../src/tensor/graph/gradients.ts';
import type { Graph } from '../../src/tensor/graph/graph.ts';
import * as ops from '../../src/tensor/graph/ops/index.ts';
import { softmax } from '../../src/tensor/nn/softmax.ts';
import { caseInputs, drawInputs, lossOf, opCases } from './op-cases.ts';

/** Tests that every executor must pass. `tolerance` is the largest error relative to 1 + |value|, against the float64 definition. */
export function executorConformance(executor: Executor, tolerance = 2e-5): void {
  const open: Program[] = [];
  const compile: Executor['compile'] = async (functions, hints) => {
    const program = await executor.compile(functions, hints);
    open.push(program);
    return program;
  };

  const expectNear = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void => {
    expect(actual.length, what).toBe(expected.length);
    for (let i = 0; i < expected.length; i++) {
      const error = Math.abs(actual[i]! - expected[i]!) / (1 + Math.abs(expected[i]!));
      expect(error, `${what}[${i}] is ${actual[i]}, not ${expected[i]}`).toBeLessThan(tolerance);
    }
  };

  describe(`executor ${executor.id}`, () => {
    afterAll(async () => {
      for (const program of open) await program.dispose();
    });

    describe.each([1, 2, 3])('with random shapes, draw %i', (draw) => {
      const rng = createRng(`conformance/${draw}`);
      test.each(Object.values(opCases(rng)).flat())('computes $name of $shapes and its gradient as defined', async (opCase) => {
        const inputs = caseInputs(opCase);
        const value = opCase.apply(...inputs);
        const derivatives = gradients(lossOf(value), inputs);
        const graph: Graph = { outputs: { value, ...Object.fromEntries(derivatives.map((gradient, i) => [`gradient${i}`, gradient])) } };
        const feeds = drawInputs(opCase, rng);
        const program = await compile({ all: graph });
        const states = Object.fromEntries(
          program.states.map(({ name, shape }) => [name, Float32Array.from({ length: shape[0]! }, (_, i) => i - 1)]),
        );
        for (const [name, values] of Object.entries(states)) program.write(name, values);

        const actual = await program.run('all', feeds);
        const { outputs } = evaluate(graph, feeds, states);
        for (const [name, expected] of Object.entries(outputs)) expectNear(actual[name]!, expected, name);
      });
    });

    test('keeps states between runs, and every node of a run reads the value before it', async () => {
      const counter = ops.state('counter', [2]);
      const step = ops.input('step', [2]);
      const next = ops.add(counter, step);
      const program = await compile({
        advance: { outputs: { before: ops.mul(counter, ops.constant(1)), after: next }, updates: [{ state: counter, value: next }] },
        look: { outputs: { doubled: ops.mul(counter, ops.constant(2)) } },
      });
      expect(program.states).toEqual([{ name: 'counter', shape: [2] }]);
      const step1 = Float32Array.of(1, 10);
      for (const n of [0, 1, 2, 3, 4]) {
        const { before, after } = await program.run('advance', { step: step1 });
        expect([...before!, ...after!]).toEqual([n, 10 * n, n + 1, 10 * (n + 1)]);
        expect([...(await program.run('look', {})).doubled!]).toEqual([2 * (n + 1), 20 * (n + 1)]);
        expect([...program.read('counter')]).toEqual([n + 1, 10 * (n + 1)]);
      }
      program.write('counter', [-1, 7]);
      expect([...(await program.run('look', {})).doubled!]).toEqual([-2, 14]);
    });

    test('runs a steady function with every change of its states', async () => {
      const [weights, shift] = [ops.state('weights', [4]), ops.state('shift', [2])];
      const x = ops.input('x', [2]);
      const program = await compile(
        {
          advance: { outputs: {}, updates: [{ state: weights, value: ops.add(weights, ops.constant(1)) }] },
          look: { outputs: { y: ops.add(ops.mul(x, ops.exp(ops.sliceVector(weights, 2, [2]))), shift) } },
        },
        { steady: ['look'] },
      );
      const look = async () => [...(await program.run('look', { x: Float32Array.of(1, -2) })).y!];
      const expected = (weight: number, shifts: readonly number[]) => [Math.exp(weight) + shifts[0]!, -2 * Math.exp(weight) + shifts[1]!];
      expectNear(await look(), expected(0, [0, 0]), 'before any write');
      program.write('shift', [3, 4]);
      expectNear(await look(), expected(0, [3, 4]), 'after a write');
      expectNear(await look(), expected(0, [3, 4]), 'unchanged');
      for (const count of [1, 2, 3]) {
        await program.run('advance', {});
        expectNear(await look(), expected(count, [3, 4]), `after ${count} runs`);
      }
      program.write('weights', [0, 0, -1, -1]);
      expectNear(await look(), expected(-1, [3, 4]), 'after another write');
    });

    test('exchanges two states in one run', async () => {
      const [left, right] = [ops.state('left', []), ops.state('right', [])];
      const program = await compile({
        swap: {
          outputs: {},
          updates: [
            { state: left, value: right },
            { state: right, value: left },
          ],
        },
      });
      program.write('left', [1]);
      program.write('right', [2]);
      await program.run('swap', {});
      expect([program.read('left')[0], program.read('right')[0]]).toEqual([2, 1]);
      await program.run('swap', {});
      expect([program.read('left')[0], program.read('right')[0]]).toEqual([1, 2]);
    });

    test('reads parts of a state that another function updates', async () => {
      const vector = ops.state('vector', [6]);
      const program = await compile({
        double: { outputs: {}, updates: [{ state: vector, value: ops.mul(vector, ops.constant(2)) }] },
        product: { outputs: { product: ops.matmul(ops.sliceVector(vector, 0, [1, 2]), ops.sliceVector(vector, 2, [2, 2])) } },
      });
      program.write('vector', [1, 2, 3, 4, 5, 6]);
      expect([...(await program.run('product', {})).product!]).toEqual([13, 16]);
      await program.run('double', {});
      expect([...(await program.run('product', {})).product!]).toEqual([52, 64]);
    });

    test('returns outputs that are inputs, constants, or the same tensor twice', async () => {
      const x = ops.input('x', [2]);
      const program = await compile({ f: { outputs: { x, again: x, fixed: ops.constant([3, 4]), stopped: ops.stopGradient(x) } } });
      const results = await program.run('f', { x: Float32Array.of(5, 6) });
      expect(Object.fromEntries(Object.entries(results).map(([name, values]) => [name, [...values]]))).toEqual({
        x: [5, 6],
        again: [5, 6],
        fixed: [3, 4],
        stopped: [5, 6],
      });
    });

    test('passes NaN and infinity on to the outputs', async () => {
      const x = ops.input('x', [4]);
      const program = await compile({
        f: { outputs: { relu: ops.relu(x), clip: ops.clip(x, -1, 1), smaller: ops.min(x, ops.constant(0)), power: ops.exp(x) } },
      });
      const { relu, clip, smaller, power } = await program.run('f', { x: Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -1, 2) });
      expect([...relu!]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 0, 2]);
      expect([...power!.subarray(0, 2)]).toEqual([Number.NaN, Number.POSITIVE_INFINITY]);
      expect([...clip!]).toEqual([Number.NaN, 1, -1, 1]);
      expect([...smaller!]).toEqual([Number.NaN, 0, -1, 0]);
    });

    test('returns NaN for every loss of an input with NaN', async () => {
      const x = ops.input('x', [2, 5000]);
      const losses = {
        larger: ops.max(x, ops.constant(0)),
        either: ops.max(ops.constant(0), x),
        softplus: ops.softplus(x),
        silu: ops.silu(x),
        tanh: ops.tanh(x),
        product: ops.matmul(x, x, { transposeB: true }),
        squares: ops.square(x),
        softmax: softmax(x),
      };
      const program = await compile({
        f: { outputs: { ...Object.fromEntries(Object.entries(losses).map(([name, y]) => [name, ops.sum(y)])), mean: ops.mean(x) } },
      });
      // Also at the end of a row: `reduceMax` may ignore it.
      for (const place of [0, 7777, 9999]) {
        const values = new Float32Array(10_000);
        values[place] = Number.NaN;
        for (const [name, value] of Object.entries(await program.run('f', { x: values }))) expect([...value], name).toEqual([Number.NaN]);
      }
    });

    test('refuses feeds of the wrong length, unknown states and functions, and runs after dispose', async () => {
      const program = await executor.compile({ f: { outputs: { y: ops.neg(ops.input('x', [2, 3])) } } });
      await expect(program.run('f', { x: new Float32Array(5) })).rejects.toMatchObject({ code: 'shape_invalid' });
      await expect(program.run('f', {})).rejects.toMatchObject({ code: 'shape_invalid' });
      await expect(program.run('g', {})).rejects.toMatchObject({ code: 'internal' });
      expect(() => program.read('weights')).toThrow('weights');
      await program.dispose();
      await expect(program.run('f', { x: new Float32Array(6) })).rejects.toMatchObject({ code: 'internal' });
    });

    test('refuses a state with two shapes and an update with another shape', async () => {
      const y = ops.neg(ops.state('w', [2]));
      const f: Graph = { outputs: { y } };
      const g: Graph = { outputs: { y: ops.neg(ops.state('w', [3])) } };
      const h: Graph = { outputs: {}, updates: [{ state: ops.state('w', [2]), value: ops.constant([1, 2, 3]) }] };
      await expect(executor.compile({ f, g })).rejects.toMatchObject({ code: 'shape_invalid' });
      await expect(executor.compile({ h })).rejects.toMatchObject({ code: 'shape_invalid' });
    });

    test('returns the same bits for the same feeds', async () => {
      const rng = createRng('bits');
      const values = (length: number) => Float32Array.from({ length }, () => rng.normal());
      const [x, w] = [ops.input('x', [32, 17]), ops.input('w', [17, 9])];
      const loss = ops.mean(ops.square(ops.tanh(ops.matmul(x, w))));
      const graph: Graph = { outputs: { loss, gradient: gradients(loss, [w])[0]! } };
      const feeds = { x: values(32 * 17), w: values(17 * 9) };
      const [first, second] = [await compile({ graph }), await compile({ graph })];
      expect((await second.run('graph', feeds)).gradient).toEqual((await first.run('graph', feeds)).gradient!.slice());
    });
  });
}
