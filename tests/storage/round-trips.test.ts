import type { PoolClient } from 'pg';
import { expect, test } from 'vitest';
import { enqueue } from '../../src/storage/commands/enqueue-trial.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';

const database = useDatabase({ poolSize: 1 });
const outcome = { kind: 'complete', value: 1, metrics: {} } as const;

/** What is sent while `act` runs, in order: names of prepared statements, first words of others; together what goes out without a wait for a reply. */
async function sentBy(act: () => Promise<unknown>): Promise<string[][]> {
  const exchanges: string[][] = [];
  let waiting = false;
  const client: PoolClient = await database.pool.connect();
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  client.query = (async (statement: unknown, ...rest: unknown[]) => {
    const { name, text } =
      typeof statement === 'string' ? { name: undefined, text: statement } : (statement as { name?: string; text: string });
    if (!waiting) exchanges.push([]);
    waiting = true;
    exchanges.at(-1)!.push(name ?? text.trim().split(/\W/)[0]!);
    const result = await query(statement, ...rest);
    waiting = false;
    return result;
  }) as typeof client.query;
  client.release();
  await act();
  const same = await database.pool.connect();
  expect(same).toBe(client);
  client.query = query as typeof client.query;
  client.release();
  return exchanges;
}

test('a new trial takes two round trips in one transaction: read, then write', async () => {
  const storage = createStorage(database.db);
  const { id } = await storage.open(describeStudy({ spaceHash: 'c'.repeat(64) }));
  const take = async (): Promise<void> => {
    const taken = await storage.take({ studies: [id], worker: 'w', leaseMs: 60_000 });
    if (taken.kind === 'taken') await storage.finish(taken.claimed.lease, outcome);
  };
  const suggested = [
    ['begin', 'ask_study', 'ask_changes'],
    ['take', 'commit'],
  ];
  expect(await sentBy(take)).toEqual([['take_survey'], ...suggested, ['finish']]);
  expect(await sentBy(take)).toEqual([...suggested, ['finish']]);
  expect(await sentBy(() => storage.ask(id))).toEqual([suggested[0], ['with', 'commit']]);
});

test('a worker whose last trials were new claims a trial queued meanwhile', async () => {
  const storage = createStorage(database.db);
  const { id } = await storage.open(describeStudy());
  const take = () => storage.take({ studies: [id], worker: 'w', leaseMs: 60_000 });
  await take();
  const params = { lr: 0.001, layers: 2 };
  const number = await enqueue(database.db, id, { params, idempotencyKey: '00000000-0000-4000-8000-000000000001' });
  expect(await take()).toMatchObject({ kind: 'taken', claimed: { number, params } });
  expect(await take()).toMatchObject({ kind: 'taken', claimed: { number: number + 1 } });
});
