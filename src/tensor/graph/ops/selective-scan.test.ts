import { expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { onnxExecutor } from '../../executors/onnx/executor.ts';
import { evaluate } from '../evaluate.ts';
import { gradients } from '../gradients.ts';
import { sizeOf } from '../shapes.ts';
import type { Shape, Tensor } from '../tensor.ts';
import { add, input, mul, neg, selectiveScan, selectiveState, sigmoid, softplus, sum } from './index.ts';

test('the scan and its gradients equal their definition at a size that training has', async () => {
  const [steps, rows, states, channels] = [5, 32, 16, 64];
  const shapes: Readonly<Record<string, Shape>> = {
    delta: [steps, rows, channels],
    drive: [steps, rows, channels],
    b: [steps, rows, states],
    rates: [states, channels],
    before: [rows, states, channels],
    c: [steps, rows, states],
    factors: [steps, rows, channels],
    lastFactors: [rows, states, channels],
  };
  const [delta, drive, b, rates, before, c, factors, lastFactors] = Object.entries(shapes).map(([name, shape]) => input(name, shape)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const recurrence = [sigmoid(delta), drive, b, neg(softplus(rates)), before] as const;
  const [y, last] = [selectiveScan(...recurrence, c), selectiveState(...recurrence)];
  const loss = add(sum(mul(y, factors)), sum(mul(last, lastFactors)));
  const derivatives = gradients(loss, [delta, drive, b, rates, before, c]);
  const graph = { outputs: { y, last, ...Object.fromEntries(derivatives.map((gradient, i) => [`gradient${i}`, gradient])) } };
  const rng = createRng('large scan');
  const feeds = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, Float32Array.from({ length: sizeOf(shape) }, () => rng.normal())]),
  );
  const expected = evaluate(graph, feeds).outputs;
  const program = await onnxExecutor.compile({ f: graph });
  const actual = await program.run('f', feeds);
  for (const [name, values] of Object.entries(expected)) {
    const scale = Math.max(...values.subarray(0, 1000).map(Math.abs));
    const error = values.reduce((most, value, i) => Math.max(most, Math.abs(actual[name]![i]! - value)), 0);
    expect(error / scale, name).toBeLessThan(1e-5);
  }
  await program.dispose();
});
