import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import {
  attachElsewhere,
  clearUpAfterEach,
  dataDirWithDatabase,
  freshDataDir,
  isRoot,
  kill,
  killPostmaster,
  postmasterOf,
  until,
} from '../../../tests/fixtures/embedded.ts';
import { findProcess } from './processes.ts';
import { attachEmbedded, stopEmbedded } from './server.ts';

clearUpAfterEach();

async function openSession(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  // The server is killed under it.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

test('after a SIGKILL of the server every acknowledged commit is there', async () => {
  const dataDir = await dataDirWithDatabase();
  const before = await attachEmbedded({ dataDir });
  const writer = await openSession(before.url);
  await writer.query('create table acknowledged (n int primary key)');
  let acknowledged = 0;
  const writing = (async () => {
    for (;;) {
      await writer.query('insert into acknowledged values ($1)', [acknowledged + 1]);
      acknowledged += 1;
    }
  })().catch((error: unknown) => error);
  await until(() => acknowledged >= 300);
  await killPostmaster(dataDir);
  expect(await writing).toBeInstanceOf(Error);

  const after = await attachEmbedded({ dataDir });
  expect(after.started).toBe(true);
  const reader = await openSession(after.url);
  const { rows } = await reader.query<{ missing: number }>(
    'select count(*)::int as missing from generate_series(1, $1::int) n where not exists (select from acknowledged a where a.n = n)',
    [acknowledged],
  );
  expect(rows).toEqual([{ missing: 0 }]);
  await Promise.all([reader.end(), after.release()]);
});

test('a backend that was busy when its server was killed does not keep the next server from starting', async () => {
  const dataDir = await dataDirWithDatabase();
  const before = await attachEmbedded({ dataDir });
  const session = await openSession(before.url);
  const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
  const backend = rows[0]!.pid;
  const busy = session.query('select count(*) from generate_series(1, 1000000000000)').catch((error: unknown) => error);
  await until(() => findProcess(backend)?.commandLine.includes('SELECT') === true);
  await killPostmaster(dataDir);
  // It holds the shared memory still: without it there would be nothing to see here.
  expect(findProcess(backend)).toBeDefined();

  const after = await attachEmbedded({ dataDir });
  expect(after.started).toBe(true);
  expect(findProcess(backend)).toBeUndefined();
  expect(await busy).toBeInstanceOf(Error);
  await after.release();
});

test.skipIf(process.platform !== 'linux')('a killed server that no parent reaps, a zombie, counts as gone', async () => {
  const dataDir = await dataDirWithDatabase();
  const starter = await attachElsewhere({ dataDir, hold: true });
  expect(starter.answer).toMatchObject({ started: true });
  const pid = postmasterOf(dataDir);
  // The starter is the server's parent. Stopped, it does not reap, like a PID 1 that is no init.
  starter.process.kill('SIGSTOP');
  process.kill(pid, 'SIGKILL');
  await until(() => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  expect(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).toMatch(new RegExp(`^${pid}\n`));

  const next = await attachEmbedded({ dataDir });
  expect(next.started).toBe(true);
  expect(postmasterOf(dataDir)).not.toBe(pid);
  expect(existsSync(`/proc/${pid}/stat`)).toBe(true);
  await next.release();
  await kill(starter.process);
});

test('a lock file whose process number now belongs to a stranger counts as left over', async () => {
  const dataDir = await dataDirWithDatabase();
  await (await attachEmbedded({ dataDir })).release();
  const file = join(dataDir, 'postgres', 'postmaster.pid');
  const left = readFileSync(file, 'utf8');
  await stopEmbedded({ dataDir });
  // PostgreSQL itself sees through a number of its parent or of another user: this one is neither.
  const { uid, gid } = statSync(file.replace('postmaster.pid', 'PG_VERSION'));
  const stranger = spawn('sleep', ['600'], isRoot ? { uid, gid, cwd: '/' } : {});
  onTestFinished(() => kill(stranger));
  writeFileSync(file, left.replace(/^\d+/, String(stranger.pid)));
  const { started, release } = await attachEmbedded({ dataDir });
  expect(started).toBe(true);
  await release();
});

test('a process killed while it starts the server leaves a directory that the next one starts from', async () => {
  const dataDir = freshDataDir();
  mkdirSync(dataDir);
  const starting = attachElsewhere({ dataDir, hold: true }).catch(() => undefined);
  await until(() => existsSync(join(dataDir, '.postgres-lock')));
  const [ticket] = readdirSync(join(dataDir, '.postgres-lock'));
  process.kill(Number.parseInt(ticket!, 10), 'SIGKILL');
  await starting;
  const { release } = await attachEmbedded({ dataDir });
  await release();
});
