import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { assayHere } from '../../e2e/assay.ts';
import { untilRow, useDatabase } from '../../fixtures/database.ts';
import { changeSqlite, recordedDatabase } from '../../fixtures/optuna-rdb.ts';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'assay-watch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('--watch takes over what is new until a signal, and then ends well', async () => {
  const path = await recordedDatabase(join(folder, 'study.db'));
  const watching = assayHere(['import', 'optuna', path, '--study', 'two-goals', '--watch', '--every', '1s'], {
    DATABASE_URL: database.url,
  });
  await untilRow(database, 'select from imported_trials');
  await changeSqlite(path, "insert into trials values (50, 1, 2, 'WAITING', null, null)");
  await untilRow(database, 'select from imported_trials where source_id = 50');
  await changeSqlite(path, "update trials set state = 'RUNNING', datetime_start = '2026-01-02 05:00:00' where trial_id = 50");
  await untilRow(database, "select from trials where state = 'running'");
  process.emit('SIGINT');
  const { code, out, err } = await watching;
  expect([code, out]).toEqual([0, expect.stringContaining('two-goals\t')]);
  expect(err).toContain('two-goals: 1 new, 0 updated');
});
