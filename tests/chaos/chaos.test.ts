import { expect, test } from 'vitest';
import { runChaos } from './run.ts';

test('whatever breaks: every trial is finished once, as an unbroken one is', { timeout: 240_000 }, async () => {
  const { faults, promotions, violations, skipped } = await runChaos({ seed: 7, faultsMs: 8000, trials: 24, say: () => undefined });
  if (skipped.length > 0) console.warn(`skipped ${skipped.join(', ')}`);
  expect(violations).toEqual([]);
  expect(Object.keys(faults).length).toBeGreaterThan(2);
  expect(promotions).toBeGreaterThan(0);
});
