import { expect, test } from 'vitest';
import { deterministicFlags } from './deterministic.ts';

test('a deterministic run has one worker; without the flag nothing changes', () => {
  expect(deterministicFlags({ deterministic: true, trials: 5 } as const)).toEqual({ deterministic: true, trials: 5, workers: 1 });
  expect(deterministicFlags({ workers: 4, time: 1000 })).toEqual({ workers: 4, time: 1000 });
});

test.each([
  [{ workers: 2 }, '--workers 1'],
  [{ device: ['gpu:0'] as const }, '--device cpu'],
  [{ time: 1000 }, 'clock'],
  [{ timeout: 1000 }, 'clock'],
])('%j is refused: it could not be kept', (flags, message) => {
  expect(() => deterministicFlags({ ...flags, deterministic: true })).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) as string }),
  );
});
