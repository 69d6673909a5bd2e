import { describe, expect, test } from 'vitest';
import { add, broadcast, constant, input, matmul, slice, sliceVector, state, sum } from '../../graph/ops/index.ts';
import { openRowModel } from './model.ts';
import { readMetadata, serialise } from './serialise.ts';

const w = state('w', [6]);
const graph = { outputs: { y: add(matmul(input('x', [1, 2]), sliceVector(w, 0, [2, 2])), sliceVector(w, 4, [2])) } };
const weights = { w: { values: Float32Array.of(1, 2, 3, 4, 10, 20) } };

describe('serialise', () => {
  test('names the parts of states that a model takes as inputs', () => {
    expect(serialise(graph).stateInputs).toEqual([
      { input: 'state:w@0[2,2]', state: 'w', offset: 0, shape: [2, 2] },
      { input: 'state:w@4[2]', state: 'w', offset: 4, shape: [2] },
    ]);
    expect(serialise(graph, { weights }).stateInputs).toEqual([]);
  });

  test('names stored parts after their parameters', () => {
    const layout = { parameters: [{ name: 'actor/0/kernel', offset: 0 }] };
    const text = Buffer.from(serialise(graph, { weights: { w: { ...weights.w, layout } } }).bytes).toString('latin1');
    expect([text.includes('actor/0/kernel'), text.includes('state:w@0'), text.includes('state:w@4[2]')]).toEqual([true, false, true]);
  });

  test('gives equal bytes for equal graphs', () => {
    expect(serialise(graph, { weights }).bytes).toEqual(serialise(graph, { weights }).bytes);
  });

  test('stores metadata', () => {
    expect(readMetadata(serialise(graph, { metadata: { study: 'a', trial: '7' } }).bytes)).toEqual({ study: 'a', trial: '7' });
    expect(readMetadata(serialise(graph).bytes)).toEqual({});
  });
});

describe('openRowModel', () => {
  test('runs any number of rows with the weights stored in the file', async () => {
    const model = await openRowModel(serialise(graph, { weights, freeRows: true, metadata: { a: 'b' } }).bytes, 'x', 'y');
    expect(model).toMatchObject({ inputSize: 2, outputSize: 2, metadata: { a: 'b' } });
    expect([...(await model.run(Float32Array.of(1, 1))).rows]).toEqual([14, 26]);
    expect([...(await model.run(Float32Array.of(1, 0, 0, 1, 0, 0))).rows]).toEqual([11, 22, 13, 24, 10, 20]);
    await expect(model.run(new Float32Array(3))).rejects.toMatchObject({ code: 'shape_invalid' });
    await model.dispose();
  });

  test('runs a model that was made for one row on rows one by one', async () => {
    const model = await openRowModel(serialise(graph, { weights }).bytes, 'x', 'y');
    expect([...(await model.run(Float32Array.of(1, 0, 0, 1, 0, 0))).rows]).toEqual([11, 22, 13, 24, 10, 20]);
    await model.dispose();
  });

  test('returns the state of a model with memory, and refuses such a model if no memory is named', async () => {
    const kept = input('kept', [1, 3]);
    const counting = { outputs: { y: slice(kept, 1, 0, 2), after: add(kept, broadcast(sum(input('x', [1, 2])), [1, 3])) } };
    const { bytes } = serialise(counting);
    const model = await openRowModel(bytes, 'x', 'y', { input: 'kept', output: 'after' });
    expect(model).toMatchObject({ inputSize: 2, outputSize: 2, stateSize: 3 });
    const { rows, state: after } = await model.run(Float32Array.of(1, 1), Float32Array.of(5, 6, 7));
    expect([[...rows], [...after!]]).toEqual([
      [5, 6],
      [7, 8, 9],
    ]);
    await model.dispose();
    await expect(openRowModel(bytes, 'x', 'y')).rejects.toMatchObject({ code: 'data_invalid' });
  });

  test('refuses a file that is not a model, and a model with other inputs or outputs', async () => {
    await expect(openRowModel(new Uint8Array(10), 'x', 'y')).rejects.toMatchObject({ code: 'data_invalid' });
    await expect(openRowModel(serialise(graph, { weights }).bytes, 'x', 'z')).rejects.toMatchObject({ code: 'data_invalid' });
    const scalar = serialise({ outputs: { y: constant(1) } }).bytes;
    await expect(openRowModel(scalar, 'x', 'y')).rejects.toMatchObject({ code: 'data_invalid' });
  });
});
