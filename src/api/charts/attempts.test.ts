import { expect, test } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { complete, studyWith } from '../../../tests/fixtures/trials.ts';
import { findStudy } from '../../storage/readers/find.ts';
import { createStorage } from '../../storage/storage.ts';
import { createAttemptStore } from './attempts.ts';

const database = useDatabase();

test('a study that is read after each of its trials keeps one piece for each worker, with every attempt once', async () => {
  const trials = [0, 1, 2, 3, 4];
  const { id, name } = await studyWith(
    database.db,
    trials.map(() => ({})),
  );
  const study = await findStudy(database.db, name);
  const store = createAttemptStore(database.db, 1e6);
  const storage = createStorage(database.db);
  for (const number of trials) {
    const claimed = await storage.claim({ studies: [id], worker: `host:${number % 2}:cpu`, leaseMs: 60_000 });
    await storage.finish(claimed!.lease, complete(number));
    await store.attemptsOf(study);
  }
  const pieces = await store.attemptsOf(study);
  expect(pieces.map(({ worker, numbers }) => [worker, [...numbers].toSorted((a, b) => a - b)])).toEqual([
    ['host:0:cpu', [0, 2, 4]],
    ['host:1:cpu', [1, 3]],
  ]);
  for (const { numbers, attempts, started, ended, endings } of pieces) {
    expect([attempts.length, started.length, ended.length, endings.length]).toEqual(Array(4).fill(numbers.length));
    expect([...started, ...ended].some(Number.isNaN)).toBe(false);
  }
  expect(store.bytes()).toBe(5 * 28);
});
