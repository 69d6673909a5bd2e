import { expect, test } from 'vitest';
import type { Vault } from '../../src/core/vault.ts';
import type { Lease } from '../../src/search/study/storage.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { othersAtVault } from '../../src/storage/validations/read-vault.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { bars, complete, searchEndMs } from '../fixtures/trials.ts';

const database = useDatabase();

const vault: Vault = {
  dataset: bars.name,
  hash: bars.hash,
  sessions: 5,
  fromMs: searchEndMs + 86_400_000,
  untilMs: searchEndMs + 6 * 86_400_000,
};

/** A study of one running trial that has opened the data and did not say how far its search looks. @returns removes the study */
async function opens(name: string, then: (lease: Lease) => Promise<unknown>, own?: Vault): Promise<() => Promise<unknown>> {
  const storage = createStorage(database.db);
  const { id } = await storage.open(describeStudy({ name, budget: { trials: 1 } }));
  if (own !== undefined) await database.pool.query('update studies set vault = $1 where id = $2', [JSON.stringify(own), id]);
  const taken = await storage.take({ studies: [id], worker: 'w', leaseMs: 60_000 });
  if (taken.kind !== 'taken') throw new Error('nothing to take');
  const { lease } = taken.claimed;
  expect(await storage.recordDataRead(lease, { ...bars, searchedUntilMs: null })).toBe('alive');
  await then(lease);
  return () => database.pool.query('delete from studies where id = $1', [id]);
}

test('a trial that keeps a result of data and did not say how far it looked has seen all that it was handed', async () => {
  const storage = createStorage(database.db);
  const value = (lease: Lease) => storage.finish(lease, complete(1));
  const others = () => othersAtVault(database.db, 'judged', vault);
  await opens('interrupted', async () => undefined);
  await opens('failed', (lease) => storage.finish(lease, { kind: 'failed', error: { code: 'trial_failed', message: 'no such column' } }));
  await opens('said', async (lease) => {
    await storage.recordDataRead(lease, { ...bars, searchedUntilMs: searchEndMs });
    await value(lease);
  });
  await opens('shut-out', value, vault);
  expect(await others()).toEqual([]);
  const removals = [
    await opens('other-content', value, { ...vault, hash: 'e'.repeat(64) }),
    await opens('reported', (lease) => storage.report(lease, { step: 1, value: 0.5 })),
    await opens('silent', value),
    await opens('later-vault', value, { ...vault, fromMs: vault.fromMs + 1 }),
  ];
  const counted = ['later-vault', 'other-content', 'reported', 'silent'];
  expect(await others()).toEqual(counted);
  for (const remove of removals) await remove();
  expect(await others()).toEqual(counted);
});
