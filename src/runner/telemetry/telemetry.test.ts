import { Registry } from 'prom-client';
import { afterEach, expect, test, vi } from 'vitest';
import type { WorkerEvent } from '../events.ts';
import { openTelemetry } from './telemetry.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('a failure to read statistics does not end the worker, and each reason is logged once', async () => {
  vi.useFakeTimers();
  const read = vi.spyOn(Registry.prototype, 'getMetricsAsJSON').mockRejectedValue(new Error('/proc is away'));
  const told: WorkerEvent[] = [];
  const telemetry = await openTelemetry({
    worker: 'host:1:cpu',
    device: 'cpu',
    threads: 1,
    measured: true,
    tell: (event) => told.push(event),
  });
  await vi.advanceTimersByTimeAsync(20_000);
  read.mockRejectedValue(new Error('no file handles left'));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(told).toEqual([
    { kind: 'log', text: 'cannot measure the worker on cpu: /proc is away' },
    { kind: 'log', text: 'cannot measure the worker on cpu: no file handles left' },
  ]);

  read.mockRestore();
  await vi.advanceTimersByTimeAsync(10_000);
  await telemetry.close();
  expect(told.slice(2)).not.toHaveLength(0);
  expect(told.slice(2).every(({ kind }) => kind === 'statistics')).toBe(true);
});
