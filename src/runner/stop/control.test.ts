import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { takeControl } from './control.ts';

const dayMs = 86_400_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('a time limit of a month is a month', () => {
  const { stopping, dispose } = takeControl({ signal: new AbortController().signal, timeoutMs: 30 * dayMs, onStop: () => undefined });
  vi.advanceTimersByTime(30 * dayMs - 1);
  expect(stopping.request()).toBeNull();
  vi.advanceTimersByTime(1);
  expect([stopping.request(), stopping.by()]).toEqual(['drain', 'the time limit']);
  dispose();
  expect(vi.getTimerCount()).toBe(0);
});

test('a time after SIGTERM of a month is a month', () => {
  const { stopping, dispose } = takeControl({ drainMs: 30 * dayMs, onStop: () => undefined });
  process.emit('SIGTERM', 'SIGTERM');
  vi.advanceTimersByTime(30 * dayMs - 1);
  expect(stopping.request()).toBe('drain');
  vi.advanceTimersByTime(1);
  expect(stopping.request()).toBe('release');
  dispose();
  expect(vi.getTimerCount()).toBe(0);
});

test('a control disposed early leaves no timer', () => {
  takeControl({ signal: new AbortController().signal, timeoutMs: 60 * dayMs, onStop: () => undefined }).dispose();
  expect(vi.getTimerCount()).toBe(0);
});
