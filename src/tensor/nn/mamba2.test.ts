import { expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { onnxExecutor } from '../executors/onnx/executor.ts';
import { evaluate } from '../graph/evaluate.ts';
import { input, state } from '../graph/ops/index.ts';
import { mamba2 } from './mamba2.ts';
import { initialise, layoutOf, partsOf } from './parameters.ts';
import { ssmDefaults } from './ssm-stack.ts';

const [steps, rows, width, heads] = [60, 4, 8, 2];

test.each([
  [30, 64],
  [100, 64],
  [300, 64],
  [100, 16],
])(
  'a sequence equals its steps one by one, with step sizes near 0 and of %i times the usual ones, in chunks of %i',
  async (gain, chunk) => {
    const layer = mamba2('m', { ...ssmDefaults, width, headWidth: (2 * width) / heads, stateWidth: 8, chunk });
    const layout = layoutOf(layer.parameters);
    const rng = createRng('steps of all sizes');
    const weights = initialise(layout, rng);
    // The last columns of the input projection are the step sizes.
    const { offset, shape } = layout.parameters.find(({ name }) => name === 'm/in_proj/kernel')!;
    const columns = shape[1]!;
    for (let row = 0; row < width; row++) for (let i = columns - heads; i < columns; i++) weights[offset + row * columns + i]! *= gain;
    const parts = partsOf(layout, state('weights', [layout.size]));
    const x = Float32Array.from({ length: steps * rows * width }, () => rng.normal());

    const step = layer.step(parts, input('x', [rows, width]), input('memory', [rows, layer.stateSize]));
    let memory: ArrayLike<number> = new Float64Array(rows * layer.stateSize);
    const expected = Array.from({ length: steps }, (_, i) => {
      const feeds = { x: x.slice(i * rows * width, (i + 1) * rows * width), memory };
      const { outputs } = evaluate({ outputs: { y: step.output, memory: step.state } }, feeds, { weights });
      memory = outputs['memory']!;
      return [...outputs['y']!];
    }).flat();

    const y = layer.sequence(parts, input('x', [steps, rows, width]), input('starts', [steps, rows, 1]), null);
    const program = await onnxExecutor.compile({ f: { outputs: { y } } });
    program.write('weights', weights);
    const actual = (await program.run('f', { x, starts: new Float32Array(steps * rows) }))['y']!;
    await program.dispose();
    const errors = expected.map((value, i) => Math.abs(actual[i]! - value) / (1 + Math.abs(value)));
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  },
);
