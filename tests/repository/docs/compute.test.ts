import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createRng } from '../../../src/core/rng.ts';
import { kernelsExecutor } from '../../../src/tensor/executors/kernels/executor.ts';
import { onnxExecutor } from '../../../src/tensor/executors/onnx/executor.ts';
import { evaluate } from '../../../src/tensor/graph/evaluate.ts';
import { gradients } from '../../../src/tensor/graph/gradients.ts';
import { input, state, sum } from '../../../src/tensor/graph/ops/index.ts';
import { printGraph } from '../../../src/tensor/graph/print.ts';
import { initialise, layoutOf, partsOf } from '../../../src/tensor/nn/parameters.ts';
import { loadPolicy } from '../../../src/trading/agents/policy.ts';
import { identityBox } from '../../../src/trading/env/reference/identity-box.ts';
import { train } from '../../../src/trading/training/loop.ts';
import { createReinforce } from './example-agent.ts';
import { gatedLinear } from './example-layer.ts';
import { reciprocal } from './example-op.ts';

// docs/compute.md shows these very files; here they are compiled and run.

test.each(['op', 'layer', 'agent'])('the page shows the example of an %s as it stands here', (what) => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  const code = read(`example-${what}.ts`).replace(/^(import [^;]+;\n)+\n/, '');
  expect(read('../../../docs/compute.md')).toContain(code.trim());
});

test('the op has its own value and gradient on two executors', async () => {
  const x = input('x', [4]);
  const y = reciprocal(x);
  const graph = { outputs: { y, gradient: gradients(sum(y), [x])[0]! } };
  expect(printGraph({ outputs: { y } })).toBe('%0 = input() name=x : float32[4]\n%1 = reciprocal(%0) : float32[4]\noutput y = %1');
  for (const executor of [onnxExecutor, kernelsExecutor]) {
    const program = await executor.compile({ run: graph });
    const { y: values, gradient } = await program.run('run', { x: Float32Array.of(0.5, 1, 2, -4) });
    expect([...values!]).toEqual([2, 1, 0.5, -0.25]);
    expect([...gradient!]).toEqual([-4, -1, -0.25, -0.0625]);
    await program.dispose();
  }
});

test('the layer gives what its formula says', () => {
  const layer = gatedLinear('glu', 2, 3);
  const layout = layoutOf(layer.parameters);
  expect(layout.parameters.map(({ name }) => name)).toEqual(['glu/value/kernel', 'glu/value/bias', 'glu/gate/kernel', 'glu/gate/bias']);
  const weights = initialise(layout, createRng(1));
  const y = layer.apply(partsOf(layout, state('w', [layout.size])), input('x', [1, 2]));
  const [a, b] = [0.3, -2];
  const sumOf = (from: number, column: number) =>
    a * weights[from + column]! + b * weights[from + 3 + column]! + weights[from + 6 + column]!;
  const { outputs } = evaluate({ outputs: { y } }, { x: [a, b] }, { w: weights });
  for (const column of [0, 1, 2]) expect(outputs['y']![column]).toBeCloseTo(sumOf(0, column) / (1 + Math.exp(-sumOf(9, column))), 12);
});

test('the agent learns to give back what it sees, and its file does too', async () => {
  const agent = await createReinforce(64, 1, 1, 1);
  await train({ env: identityBox(64), agent, rng: createRng('reinforce'), until: { updates: 300 } });
  const policy = await loadPolicy(agent.exportPolicy());
  // Within half of it pays.
  const shown = Float32Array.of(-0.8, -0.4, 0, 0.4, 0.8);
  for (const [i, action] of (await policy.act(shown)).entries()) expect(Math.abs(action - shown[i]!)).toBeLessThan(0.5);
  const copy = await createReinforce(64, 1, 1, 2);
  copy.restore(agent.checkpoint());
  expect(copy.exportPolicy()).toEqual(agent.exportPolicy());
  for (const each of [agent, copy, policy]) await each.dispose();
});
