import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inParallel } from './evaluation-tasks.ts';

test('starts no further item after one has rejected', async () => {
  const begun: number[] = [];
  const perform = async (item: number): Promise<void> => {
    begun.push(item);
    await sleep(1);
    if (item === 1) throw new Error('the database is gone');
  };
  await expect(inParallel([0, 1, 2, 3, 4, 5, 6, 7], 2, () => false, perform)).rejects.toThrow('the database is gone');
  await sleep(50);
  expect(begun.length).toBeLessThanOrEqual(3);
});
