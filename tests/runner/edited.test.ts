import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, expect, inject, test } from 'vitest';
import { moduleRefOf } from '../../src/runner/study-files/module-ref.ts';
import { toStudyDescription } from '../../src/search/study/describe-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { useDatabase } from '../fixtures/database.ts';
import sphere from '../fixtures/studies/sphere.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const database = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'assay-edited-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'edited.ts');
const other = join(folder, 'imported.ts');

/** Edits the study, or a file that it imports, and opens it again. */
async function open(edition: { readonly own: number; readonly imported: number }, trials: number): Promise<string> {
  writeFileSync(other, `export const imported: number = ${edition.imported};\n`);
  writeFileSync(
    file,
    `import { defineStudy, float, random } from 'assay';
import { imported } from './imported.ts';
export default defineStudy({
  name: 'edited', direction: 'minimize', space: { x: float(-5, 5), y: float(-5, 5) }, sampler: random(),
  objective: ({ params: { x } }) => ({ value: x, metrics: { own: ${edition.own}, imported } }),
});
`,
  );
  const module = await moduleRefOf(file);
  await createStorage(database.db).open({ ...toStudyDescription(sphere, module), name: 'edited', budget: { trials } });
  return module.sourceHash;
}

test('a worker that has run a study runs it as it is after an edit, and keeps with each trial what it ran', {
  timeout: 120_000,
}, async () => {
  const sources = [await open({ own: 1, imported: 1 }, 2)];
  const run = startRun({ studies: [], workers: 1, databaseUrl: database.url, dataDir: inject('testDataDir'), leaseMs: 1500, graceMs: 500 });
  await run.event('trial-finished', 2);
  sources.push(await open({ own: 2, imported: 1 }, 4));
  await run.event('trial-finished', 4);
  sources.push(await open({ own: 2, imported: 2 }, 6));
  await run.event('trial-finished', 6);
  run.signal('SIGTERM');
  expect(await run.end).toMatchObject({ exitCode: 0 });
  await run.gone();
  const { rows } = await database.db.execute(sql`
    select number, metric_values as metrics, source_hash as source from trials join attempts on trial_id = trials.id where state = 'complete' order by number`);
  expect(rows).toEqual(
    [
      [1, 1],
      [1, 1],
      [2, 1],
      [2, 1],
      [2, 2],
      [2, 2],
    ].map((metrics, number) => ({ number, metrics, source: sources[Math.floor(number / 2)] })),
  );
});
