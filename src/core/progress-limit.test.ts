import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { counted, limitProgress, NoProgress } from './progress-limit.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a request', () => {
  test('is given up where nothing moves', async () => {
    const limit = limitProgress({ silentMs: 30_000, totalMs: 120_000 });
    await vi.advanceTimersByTimeAsync(29_000);
    limit.moved();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(limit.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(limit.signal.reason).toEqual(new NoProgress('no byte came or went for 30 s'));
  });

  test('is given up where it only trickles, later where more was allowed', async () => {
    const [short, long] = [1, 2].map(() => limitProgress({ silentMs: 30_000, totalMs: 120_000 }));
    long!.allow(180_000);
    const trickle = setInterval(() => {
      short!.moved();
      long!.moved();
    }, 1000);
    await vi.advanceTimersByTimeAsync(120_500);
    expect(short!.signal.reason).toEqual(new NoProgress('not done within 120 s'));
    expect(long!.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(long!.signal.aborted).toBe(true);
    clearInterval(trickle);
  });

  test('is left alone when it is over', async () => {
    const limit = limitProgress({ silentMs: 1, totalMs: 1 });
    limit.end();
    await vi.advanceTimersByTimeAsync(1000);
    expect([limit.signal.aborted, vi.getTimerCount()]).toEqual([false, 0]);
  });
});

test('each piece is progress, and so is the end', async () => {
  async function* pieces(): AsyncIterable<number> {
    yield 1;
    yield 2;
  }
  const moved = vi.fn();
  const passed: number[] = [];
  for await (const piece of counted(pieces(), { moved })) passed.push(piece);
  expect([passed, moved.mock.calls.length]).toEqual([[1, 2], 3]);
});
