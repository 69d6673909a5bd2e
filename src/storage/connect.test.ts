import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { sql } from 'drizzle-orm';
import { afterEach, expect, test, vi } from 'vitest';
import { clearUpAfterEach, dataDirWithDatabase, freshDataDir, killPostmaster } from '../../tests/fixtures/embedded.ts';
import { connect } from './connect.ts';
import { attachEmbedded, embeddedStatus } from './embedded/server.ts';
import { openDatabase } from './open.ts';

clearUpAfterEach();
afterEach(() => vi.unstubAllEnvs());

test('without a URL the embedded server is used; an empty DATABASE_URL counts as none', async () => {
  const dataDir = freshDataDir();
  vi.stubEnv('DATABASE_URL', '');
  vi.stubEnv('ASSAY_DATA_DIR', dataDir);
  // None of these may lead an embedded connection elsewhere.
  vi.stubEnv('PGHOST', 'nowhere.invalid');
  vi.stubEnv('PGPORT', '1');
  vi.stubEnv('PGSSLMODE', 'require');
  const connection = await connect();
  expect(connection.kind).toBe('embedded');
  expect((await connection.db.execute(sql`select 'here' as answer`)).rows).toEqual([{ answer: 'here' }]);
  await connection.close();
  expect((await embeddedStatus({ dataDir })).running).toBe(true);
});

test('DATABASE_URL takes its place, and an explicit URL that of DATABASE_URL', async () => {
  const server = await attachEmbedded({ dataDir: await dataDirWithDatabase() });
  vi.stubEnv('DATABASE_URL', server.url);
  const byVariable = await connect();
  vi.stubEnv('DATABASE_URL', 'postgresql://nowhere.invalid/none');
  const byOption = await connect({ databaseUrl: server.url, poolSize: 1 });
  expect([byVariable.kind, byOption.kind]).toEqual(['external', 'external']);
  expect((await byOption.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await Promise.all([byVariable.close(), byOption.close()]);
  await server.release();
});

test('bigint arrives as a number or fails its query; float8 keeps NaN and infinities', async () => {
  const connection = await connect({ databaseUrl: '', dataDir: await dataDirWithDatabase() });
  const { rows } = await connection.db.execute(
    sql`select count(*) as n, 9007199254740991::int8 as most, 'NaN'::float8 as nan, '-Infinity'::float8 as low, 0.1::float8 as tenth`,
  );
  expect(rows).toEqual([{ n: 1, most: Number.MAX_SAFE_INTEGER, nan: Number.NaN, low: -Infinity, tenth: 0.1 }]);
  await expect(connection.pool.query('select 9007199254740992::int8')).rejects.toMatchObject({ code: 'internal' });
  expect((await connection.pool.query('select 1 as alive')).rows).toEqual([{ alive: 1 }]);
  await connection.close();
});

test('the last one out stops the server if it is told to, and only then', async () => {
  const dataDir = await dataDirWithDatabase();
  const [first, second] = [await connect({ databaseUrl: '', dataDir }), await connect({ databaseUrl: '', dataDir })];
  await first.close({ stopIfIdle: true });
  expect((await second.pool.query('select 1 as alive')).rows).toEqual([{ alive: 1 }]);
  await second.close({ stopIfIdle: true });
  await second.close();
  expect((await embeddedStatus({ dataDir })).running).toBe(false);
});

test('a server that is killed under an open connection fails its queries, not the process; once it is back they work', async () => {
  const dataDir = await dataDirWithDatabase();
  const connection = await connect({ databaseUrl: '', dataDir });
  await connection.pool.query('select 1');
  await killPostmaster(dataDir);
  // The session's own process may answer once more before it notices that the server is gone.
  await vi.waitFor(() => expect(connection.pool.query('select 1')).rejects.toThrow(), { timeout: 20_000 });
  const back = await attachEmbedded({ dataDir });
  expect((await connection.pool.query('select 1 as alive')).rows).toEqual([{ alive: 1 }]);
  await back.release();
  await connection.close();
});

test('a server that is not there is named with host and port, never with the password', async () => {
  const listener = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => listener.once('listening', resolve));
  const { port } = listener.address() as { port: number };
  await new Promise((resolve) => listener.close(resolve));
  const failure = await openDatabase({ databaseUrl: `postgresql://me:s3cret@127.0.0.1:${port}/x` }).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'database_unavailable',
    message: expect.stringContaining(`127.0.0.1:${port}`),
    hint: expect.stringContaining('start the server'),
  });
  expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('s3cret');
});
