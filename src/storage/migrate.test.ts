import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clearUpAfterEach, dataDirWithDatabase, freshDataDir, scratchDir } from '../../tests/fixtures/embedded.ts';
import { type Connection, connect } from './connect.ts';
import { migrate } from './migrate.ts';
import { openDatabase } from './open.ts';

clearUpAfterEach();

interface Sample {
  readonly tag: string;
  readonly text: string;
}

const makeTable = {
  tag: '0000_make',
  text: "create type mood as enum ('calm');--> statement-breakpoint\ncreate table sample (id serial primary key, mood mood);",
};
const addColumn = { tag: '0001_add', text: 'alter table sample add column note text;' };

/** A folder as drizzle-kit writes it. */
function folderOf(...migrations: readonly Sample[]): string {
  const folder = scratchDir();
  mkdirSync(join(folder, 'meta'));
  const entries = migrations.map(({ tag }, idx) => ({ idx, version: '7', when: 1_700_000_000_000 + idx, tag, breakpoints: true }));
  writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries }));
  for (const { tag, text } of migrations) writeFileSync(join(folder, `${tag}.sql`), text);
  return folder;
}

async function onFreshServer<T>(use: (open: () => Promise<Connection>) => Promise<T>): Promise<T> {
  const dataDir = await dataDirWithDatabase();
  const connections: Connection[] = [];
  try {
    return await use(async () => {
      const connection = await connect({ databaseUrl: '', dataDir });
      connections.push(connection);
      return connection;
    });
  } finally {
    for (const connection of connections) await connection.close();
  }
}

async function columnsOf({ pool }: Connection): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select column_name as name from information_schema.columns where table_name = 'sample' order by ordinal_position`,
  );
  return rows.map(({ name }) => name);
}

test('three that migrate an empty database at once all succeed, and each migration is applied once', async () => {
  await onFreshServer(async (open) => {
    const connections = [await open(), await open(), await open()];
    const folder = folderOf(makeTable, addColumn);
    await Promise.all(connections.map((connection) => migrate(connection, folder)));
    expect(await columnsOf(connections[0]!)).toEqual(['id', 'mood', 'note']);
    const { rows } = await connections[0]!.pool.query('select count(*) as n from drizzle.__drizzle_migrations');
    expect(rows).toEqual([{ n: 2 }]);
  });
});

test('a database goes on from where it stands; one that is newer than the code, or different, is refused unchanged', async () => {
  await onFreshServer(async (open) => {
    const connection = await open();
    await migrate(connection, folderOf());
    await migrate(connection, join(scratchDir(), 'absent'));
    expect(await columnsOf(connection)).toEqual([]);
    await migrate(connection, folderOf(makeTable));
    expect(await columnsOf(connection)).toEqual(['id', 'mood']);
    await migrate(connection, folderOf(makeTable, addColumn));
    expect(await columnsOf(connection)).toEqual(['id', 'mood', 'note']);

    await expect(migrate(connection, folderOf(makeTable))).rejects.toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('newer'),
    });
    const edited = { ...addColumn, text: 'alter table sample add column other text;' };
    await expect(migrate(connection, folderOf(makeTable, edited))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('migration 2'),
    });
    expect(await columnsOf(connection)).toEqual(['id', 'mood', 'note']);
  });
});

test('a migration that fails changes nothing, says why and leaves the lock free', async () => {
  await onFreshServer(async (open) => {
    const connection = await open();
    const wrong = { tag: '0001_wrong', text: 'alter table no_such_table add column x int;' };
    await expect(migrate(connection, folderOf(makeTable, wrong))).rejects.toMatchObject({
      code: 'database_unavailable',
      message: expect.stringContaining('no_such_table'),
    });
    expect(await columnsOf(connection)).toEqual([]);
    await migrate(connection, folderOf(makeTable));
    expect(await columnsOf(connection)).toEqual(['id', 'mood']);
  });
});

test('openDatabase brings the schema of this version, also when several start at once', async () => {
  const dataDir = freshDataDir();
  const opened = await Promise.all([1, 2, 3].map(() => openDatabase({ databaseUrl: '', dataDir })));
  const { rows } = await opened[0]!.pool.query<{ n: number }>(
    `select count(*) as n from information_schema.tables where table_name = 'studies'`,
  );
  expect(rows).toEqual([{ n: 1 }]);
  for (const connection of opened) await connection.close();
});
