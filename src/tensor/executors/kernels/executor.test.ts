import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { executorConformance } from '../../../../tests/conformance/executor.ts';
import { add, constant, exp, input, matmul, mul, reshape, selectiveScan, state, sum, tanh } from '../../graph/ops/index.ts';
import { kernelsExecutor } from './executor.ts';

executorConformance(kernelsExecutor);

const x = input('x', [3, 3]);
const w = state('w', [3, 3]);
const [rows, half] = [reshape(x, [3, 1, 3]), mul(w, constant(0.5))];
const read = selectiveScan(rows, rows, rows, half, reshape(half, [1, 3, 3]), rows);
const y = tanh(add(matmul(x, w), exp(sum(read, [0, 1]))));
const step = { outputs: { total: sum(y) }, updates: [{ state: w, value: y }] };

test('frees everything but the states after a run, and the states when disposed', async () => {
  const before = tf.memory().numTensors;
  const program = await kernelsExecutor.compile({ step });
  for (let i = 0; i < 3; i++) {
    await program.run('step', { x: new Float32Array(9).fill(0.1) });
    expect(tf.memory().numTensors).toBe(before + 1);
  }
  await program.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('frees everything when an op fails, and keeps the state', async () => {
  const program = await kernelsExecutor.compile({ step });
  const before = tf.memory().numTensors;
  await expect(program.run('step', { x: new Float32Array(4) })).rejects.toMatchObject({ code: 'shape_invalid' });
  expect(tf.memory().numTensors).toBe(before);
  expect([...program.read('w')]).toEqual(new Array(9).fill(0));
  await program.dispose();
});
