import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRevival } from './revival.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, _value: undefined, { signal }: { signal: AbortSignal }) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    }),
}));

const settle = () => vi.advanceTimersByTimeAsync(0);

test('attempts until one succeeds, the first at once and each further one after twice the pause', async () => {
  const away = new Error('away');
  const revive = vi.fn<() => Promise<void>>().mockRejectedValueOnce(away).mockRejectedValueOnce(away).mockResolvedValue();
  const onFault = vi.fn();
  const revival = createRevival({ revive, onFault, firstDelayMs: 100, longestDelayMs: 10_000 });
  for (let i = 0; i < 50; i++) revival.begin();
  await settle();
  expect(revive).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(99);
  revival.begin();
  expect(revive).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(revive).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(200);
  expect(revive).toHaveBeenCalledTimes(3);
  expect(onFault.mock.calls).toEqual([[away], [away]]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(revive).toHaveBeenCalledTimes(3);
  await revival.close();
});

test('a server that dies again soon waits for its next start, one that lived does not', async () => {
  const revive = vi.fn<() => Promise<void>>().mockResolvedValue();
  const revival = createRevival({ revive, onFault: () => undefined, firstDelayMs: 100, longestDelayMs: 1000 });
  revival.begin();
  await settle();
  await vi.advanceTimersByTimeAsync(10);
  revival.begin();
  await settle();
  expect(revive).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(100);
  expect(revive).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1001);
  revival.begin();
  await settle();
  expect(revive).toHaveBeenCalledTimes(3);
  await revival.close();
});

test('a close ends the waiting, and nothing begins after it', async () => {
  const revive = vi.fn<() => Promise<void>>().mockRejectedValue(new Error('away'));
  const revival = createRevival({ revive, onFault: () => undefined });
  revival.begin();
  await settle();
  await revival.close();
  revival.begin();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(revive).toHaveBeenCalledTimes(1);
});
