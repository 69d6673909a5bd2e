import { sql } from 'drizzle-orm';
import pg from 'pg';
import { expect, test } from 'vitest';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { databaseOver } from './database.ts';

const database = useDatabase();

test('a transaction whose session breaks before it begins fails, and the pool can still be used and closed', async () => {
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const { db } = databaseOver(pool);
  pool.once('acquire', (client) => {
    (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream.destroy();
  });
  await expect(db.transaction((tx) => tx.execute(sql`select 1`))).rejects.toThrow();
  const { rows } = await db.transaction((tx) => tx.execute(sql`select 1 as one`));
  expect(rows).toEqual([{ one: 1 }]);
  await pool.end();
});

test('a transaction that throws changes nothing and passes the error on', async () => {
  const { db } = databaseOver(database.pool);
  await expect(
    db.transaction(async (tx) => {
      await tx.execute(sql`create table kept (id int)`);
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  const { rows } = await db.execute(sql`select to_regclass('kept') as name`);
  expect(rows).toEqual([{ name: null }]);
});
