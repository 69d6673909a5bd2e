import { describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { onnxExecutor } from '../executors/onnx/executor.ts';
import { evaluate } from '../graph/evaluate.ts';
import { gradients } from '../graph/gradients.ts';
import { add, constant, input, mul, state as stateOp, sum } from '../graph/ops/index.ts';
import { sizeOf } from '../graph/shapes.ts';
import { attentionStack } from './attention-stack.ts';
import { causalConv, history } from './causal-conv.ts';
import { lstm } from './lstm.ts';
import { mamba } from './mamba.ts';
import { mamba2 } from './mamba2.ts';
import { flatten, initialise, layoutOf, partsOf } from './parameters.ts';
import { lastSteps, type SequenceLayer } from './sequence-layer.ts';
import { ssmDefaults, ssmStack } from './ssm-stack.ts';

/** The convolution of x itself: its projection is the identity. */
function convolution(width: number, taps: number): SequenceLayer {
  const conv = causalConv('layer', width, taps);
  const identity = constant(
    Array.from({ length: width * width }, (_, i) => Number(i % (width + 1) === 0)),
    [width, width],
  );
  return {
    parameters: conv.parameters,
    stateSize: conv.stateSize,
    sequence: (parameters, x, starts, state, wanted = x.shape[0]!) => {
      const y = conv.sequence(parameters, history(x, starts, taps, 0), identity, [0, width]);
      return lastSteps(state === null ? y : add(y, conv.carried(parameters, state, starts, 0)), wanted);
    },
    step: conv.step,
  };
}

const sizes = { width: 4, stateWidth: 3, taps: 3, expand: 2, layers: 2 };
const layers: Readonly<Record<string, SequenceLayer>> = {
  LSTM: lstm('layer', 4, 3),
  'causal convolution': convolution(4, 3),
  'causal convolution of more taps than there are steps': convolution(4, 9),
  'Mamba-1': mamba('layer', sizes),
  'Mamba-2 in one chunk': mamba2('layer', { ...sizes, headWidth: 4, chunk: 16 }),
  'Mamba-2 in chunks of 3': mamba2('layer', { ...sizes, headWidth: 4, chunk: 3 }),
  'attention over 3 steps': attentionStack('layer', 4, { layers: 2, width: 4, heads: 2, window: 3 }),
  'attention over more steps than there are': attentionStack('layer', 4, { layers: 1, width: 4, heads: 1, window: 9 }),
  'two Mamba-1 layers': ssmStack('layer', 4, { ...ssmDefaults, ...sizes, kind: 'mamba-1' }),
  'two Mamba-2 layers': ssmStack('layer', 4, { ...ssmDefaults, ...sizes, headWidth: 8, chunk: 4 }),
};
const [steps, rows, inputs] = [7, 3, 4];

describe.each(Object.entries(layers))('%s', (name, layer) => {
  const rng = createRng(`sequence/${name}`);
  const normal = (length: number) => Float32Array.from({ length }, () => rng.normal());
  const layout = layoutOf(layer.parameters);
  // Perturbed, because initial values of zero, of one or the same for all would hide mistakes.
  const weights = initialise(layout, rng).map((x) => x + 0.2 * rng.normal());
  const vector = stateOp('weights', [layout.size]);
  const parts = partsOf(layout, vector);
  const [x, starts, memory] = [
    input('x', [steps, rows, inputs]),
    input('starts', [steps, rows, 1]),
    input('memory', [rows, layer.stateSize]),
  ];
  const whole = layer.sequence(parts, x, starts, memory);
  const outputs = whole.shape[2]!;
  const feeds = {
    x: normal(steps * rows * inputs),
    // An episode that begins with the sequence, one in its middle, two steps apart in the last row.
    starts: Float32Array.from({ length: steps * rows }, (_, i) =>
      Number(i === 1 || i === 3 * rows || i === 4 * rows + 2 || i === 6 * rows + 2),
    ),
    memory: normal(rows * layer.stateSize),
  };
  const states = { weights };
  const run = (given: Partial<typeof feeds>, y = whole) => evaluate({ outputs: { y } }, { ...feeds, ...given }, states).outputs['y']!;
  const near = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
    expect(a.length).toBe(b.length);
    for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!) / (1 + Math.abs(b[i]!)), `element ${i}`).toBeLessThan(tolerance);
  };

  test('gives step by step the same as for the whole sequence, on onnxruntime to 1e-5', async () => {
    const one = layer.step(parts, input('row', [rows, inputs]), input('memory', [rows, layer.stateSize]));
    const program = await onnxExecutor.compile({ whole: { outputs: { whole } }, one: { outputs: { y: one.output, memory: one.state } } });
    program.write('weights', weights);
    const all = (await program.run('whole', feeds))['whole']!.slice();
    near(all, run({}), 1e-5);
    let kept: Float32Array = feeds.memory;
    for (let step = 0; step < steps; step++) {
      const begins = feeds.starts.subarray(step * rows, (step + 1) * rows);
      kept = kept.map((value, i) => (begins[Math.floor(i / layer.stateSize)] ? 0 : value));
      const row = feeds.x.slice(step * rows * inputs, (step + 1) * rows * inputs);
      const { y, memory: next } = await program.run('one', { row, memory: kept });
      near(y!, all.subarray(step * rows * outputs, (step + 1) * rows * outputs), 1e-5);
      kept = next!.slice();
    }
    await program.dispose();
  });

  test('takes a missing state as an empty one', () => {
    near(run({}, layer.sequence(parts, x, starts, null)), run({ memory: new Float32Array(rows * layer.stateSize) }), 1e-12);
  });

  test.each([1, 2, 5])('gives the same for the last %i steps as for all of them', (wanted) => {
    for (const given of [memory, null])
      near(
        run({}, layer.sequence(parts, x, starts, given, wanted)),
        run({}, layer.sequence(parts, x, starts, given)).slice((steps - wanted) * rows * outputs),
        1e-12,
      );
  });

  test('depends on no later step and no other row', () => {
    const changed = feeds.x.slice();
    const [step, row] = [4, 1];
    for (let i = 0; i < inputs; i++) changed[(step * rows + row) * inputs + i]! += 1;
    const [before, after] = [run({}), run({ x: changed })];
    for (let i = 0; i < before.length; i++) {
      const [at, of] = [Math.floor(i / (rows * outputs)), Math.floor(i / outputs) % rows];
      if (at < step || of !== row) expect(after[i]).toBe(before[i]);
    }
    expect(after.some((y, i) => Math.floor(i / (rows * outputs)) === step && y !== before[i])).toBe(true);
  });

  test('forgets everything where an episode begins', () => {
    const changed = feeds.x.slice();
    // Row 0 starts an episode at step 3: earlier steps must not matter afterwards.
    for (let step = 0; step < 3; step++) for (let i = 0; i < inputs; i++) changed[step * rows * inputs + i] = 9;
    const memory = feeds.memory.map((value, i) => (i < layer.stateSize ? -5 : value));
    const [before, after] = [run({}), run({ x: changed, memory })];
    const later = (y: Float64Array) => [...y].filter((_, i) => i >= 3 * rows * outputs && Math.floor(i / outputs) % rows === 0);
    near(later(after), later(before), 1e-12);
    expect(after[0]).not.toBe(before[0]);
  });

  test('has the gradients of finite differences, for inputs, memory and every parameter', () => {
    const factors = constant(
      Array.from({ length: sizeOf(whole.shape) }, (_, i) => Math.sin(1 + i)),
      whole.shape,
    );
    const loss = sum(mul(whole, factors));
    const own = layout.parameters.map(({ name: parameter }) => parts[parameter]!);
    const [dx, dMemory, ...dParts] = gradients(loss, [x, memory, ...own]);
    const derivatives = evaluate({ outputs: { x: dx!, memory: dMemory!, weights: flatten(dParts) } }, feeds, states).outputs;
    const given = { x: feeds.x, memory: feeds.memory, weights };
    for (const [which, values] of Object.entries(given)) {
      const probes = Array.from({ length: Math.min(values.length, 40) }, (_, i) =>
        Math.floor((i * values.length) / Math.min(values.length, 40)),
      );
      for (const at of probes) {
        const lossAt = (by: number) => {
          const moved = Float64Array.from(values, (value, i) => (i === at ? value + by : value));
          const fed = which === 'weights' ? feeds : { ...feeds, [which]: moved };
          return evaluate({ outputs: { loss } }, fed, which === 'weights' ? { weights: moved } : states).outputs['loss']![0]!;
        };
        const expected = (lossAt(1e-5) - lossAt(-1e-5)) / 2e-5;
        expect(Math.abs(derivatives[which]![at]! - expected), `${which}[${at}]`).toBeLessThan(2e-6 * (1 + Math.abs(expected)));
      }
    }
  });
});
