import { expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { applyNormaliser, fitNormaliser } from '../../features/normalise.ts';
import { onnxExecutor } from '../../tensor/executors/onnx/executor.ts';
import { input } from '../../tensor/graph/ops/index.ts';
import { normaliseFeatures } from '../agents/normalise-features.ts';
import { observationNormalisation } from './market-data.ts';

test('a saved policy normalises raw features as training does, and leaves positions unchanged', async () => {
  const rng = createRng('raw');
  const [rows, width] = [50, 4];
  // Columns: far from 0 and close together; constant; wide enough to be clipped. Two assets with two features each.
  const draw = [() => 250 + 0.001 * rng.normal(), () => 7, () => 1e-4 * rng.normal(), () => rng.normal() ** 5];
  const values = Float32Array.from({ length: rows * width }, (_, i) => draw[i % width]!());
  const matrix = { set: 'test@1', names: ['a.x', 'a.y', 'b.x', 'b.y'], rows, width, warmUpBars: 0, values, fitted: null };
  const normaliser = fitNormaliser(matrix, { from: 0, to: rows }, 2);
  const expected = applyNormaliser(normaliser, matrix).values;
  const raw = input('raw', [rows, 6]);
  const program = await onnxExecutor.compile({
    see: { outputs: { seen: normaliseFeatures(raw, observationNormalisation(normaliser, 2)) } },
  });
  const at = (row: number, column: number) => row * width + column;
  const withPositions = (of: Float32Array, row: number) => [of[at(row, 0)]!, of[at(row, 1)]!, -0.5, of[at(row, 2)]!, of[at(row, 3)]!, 1.25];
  const observations = Array.from({ length: rows }, (_, row) => withPositions(values, row)).flat();
  const { seen } = await program.run('see', { raw: Float32Array.from(observations) });
  const wanted = Array.from({ length: rows }, (_, row) => withPositions(expected, row)).flat();
  for (const [i, value] of wanted.entries()) expect(Math.abs(seen![i]! - value), `${i}: ${seen![i]} for ${value}`).toBeLessThan(1e-6);
  expect(expected.some((value) => value === 2)).toBe(true);
  await program.dispose();
});
