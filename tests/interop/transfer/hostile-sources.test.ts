import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { AssayError } from '../../../src/core/errors.ts';
import { journalSink } from '../../../src/interop/export/optuna/journal.ts';
import { openSource } from '../../../src/interop/import/optuna/open-source.ts';
import { Fault } from '../../../src/interop/optuna/fault.ts';
import { templateRows } from '../../../src/interop/optuna/store/template.ts';
import { assayHere } from '../../e2e/assay.ts';
import { useDatabase } from '../../fixtures/database.ts';
import { changeSqlite, recorded, recordedDatabase } from '../../fixtures/optuna-rdb.ts';
import { wireStudy } from '../../fixtures/wire-studies.ts';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'assay-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** Reads all of a source up to the rows of our tables; what it may throw has a code, or is a refusal. */
async function readAll(path: string): Promise<void> {
  try {
    const source = openSource(path, 'UTC');
    try {
      await source.view(async (view) => {
        for (const study of await view.studies()) {
          const ids = (await view.index(study.study_id)).map(({ id }) => id);
          const trials = ids.length === 0 ? [] : await view.trials(study.study_id, ids);
          for (const trial of trials) templateRows(trial, study.directions.length, 'w');
        }
      });
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof Fault)) expect(error).toBeInstanceOf(AssayError);
    if (error instanceof AssayError) expect(error.code).toBe('data_invalid');
  }
}

/** Replaces some characters of a text. */
const damaged = (text: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.tuple(fc.nat(Math.max(0, text.length - 1)), fc.constantFrom('', '"', '{', '}', ',', ':', '9', 'NaN', '-', 'null', '[', '\n')),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((changes) => changes.reduce((so, [at, by]) => so.slice(0, at) + by + so.slice(at + 1), text));

test('a journal with any damage is read or refused, and crashes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(wireStudy, fc.nat(), async ({ study, trials }, seed) => {
      const path = join(folder, `${files++}.log`);
      const sink = journalSink(path);
      await sink.begin(study);
      await sink.write(trials);
      await sink.end();
      const [text] = fc.sample(damaged(readFileSync(path, 'utf8')), { numRuns: 1, seed });
      writeFileSync(path, text!);
      await readAll(path);
      rmSync(path);
    }),
  );
});

test('a database with any cell changed is read or refused, and crashes nothing', async () => {
  const cells = Object.entries(recorded).flatMap(([table, { columns, rows }]) =>
    rows.length === 0 ? [] : columns.map((column) => [table, column] as const),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...cells),
      fc.constantFrom('null', '-1', "''", "'x'", '1e400', '9223372036854775807', "x'00ff'", '\'{"name": "FloatDistribution"}\'', '0.5'),
      async ([table, column], value) => {
        const path = join(folder, `${files++}.db`);
        await recordedDatabase(path, `update ${table} set "${column}" = ${value} where rowid = 1`);
        await readAll(path);
        rmSync(path);
      },
    ),
    { numRuns: 40 },
  );
});

test('a study that cannot be read leaves nothing here; what is wrong is said with its place', async () => {
  const path = await recordedDatabase(join(folder, 'wrong.db'), "update trial_params set distribution_json = '{}' where trial_id = 1");
  const { code, err } = await assayHere(['import', 'optuna', path], { DATABASE_URL: database.url });
  expect([code, err]).toEqual([2, expect.stringMatching(/wrong\.db: study "Odd study \/ 1": there is no distribution undefined/)]);
  expect((await database.pool.query('select from studies')).rowCount).toBe(0);
  await changeSqlite(path, "update study_user_attributes set key = printf('%.600c', 'k') where study_user_attribute_id = 1");
  const long = await assayHere(['import', 'optuna', path], { DATABASE_URL: database.url });
  expect([long.code, long.err]).toEqual([2, expect.stringContaining('has more than 512 characters')]);
});
