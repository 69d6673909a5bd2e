import { expect, test } from 'vitest';
import { onnxExecutor } from '../../executors/onnx/executor.ts';
import { input } from './input.ts';
import { softplus } from './softplus.ts';

test('softplus of many numbers at once is exact to 1e-6, also in the far tails', async () => {
  const values = Float32Array.from({ length: 8001 }, (_, i) => (i - 4000) / 50);
  const program = await onnxExecutor.compile({ f: { outputs: { y: softplus(input('x', [values.length])) } } });
  const { y } = await program.run('f', { x: values });
  for (const [i, x] of values.entries()) {
    const expected = Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    expect(Math.abs(y![i]! - expected) / expected, `softplus(${x}) is ${y![i]}, not ${expected}`).toBeLessThan(1e-6);
  }
  await program.dispose();
});
