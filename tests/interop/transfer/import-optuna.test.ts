import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSqlite } from '../../../src/interop/sqlite.ts';
import { assayHere } from '../../e2e/assay.ts';
import { type TestDatabase, useDatabase } from '../../fixtures/database.ts';
import { createMysqlDatabase } from '../../fixtures/mysql.ts';
import { optunaServer } from '../../fixtures/optuna.ts';
import { changeSqlite, comparable, dialects, recorded, recordedDatabase, recordedSql } from '../../fixtures/optuna-rdb.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const fresh = (ending: string): string => join(folder, `${files++}.${ending}`);
const recordedFile = (...more: readonly string[]): Promise<string> => recordedDatabase(fresh('db'), ...more);

const run = (database: TestDatabase, ...parameters: readonly string[]) => assayHere(parameters, { DATABASE_URL: database.url });

interface Item {
  readonly study: string;
  readonly added: number;
  readonly updated: number;
  readonly trials: number;
  readonly renumbered: number;
}

async function imported(database: TestDatabase, source: string, ...flags: readonly string[]): Promise<readonly Item[]> {
  const { code, err, json } = await run(database, 'import', 'optuna', source, ...flags, '--json');
  expect(code, err).toBe(0);
  return json<{ readonly items: readonly Item[] }>().items;
}

/** Exports a study to a file of SQLite; its tables. */
async function exportedTables(database: TestDatabase, study: string) {
  const path = fresh('db');
  const { code, err } = await run(database, 'export', study, '--format', 'optuna', '--to', path);
  expect(code, err).toBe(0);
  const copy = await openSqlite(path);
  const tables = Object.fromEntries(
    Object.keys(recorded).map((name) => [name, copy.all(`select * from ${name}`) as Record<string, string | number | null>[]]),
  );
  copy.close();
  return tables;
}

/** Rows that belong to a study of the recorded database, with its ids counted from 1 as in a file of its own. */
function rowsOf(table: string, study: number): readonly string[] {
  const { columns, rows } = recorded[table]!;
  const trials = recorded['trials']!.rows.filter((row) => row[2] === study).map(([id]) => id);
  const at = (name: string) => columns.indexOf(name);
  const own = rows.filter((row) =>
    at('study_id') !== -1 ? row[at('study_id')] === study : at('trial_id') === -1 || trials.includes(row[at('trial_id')]!),
  );
  const counted = own.map((row) =>
    row.map((cell, place) => (place === at('study_id') ? 1 : place === at('trial_id') ? trials.indexOf(cell) + 1 : cell)),
  );
  return comparable(table, columns, counted);
}

async function expectRecorded(database: TestDatabase, names: readonly [string, string]): Promise<void> {
  for (const [place, name] of names.entries()) {
    const tables = await exportedTables(database, name);
    for (const [table, { columns }] of Object.entries(recorded)) {
      if (table === 'studies') continue;
      const rows = tables[table]!.map((row) => columns.map((column) => row[column]!));
      expect(comparable(table, columns, rows), `${name}: ${table}`).toEqual(rowsOf(table, place + 1));
    }
  }
}

describe('the recorded database', () => {
  const database = useDatabase();
  const names = ['odd-study-1', 'two-goals'] as const;
  let path: string;

  beforeAll(async () => {
    path = await recordedFile();
  });

  test('comes in and goes out letter by letter and bit by bit; a second import finds nothing new', async () => {
    expect(await imported(database, path)).toEqual([
      { study: 'odd-study-1', name: 'Odd study / 1', added: 8, updated: 0, trials: 8, renumbered: 0 },
      { study: 'two-goals', name: 'two-goals', added: 1, updated: 0, trials: 1, renumbered: 0 },
    ]);
    await expectRecorded(database, names);
    expect((await imported(database, `sqlite:///${path}`)).map(({ added, updated }) => [added, updated])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    const { rows } = await database.pool.query('select name, objectives from studies order by id');
    expect(rows[1]).toMatchObject({
      objectives: [
        { name: 'sharpe', direction: 'maximize' },
        { name: 'drawdown', direction: 'minimize' },
      ],
    });
  });

  test('what ran or waited is brought to its end, what is new is added, and identities stay', async () => {
    const ids = 'select id, number from trials where study_id = (select id from studies where name = $1) order by number';
    const before = await database.pool.query(ids, [names[0]]);
    await changeSqlite(
      path,
      "update trials set state = 'PRUNED', datetime_complete = '2026-01-02 05:00:00.000001' where trial_id = 7",
      "update trials set state = 'RUNNING', datetime_start = '2026-01-02 05:00:00.5' where trial_id = 8",
      'update trial_intermediate_values set intermediate_value = 0.25 where trial_id = 7',
      "insert into trial_intermediate_values values (100, 7, 3, 0.5, 'FINITE'), (101, 8, 0, 1.5, 'FINITE')",
      "insert into trial_user_attributes values (100, 7, 'late', '[1.0]')",
      'update trial_user_attributes set value_json = \'"robot"\' where trial_id = 8',
      "insert into trials values (10, 8, 1, 'COMPLETE', '2026-01-02 05:00:00', '2026-01-02 06:00:00')",
      "insert into trial_values values (100, 10, 0, 7.5, 'FINITE')",
      "update study_user_attributes set value_json = '\"someone else\"' where key = 'owner'",
    );
    expect(await imported(database, path)).toMatchObject([
      { added: 1, updated: 2, trials: 9, renumbered: 0 },
      { added: 0, updated: 0 },
    ]);
    const after = await database.pool.query(ids, [names[0]]);
    expect(after.rows.slice(0, 8)).toEqual(before.rows);
    const tables = await exportedTables(database, names[0]);
    expect(tables['trials']!.slice(6)).toMatchObject([
      { state: 'PRUNED', datetime_complete: '2026-01-02 05:00:00.000001' },
      { state: 'RUNNING', datetime_start: '2026-01-02 05:00:00.500000' },
      { state: 'COMPLETE' },
    ]);
    expect(tables['trial_intermediate_values']!.slice(-3).map((row) => Object.values(row).slice(1))).toEqual([
      [7, 2, 0.25, 'FINITE'],
      [7, 3, 0.5, 'FINITE'],
      [8, 0, 1.5, 'FINITE'],
    ]);
    expect(tables['trial_user_attributes']!.map(({ key, value_json }) => [key, value_json])).toEqual(
      expect.arrayContaining([
        ['late', '[1.0]'],
        ['why', '"robot"'],
      ]),
    );
    expect(tables['study_user_attributes']).toMatchObject([{ key: 'nan' }, { key: 'owner', value_json: '"someone else"' }]);
    // A trial that still runs there is the same here as long as nobody writes to it.
    expect((await imported(database, path)).map(({ added, updated }) => added + updated)).toEqual([0, 0]);
  });

  test('a study that was made anew there is not mixed with the old one', async () => {
    await changeSqlite(path, 'delete from trials where trial_id = 9', "insert into trials values (90, 0, 2, 'WAITING', null, null)");
    const { code, err } = await run(database, 'import', 'optuna', path, '--study', 'two-goals');
    expect([code, err]).toEqual([
      3,
      expect.stringContaining('trial 9, which was imported before, is not there any more: the study was made anew'),
    ]);
  });
});

describe('what differs between sources', () => {
  const database = useDatabase();

  test('times of a zone become UTC, and go out again as those of a zone', async () => {
    const [berlin] = await imported(
      database,
      await recordedFile(),
      '--study',
      'Odd study / 1',
      '--as',
      'berlin',
      '--zone',
      'Europe/Berlin',
    );
    expect(berlin).toMatchObject({ study: 'berlin', added: 8 });
    const { rows } = await database.pool.query('select min(started_at) as at from trials');
    expect(rows[0].at.toISOString()).toBe('2026-01-02T02:04:05.678Z');
    const path = fresh('db');
    await run(database, 'export', 'berlin', '--format', 'optuna', '--to', path, '--zone', 'Asia/Kolkata');
    const copy = await openSqlite(path);
    expect(copy.get('select datetime_start from trials')).toEqual({ datetime_start: '2026-01-02 07:34:05.678901' });
    copy.close();
  });

  test('distributions of old releases are read, and kept as they are', async () => {
    const old = '{"name": "DiscreteUniformDistribution", "attributes": {"low": 0.0, "high": 1.0, "q": 0.25}}';
    const path = await recordedFile(
      `update trial_params set distribution_json = '${old}' where param_name = 'q' and trial_id = 1`,
      `update trial_params set distribution_json = '{"name": "IntLogUniformDistribution", "attributes": {"low": 16, "high": 512, "step": 1}}' where param_name = 'width'`,
    );
    await imported(database, path, '--study', 'Odd study / 1', '--as', 'old');
    const { rows } = await database.pool.query("select space from studies where name = 'old'");
    expect(rows[0].space).toMatchObject({
      q: { type: 'float', low: 0, high: 1, step: 0.25 },
      width: { type: 'int', low: 16, high: 512, log: true },
    });
    expect((await exportedTables(database, 'old'))['trial_params']!.map(({ distribution_json }) => distribution_json)).toContain(old);
  });

  test('a log that was not written back yet is read with its file, and neither changes', async () => {
    const path = await recordedFile();
    const before = await openSqlite(path);
    before.exec('pragma journal_mode = wal');
    before.exec("insert into trials values (11, 8, 1, 'WAITING', null, null)");
    const [item] = await imported(database, path, '--study', 'Odd study / 1', '--as', 'logged');
    before.close();
    expect(item).toMatchObject({ added: 9 });
  });

  test('a journal: a write to an ended trial, a second claim and other choices count as little as for Optuna', async () => {
    const path = fresh('log');
    const line = (fields: string): string => `{"op_code":${fields.replace(',', ',"worker_id":"w",')}}\n`;
    const choices = (list: string): string => JSON.stringify(`{"name": "CategoricalDistribution", "attributes": {"choices": ${list}}}`);
    writeFileSync(
      path,
      [
        line('0,"study_name":"noted","directions":[2]'),
        line('2,"study_id":0,"user_attr":{"big":{"a":[1.0,12345678901234567890,NaN]}}'),
        line('4,"study_id":0,"datetime_start":"2026-01-02T03:04:05.678901+02:00"'),
        line(`5,"trial_id":0,"param_name":"c","param_value_internal":1.0,"distribution":${choices('["a", "b"]')}`),
        line('7,"trial_id":0,"step":3,"intermediate_value":-Infinity'),
        line('6,"trial_id":0,"state":1,"values":[0.5],"datetime_complete":"2026-01-02T03:04:06+02:00"'),
        line('6,"trial_id":0,"state":3,"values":null,"datetime_complete":"2026-01-02T03:04:07+02:00"'),
        line('8,"trial_id":0,"user_attr":{"late":1}'),
        line('4,"study_id":0,"datetime_start":null,"state":4,"system_attrs":{"fixed_params":{"x":1.0}}'),
        line('6,"trial_id":1,"state":0,"values":null,"datetime_start":"2026-01-02T04:00:00+00:00"'),
        line('6,"trial_id":1,"state":0,"values":null,"datetime_start":"2026-01-02T05:00:00+00:00"'),
        line(`5,"trial_id":1,"param_name":"c","param_value_internal":0.0,"distribution":${choices('["b", "a"]')}`),
        line('10,"trial_ids":[1]'),
        // Being written.
        '{"op_code":8,"trial_id":1,"user_at',
      ].join(''),
    );
    expect(await imported(database, path)).toMatchObject([{ study: 'noted', added: 2 }]);
    const tables = await exportedTables(database, 'noted');
    expect(tables['study_user_attributes']).toMatchObject([{ key: 'big', value_json: '{"a": [1.0, 12345678901234567890, NaN]}' }]);
    expect(tables['trials']).toMatchObject([
      { state: 'COMPLETE', datetime_start: '2026-01-02 01:04:05.678901', datetime_complete: '2026-01-02 01:04:06.000000' },
      { state: 'RUNNING', datetime_start: '2026-01-02 04:00:00.000000' },
    ]);
    expect(tables['trial_params']).toMatchObject([{ trial_id: 1, param_name: 'c', param_value: 1 }]);
    expect(tables['trial_user_attributes']).toEqual([]);
    expect(tables['trial_system_attributes']).toMatchObject([{ value_json: '{"x": 1.0}' }]);
  });
});

describe('servers', () => {
  const [database, other] = [useDatabase(), useDatabase()];

  test('PostgreSQL', async () => {
    const client = new pg.Client({ connectionString: other.url });
    await client.connect();
    // Beside the tables here, which have some of the names.
    await client.query('create schema optuna; set search_path = optuna');
    for (const statement of recordedSql(dialects.postgresql)) await client.query(statement);
    await client.end();
    const url = `${other.url}${other.url.includes('?') ? '&' : '?'}options=-csearch_path%3Doptuna`;
    await imported(database, url.replace('postgresql:', 'postgresql+psycopg2:'), '--study', 'Odd study / 1', '--as', 'odd-pg');
    await imported(database, url, '--study', 'two-goals', '--as', 'two-pg');
    await expectRecorded(database, ['odd-pg', 'two-pg']);
  });

  const mysql = createMysqlDatabase();
  test.skipIf(mysql === null)('MySQL', async () => {
    const url = await mysql!.create(recordedSql(dialects.mysql));
    await imported(database, url.replace('mysql:', 'mysql+pymysql:'), '--study', 'Odd study / 1', '--as', 'odd-my');
    await imported(database, url, '--study', 'two-goals', '--as', 'two-my');
    await expectRecorded(database, ['odd-my', 'two-my']);
    await mysql!.drop();
  });

  test('a storage over gRPC: out, in again, and what is given up is not left there', async () => {
    await imported(database, await recordedFile());
    const server = await optunaServer(other.db);
    const address = `grpc://127.0.0.1:${server.port}`;
    for (const name of ['odd-study-1', 'two-goals']) {
      const { code, err } = await run(database, 'export', name, '--format', 'optuna', '--to', address);
      expect(code, err).toBe(0);
    }
    const again = await run(database, 'export', 'two-goals', '--format', 'optuna', '--to', address);
    expect([again.code, again.err]).toEqual([3, expect.stringContaining('there is a study "two-goals" already')]);
    await imported(database, address, '--study', 'Odd study / 1', '--as', 'odd-grpc');
    await imported(database, address, '--study', 'two-goals', '--as', 'two-grpc');
    await expectRecorded(database, ['odd-grpc', 'two-grpc']);
    await server.close();
    expect(server.faults).toEqual([]);
  });
});
