import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import {
  attachElsewhere,
  clearUpAfterEach,
  dataDirWithDatabase,
  freshDataDir,
  kill,
  postmasterOf,
  scratchDir,
} from '../../../tests/fixtures/embedded.ts';
import { attachBy, connectToServer } from './attachment.ts';
import { layoutOf, socketDirOf } from './layout.ts';
import { allProcesses } from './processes.ts';
import { attachEmbedded, embeddedStatus, stopEmbedded, stopIfIdle } from './server.ts';

clearUpAfterEach();

async function ask<Row extends pg.QueryResultRow>(url: string, query: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(query)).rows;
  } finally {
    await client.end();
  }
}

test('a fresh directory gets a server; the next attach finds the same one; after a stop the data are still there', async () => {
  const dataDir = freshDataDir();
  const first = await attachEmbedded({ dataDir });
  await ask(first.url, 'create table kept as select 42 as answer');
  const pid = postmasterOf(dataDir);
  const second = await attachEmbedded({ dataDir });
  expect([first.started, second.started, postmasterOf(dataDir)]).toEqual([true, false, pid]);
  await Promise.all([first.release(), second.release()]);

  expect(await stopEmbedded({ dataDir })).toEqual({ state: 'stopped' });
  expect(await stopEmbedded({ dataDir })).toEqual({ state: 'not-running' });
  expect(readdirSync('/tmp').filter((name) => name.startsWith(layoutOf(dataDir).clusterName))).toEqual([]);
  const third = await attachEmbedded({ dataDir });
  expect(third.started).toBe(true);
  expect(await ask(third.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await third.release();
});

test('the server opens no port, keeps every acknowledged commit and has a socket only its owner can reach', async () => {
  const dataDir = freshDataDir();
  const { url, release } = await attachEmbedded({ dataDir });
  const names = `'listen_addresses', 'fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'server_encoding'`;
  const settings = await ask<{ name: string; setting: string }>(url, `select name, setting from pg_settings where name in (${names})`);
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    listen_addresses: '',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    data_checksums: 'on',
    server_encoding: 'UTF8',
  });
  const layout = layoutOf(dataDir);
  const { uid } = statSync(layout.databaseDir);
  expect(statSync(socketDirOf(layout, uid)).mode & 0o777).toBe(0o700);
  await release();
});

test('four processes race on a fresh directory with the lock of a dead one: all attach, one server', async () => {
  const dataDir = freshDataDir();
  const { lockDir, databaseDir } = layoutOf(dataDir);
  mkdirSync(lockDir, { recursive: true });
  writeFileSync(join(lockDir, '4194304_1_dead'), '');

  const clients = await Promise.all([1, 2, 3, 4].map(() => attachElsewhere({ dataDir, hold: true })));
  expect(clients.map(({ answer }) => answer)).toEqual(clients.map(() => expect.objectContaining({ attached: true })));
  expect(clients.filter(({ answer }) => answer.attached && answer.started)).toHaveLength(1);
  expect(allProcesses().filter(({ commandLine }) => commandLine.includes(databaseDir))).toHaveLength(1);
  expect(readdirSync(layoutOf(dataDir).dataDir).sort()).toEqual(['postgres', 'postgres.log']);
});

test('the server outlives a SIGKILL of the process that started it, and the next process attaches to it', async () => {
  const dataDir = await dataDirWithDatabase();
  const client = await attachElsewhere({ dataDir, hold: true });
  const pid = postmasterOf(dataDir);
  await kill(client.process);
  const next = await attachEmbedded({ dataDir });
  expect([next.started, postmasterOf(dataDir)]).toEqual([false, pid]);
  await next.release();
});

test('an idle stop leaves a server alone that anybody is attached to or has a session on', async () => {
  const dataDir = freshDataDir();
  expect(await stopIfIdle({ dataDir })).toEqual({ state: 'not-running' });
  const { url, release } = await attachEmbedded({ dataDir });
  expect(await stopIfIdle({ dataDir })).toEqual({ state: 'in-use', sessions: 1 });
  const psql = new pg.Client({ connectionString: url });
  await psql.connect();
  await release();
  expect(await stopIfIdle({ dataDir })).toEqual({ state: 'in-use', sessions: 1 });
  expect((await psql.query('select 1 as alive')).rows).toEqual([{ alive: 1 }]);
  await psql.end();
  await expect.poll(() => stopIfIdle({ dataDir })).toEqual({ state: 'stopped' });
  expect(await embeddedStatus({ dataDir })).toMatchObject({ running: false, pid: undefined, url: undefined, version: '18' });
});

test('who attaches while another stops the idle server can still open every session', async () => {
  const dataDir = await dataDirWithDatabase();
  for (let round = 0; round < 8; round += 1) {
    const use = async (): Promise<unknown> => {
      const { url, release } = await attachEmbedded({ dataDir });
      const rows = [await ask(url, 'select 1 as alive'), await ask(url, 'select 1 as alive')];
      await release();
      return rows;
    };
    const [, first, second] = await Promise.all([stopIfIdle({ dataDir }), use(), use()]);
    expect([first, second]).toEqual([
      [[{ alive: 1 }], [{ alive: 1 }]],
      [[{ alive: 1 }], [{ alive: 1 }]],
    ]);
  }
});

test('a session that was opened before the server began to stop attaches to it no more', async () => {
  const dataDir = await dataDirWithDatabase();
  const { url, release } = await attachEmbedded({ dataDir });
  const layout = layoutOf(dataDir);
  const early = (await connectToServer(layout))!;
  await release();
  process.kill(postmasterOf(dataDir), 'SIGTERM');
  await expect.poll(() => ask(url, 'select').catch(() => 'refused')).toBe('refused');
  expect(await attachBy(early, layout)).toBeUndefined();
  const next = await attachEmbedded({ dataDir });
  expect(next.started).toBe(true);
  await next.release();
});

test('a data directory whose path is longer than a socket path may be works like any other', async () => {
  const dataDir = freshDataDir(join(scratchDir(), ...Array.from({ length: 5 }, () => 'deep'.repeat(12))));
  expect(dataDir.length).toBeGreaterThan(200);
  const { url, release } = await attachEmbedded({ dataDir });
  expect(await ask(url, 'select 1 as alive')).toEqual([{ alive: 1 }]);
  await release();
});

test('a look at the status makes nothing', async () => {
  const dataDir = freshDataDir();
  expect(await embeddedStatus({ dataDir })).toMatchObject({ running: false, pid: undefined, url: undefined, version: undefined });
  expect(existsSync(dataDir)).toBe(false);
  const { url, release } = await attachEmbedded({ dataDir });
  expect(await embeddedStatus({ dataDir })).toMatchObject({
    running: true,
    pid: postmasterOf(dataDir),
    url,
    version: expect.stringMatching(/^18\./),
  });
  await release();
});

test('what a killed initdb left is removed', async () => {
  const dataDir = freshDataDir();
  mkdirSync(join(dataDir, 'postgres.new-half'), { recursive: true });
  writeFileSync(join(dataDir, 'postgres.new-half', 'PG_VERSION'), '18\n');
  const { release } = await attachEmbedded({ dataDir });
  expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres.log']);
  await release();
});

test('a server that cannot start is reported with its own reason and the log', async () => {
  const dataDir = await dataDirWithDatabase();
  await (await attachEmbedded({ dataDir })).release();
  await stopEmbedded({ dataDir });
  writeFileSync(join(dataDir, 'postgres', 'postgresql.auto.conf'), 'no_such_setting = 1\n');
  await expect(attachEmbedded({ dataDir })).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringContaining('configuration file'),
    hint: expect.stringMatching(/postgres\.log.*DATABASE_URL/),
  });
});

test('a database of another major version is refused and left as it is', async () => {
  const dataDir = await dataDirWithDatabase();
  await (await attachEmbedded({ dataDir })).release();
  await stopEmbedded({ dataDir });
  writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '15\n');
  await expect(attachEmbedded({ dataDir })).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringContaining('PostgreSQL 15'),
  });
});

test('a directory that another user put where the socket goes is not trusted', async () => {
  const dataDir = await dataDirWithDatabase();
  await (await attachEmbedded({ dataDir })).release();
  const layout = layoutOf(dataDir);
  const socketDir = socketDirOf(layout, statSync(layout.databaseDir).uid);
  chmodSync(socketDir, 0o777);
  await expect(attachEmbedded({ dataDir })).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringContaining('not a private directory'),
  });
});
