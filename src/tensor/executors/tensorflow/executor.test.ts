import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { executorConformance } from '../../../../tests/conformance/executor.ts';
import { tensorflowMissing } from '../../../../tests/fixtures/tensorflow.ts';
import { add, input, mul, reshape, slice, state } from '../../graph/ops/index.ts';
import { tensorflowExecutor } from './executor.ts';
import { loadTensorflow } from './runtime.ts';
import { tensorflowVersion } from './setup/wheels.ts';

afterEach(() => vi.unstubAllEnvs());

describe.skipIf(tensorflowMissing() !== null)('with the runtime set up', () => {
  executorConformance(tensorflowExecutor);

  test('loads the pinned version', () => {
    expect(loadTensorflow().version).toBe(tensorflowVersion);
  });

  test('copies a feed that becomes a state, so that the caller may reuse its memory', async () => {
    const memory = state('memory', [32]);
    const fed = input('fed', [2, 32]);
    const value = reshape(slice(fed, 0, 0, 1), [32]);
    const program = await tensorflowExecutor.compile({ keep: { outputs: {}, updates: [{ state: memory, value }] } });
    const feed = new Float32Array(64).fill(3);
    await program.run('keep', { fed: feed });
    feed.fill(9);
    expect([...program.read('memory')]).toEqual(new Array(32).fill(3));
    await program.dispose();
  });

  test('keeps the states of two programs apart, and leaves no files and no tensors behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-tests-'));
    vi.stubEnv('TMPDIR', folder);
    const { tf } = loadTensorflow();
    const before = tf.memory().numTensors;
    const count = state('count', [3]);
    const graph = { outputs: { twice: mul(count, input('two', [])) }, updates: [{ state: count, value: add(count, input('two', [])) }] };
    const [first, second] = [await tensorflowExecutor.compile({ graph }), await tensorflowExecutor.compile({ graph })];
    const two = Float32Array.of(2);
    await first.run('graph', { two });
    await first.run('graph', { two });
    await second.run('graph', { two });
    expect([...first.read('count'), ...second.read('count')]).toEqual([4, 4, 4, 2, 2, 2]);
    await first.dispose();
    await second.dispose();
    expect(readdirSync(folder)).toEqual([]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
