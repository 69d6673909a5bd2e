import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { assayHere } from '../../e2e/assay.ts';
import { useDatabase } from '../../fixtures/database.ts';
import { changeSqlite, recordedDatabase } from '../../fixtures/optuna-rdb.ts';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'assay-refused-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const fresh = (ending: string): string => join(folder, `${files++}.${ending}`);
const recordedFile = (...more: readonly string[]): Promise<string> => recordedDatabase(fresh('db'), ...more);

const refused = async (...parameters: readonly string[]): Promise<readonly [number | null, string]> => {
  const { code, err } = await assayHere(['import', 'optuna', ...parameters], { DATABASE_URL: database.url });
  return [code, err];
};

test('is refused with exit code 2 and what to do, and leaves no study', async () => {
  const path = await recordedFile();
  const text = fresh('txt');
  writeFileSync(text, 'hello');
  const broken = fresh('log');
  writeFileSync(broken, '{"op_code":0,"study_name":"cut","directions":[1]}\n{"op_code":}\n');
  const [foreign, older, newer] = [
    fresh('db'),
    await recordedFile('update version_info set schema_version = 11'),
    await recordedFile('update version_info set schema_version = 13'),
  ];
  await changeSqlite(foreign, 'create table other (x)');
  expect(await refused(join(folder, 'none.db'))).toEqual([2, expect.stringContaining('there is no such file')]);
  expect(await refused(text)).toEqual([2, expect.stringContaining('neither a file of SQLite nor a journal')]);
  expect(await refused(folder)).toEqual([2, expect.stringContaining('neither a file of SQLite nor a journal')]);
  expect(await refused(broken)).toEqual([2, expect.stringMatching(/:2: this is no line of a journal/)]);
  expect(await refused(foreign)).toEqual([2, expect.stringContaining('no table version_info')]);
  expect(await refused(older)).toEqual([2, expect.stringContaining('optuna storage upgrade')]);
  expect(await refused('redis://127.0.0.1')).toEqual([2, expect.stringContaining('"redis" is no database of Optuna that can be read')]);
  expect(await refused(path, '--study', 'two-gaols')).toEqual([2, expect.stringContaining('did you mean two-goals?')]);
  expect(await refused(path, '--as', 'both')).toEqual([2, expect.stringContaining('--as names one study, and 2 are to be imported')]);
  expect(await refused(path, '--zone', 'Mars')).toEqual([2, expect.stringContaining('there is no time zone "Mars"')]);
  const { rowCount } = await database.pool.query('select from studies');
  expect(rowCount).toBe(0);
  expect(await refused(newer, '--study', 'two-goals')).toEqual([
    0,
    expect.stringContaining('note: its tables have version 13 (Optuna 5.0.0), which is newer than 12'),
  ]);
});

test('no message has the password of a database', async () => {
  const [code, err] = await refused('mysql://someone:s3cret@127.0.0.1:1/optuna');
  expect([code, err]).toEqual([4, expect.stringContaining('mysql://127.0.0.1:1/optuna: it cannot be used')]);
  expect(err).not.toContain('s3cret');
  expect(await refused('postgresql://someone:s3cret@127.0.0.1:1/optuna')).toEqual([4, expect.not.stringContaining('s3cret')]);
  expect((await refused('grpc://127.0.0.1:1'))[0]).toBe(4);
});
