import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { type Network, startNetwork } from '../../tests/fixtures/network.ts';
import { withAnswerLimit } from './answer-limit.ts';
import { type Connection, type ConnectOptions, connect } from './connect.ts';
import { isConnectionLoss } from './connection-loss.ts';
import { databaseFault } from './database-fault.ts';

const database = useDatabase();
const open: { network: Network; connection: Connection }[] = [];

async function behindNetwork(options: ConnectOptions = {}): Promise<{ readonly network: Network; readonly connection: Connection }> {
  const network = await startNetwork(database.url);
  const connection = await connect({ databaseUrl: network.url, answerMs: 500, connectMs: 1000, ...options });
  open.push({ network, connection });
  return { network, connection };
}

afterEach(async () => {
  for (const { network, connection } of open.splice(0)) {
    await connection.close({ graceMs: 100 });
    await network.close();
  }
});

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'answered',
    (error: unknown) => error,
  );

describe('a database that accepts and says nothing', () => {
  test.each(['requests', 'replies', 'both'] as const)(
    'fails what is asked of it as a lost connection (%s), and is asked anew afterwards',
    async (way) => {
      const { network, connection } = await behindNetwork({ poolSize: 2 });
      await connection.db.execute(sql`select 1`);
      network.fallSilent(way);
      const failures = [
        // On the session that is there, and by opening another.
        ...(await Promise.all([failureOf(connection.db.execute(sql`select 2`)), failureOf(connection.db.execute(sql`select 3`))])),
        await failureOf(connection.db.transaction((tx) => tx.execute(sql`select 4`))),
      ];
      for (const failure of failures) {
        expect(isConnectionLoss(failure)).toBe(true);
        expect(databaseFault(failure)).toMatchObject({ code: 'database_unavailable', hint: expect.any(String) });
      }
      expect(String((failures[0] as Error).cause)).toContain('no answer from the database for 0.5 s');
      network.speakAgain();
      // Both sessions that the pool may have are new ones: none of the silent ones is left in it.
      const answers = await Promise.all([1, 2, 3].map((i) => connection.db.execute(sql`select ${i}::int as i`)));
      expect(answers.map(({ rows }) => rows)).toEqual([[{ i: 1 }], [{ i: 2 }], [{ i: 3 }]]);
    },
  );

  test('fails a transaction in its middle, and its locks are free when the server hears of it', async () => {
    const { network, connection } = await behindNetwork();
    await database.db.execute(sql`create table counted (n int)`);
    const failed = failureOf(
      connection.db.transaction(async (tx) => {
        await tx.execute(sql`insert into counted values (1)`);
        network.fallSilent();
        await tx.execute(sql`insert into counted values (2)`);
      }),
    );
    expect(isConnectionLoss(await failed)).toBe(true);
    network.speakAgain();
    expect((await database.db.execute(sql`select n from counted`)).rows).toEqual([]);
    await database.db.execute(sql`drop table counted`);
  });

  test('waits as long as the caller says for each answer, also where the caller had to wait for a session', async () => {
    const { connection } = await behindNetwork({ poolSize: 1, answerMs: 200, connectMs: 20_000 });
    const slow = (ms: number) => connection.pool.query(`select pg_sleep(${ms / 1000})`);
    const [first, patient, impatient] = await Promise.all([
      failureOf(withAnswerLimit(20_000, () => slow(400))),
      failureOf(withAnswerLimit(20_000, () => slow(400))),
      failureOf(withAnswerLimit(50, () => slow(400))),
    ]);
    expect([first, patient]).toEqual(['answered', 'answered']);
    expect(String(impatient)).toContain('no answer from the database for 0.1 s');
    expect(isConnectionLoss(await failureOf(slow(400)))).toBe(true);
  });

  test('is left without a wait for its goodbye', async () => {
    const { network, connection } = await behindNetwork({ answerMs: 60_000 });
    await connection.db.execute(sql`select 1`);
    network.fallSilent();
    const unanswered = failureOf(connection.db.execute(sql`select 2`));
    await connection.close({ graceMs: 50 });
    expect(isConnectionLoss(await unanswered)).toBe(true);
  });
});

test('a session that is still opening does not delay the end of its pool, nor does that of the direct URL', async () => {
  const direct = await startNetwork(database.url);
  vi.stubEnv('DATABASE_DIRECT_URL', direct.url);
  const network = await startNetwork(database.url);
  const url = new URL(network.url);
  url.searchParams.set('pgbouncer', 'true');
  const connection = await connect({ databaseUrl: url.href, connectMs: 60_000, answerMs: 60_000, poolSize: 1 });
  vi.unstubAllEnvs();
  network.fallSilent();
  direct.fallSilent();
  // The session that is there is taken for ever; the one of the direct URL has yet to open.
  const failures = [failureOf(connection.pool.query('select 1')), failureOf(connection.sessions!.query('select 2'))];
  // The pool hands out its session at the next tick.
  await new Promise(setImmediate);
  await connection.close({ graceMs: 100 });
  for (const failure of await Promise.all(failures)) {
    expect(isConnectionLoss(failure)).toBe(true);
    expect(String(failure)).toMatch(/no answer from the database for 0\.[1-9] s/);
  }
  await network.close();
  await direct.close();
});

test('a session that was given up in its silence takes those with it that have waited as long, and idle ones', async () => {
  const { network, connection } = await behindNetwork({ poolSize: 3, answerMs: 10_000 });
  await Promise.all([1, 2, 3].map(() => connection.pool.query('select pg_sleep(0.05)')));
  expect(connection.pool.totalCount).toBe(3);
  network.fallSilent();
  const early = failureOf(connection.pool.query('select 1'));
  expect(isConnectionLoss(await failureOf(withAnswerLimit(100, () => connection.pool.query('select 2'))))).toBe(true);
  expect(isConnectionLoss(await early)).toBe(true);
  expect(connection.pool.totalCount).toBe(0);
});

test('behind a pooler in transaction mode nothing is set: it would be set for whoever gets the session next', async () => {
  const pooled = new URL(database.url);
  pooled.searchParams.set('pgbouncer', 'true');
  const network = await startNetwork(pooled.href);
  const connection = await connect({ databaseUrl: network.url });
  open.push({ network, connection });
  const { rows } = await connection.pool.query('show client_connection_check_interval');
  expect(rows).toEqual([{ client_connection_check_interval: '0' }]);
});

describe('the server', () => {
  test('asks a client that is quiet whether it is there, and ends transactions of one that says nothing', async () => {
    const { connection } = await behindNetwork({ answerMs: 10_000 });
    const shown = async (name: string) => (await connection.pool.query<Record<string, string>>(`show ${name}`)).rows[0]![name];
    expect(await shown('idle_in_transaction_session_timeout')).toBe('1min');
    expect(await shown('client_connection_check_interval')).toBe('10s');
  });
});
