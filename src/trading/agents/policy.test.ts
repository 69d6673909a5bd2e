import { expect, test } from 'vitest';
import { serialise } from '../../tensor/executors/onnx/serialise.ts';
import { add, broadcast, constant, exp, greater, input, sum, where } from '../../tensor/graph/ops/index.ts';
import { loadPolicy } from './policy.ts';

test('refuses a memory that is not finite although the chosen action is finite', async () => {
  const [observation, state] = [input('observation', [1, 2]), input('state', [1, 3])];
  const nextState = exp(add(state, broadcast(sum(observation), [1, 3])));
  // The action is finite although the state is not, as an argmax of NaN scores is still an index.
  const action = broadcast(where(greater(sum(nextState), constant(1)), constant(1), constant(0)), [1, 1]);
  const policy = await loadPolicy(serialise({ outputs: { action, nextState } }).bytes);
  const rows = Float32Array.of(0, 1, 0, 100);
  expect([...(await policy.act(rows.subarray(0, 2)))]).toEqual([1]);
  await expect(policy.act(rows, new Uint8Array(2).fill(1))).rejects.toMatchObject({
    code: 'not_finite',
    place: 'policy',
    message: 'nextState is Infinity in row 1, column 0',
  });
  await policy.dispose();
});
