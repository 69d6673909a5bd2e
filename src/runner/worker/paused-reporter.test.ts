import { expect, test } from 'vitest';
import { pausedReporter } from './paused-reporter.ts';

test('paused studies are reported at once, again after a minute, and at once when they are paused anew', () => {
  const told: unknown[] = [];
  let nowMs = 0;
  const report = pausedReporter(
    (event) => told.push(event),
    () => nowMs,
  );
  const see = (atMs: number, ...studies: string[]): number => {
    nowMs = atMs;
    report(studies);
    return told.length;
  };
  expect([see(0), see(1, 'a'), see(60_000, 'a'), see(60_001, 'a'), see(60_002, 'a', 'b'), see(60_003), see(60_004, 'a', 'b')]).toEqual([
    0, 1, 1, 2, 3, 3, 4,
  ]);
  expect(told[2]).toEqual({ kind: 'studies-paused', studies: ['a', 'b'] });
});
