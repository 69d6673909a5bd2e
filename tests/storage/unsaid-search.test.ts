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

interface Opened {
  /** Gives the study a vault after the fact. */
  readonly keep: (own: Vault) => Promise<unknown>;
  readonly remove: () => Promise<unknown>;
}

/** A study of one running trial that has opened the data and did not say how far its search looks. */
async function opens(name: string, then: (lease: Lease) => Promise<unknown>, withheldFromMs?: number): Promise<Opened> {
  const storage = createStorage(database.db);
  const { id } = await storage.open(describeStudy({ name, budget: { trials: 1 } }));
  const taken = await storage.take({ studies: [id], worker: 'w', leaseMs: 60_000 });
  if (taken.kind !== 'taken') throw new Error('nothing to take');
  const { lease } = taken.claimed;
  expect(await storage.recordDataRead(lease, { ...bars, searchedUntilMs: null, withheldFromMs })).toBe('alive');
  await then(lease);
  return {
    keep: (own) => database.pool.query('update studies set vault = $1 where id = $2', [JSON.stringify(own), id]),
    remove: () => database.pool.query('delete from studies where id = $1', [id]),
  };
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
  const shutOut = await opens('shut-out', value, vault.fromMs);
  await shutOut.keep({ ...vault, hash: 'e'.repeat(64) });
  expect(await others()).toEqual([]);
  const counted = [
    await opens('later-vault', value, vault.fromMs + 1),
    await opens('reported', (lease) => storage.report(lease, { step: 1, value: 0.5 })),
    await opens('silent', value),
    await opens('without', value),
  ];
  // A vault that is kept since changes nothing of what was seen.
  for (const study of counted) await study.keep(vault);
  const names = ['later-vault', 'reported', 'silent', 'without'];
  expect(await others()).toEqual(names);
  for (const study of counted) await study.remove();
  expect(await others()).toEqual(names);
});

test('what was handed out grows while an attempt runs', async () => {
  const storage = createStorage(database.db);
  const withheld = async (): Promise<unknown> =>
    (await database.pool.query(`select withheld_from from attempt_data where name = 'other'`)).rows[0].withheld_from;
  const other = { name: 'other', hash: 'd'.repeat(64), searchedUntilMs: null };
  await opens('growing', async (lease) => {
    for (const [withheldFromMs, kept] of [
      [2000, 2000],
      [1000, 2000],
      [3000, 3000],
      [undefined, null],
      [1000, null],
    ] as const) {
      await storage.recordDataRead(lease, { ...other, withheldFromMs });
      expect(await withheld()).toEqual(kept === null ? null : new Date(kept));
    }
    await expect(database.pool.query(`update attempt_data set withheld_from = now() where name = 'other'`)).rejects.toThrow('refuses');
  });
});
