import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { threadsPerDevice } from './supervise-devices.ts';

test('devices share the cores, and each has a thread at least', () => {
  expect(threadsPerDevice(1)).toBe(availableParallelism());
  expect(threadsPerDevice(availableParallelism())).toBe(1);
  expect(threadsPerDevice(10 * availableParallelism())).toBe(1);
});
