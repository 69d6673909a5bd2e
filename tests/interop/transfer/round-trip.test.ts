import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { journalSink } from '../../../src/interop/export/optuna/journal.ts';
import { sqliteSink } from '../../../src/interop/export/optuna/sqlite.ts';
import { openSource } from '../../../src/interop/import/optuna/open-source.ts';
import type { WireStudy, WireTrial } from '../../../src/interop/optuna/wire.ts';
import { wireStudy } from '../../fixtures/wire-studies.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-round-trip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const same = (time: string): string => time;
const sinks = { sqlite: (path: string) => sqliteSink(path, same), journal: journalSink };
let files = 0;

/** Writes a study to a new file and reads it again. */
async function there(kind: keyof typeof sinks, study: WireStudy, trials: readonly WireTrial[]) {
  const path = join(folder, `${files++}`);
  const sink = sinks[kind](path);
  await sink.begin(study);
  await sink.write(trials.slice(0, 2));
  await sink.write(trials.slice(2));
  expect(existsSync(path)).toBe(false);
  await sink.end();
  const source = openSource(path, 'UTC');
  try {
    return await source.view(async (view) => {
      const studies = await view.studies();
      const id = studies[0]!.study_id;
      const index = await view.index(id);
      const read = await view.trials(
        id,
        index.map((trial) => trial.id),
      );
      return { studies, trials: read, final: index.map(({ isFinal }) => isFinal) };
    });
  } finally {
    await source.close();
    rmSync(path);
  }
}

const withoutIds = <Item extends object>(item: Item) => ({ ...item, study_id: '', trial_id: '' });

/** SQLite keeps the sign of no zero in a column of floats; Optuna's own databases lose it, too. */
function withoutSignOfZero<Item>(item: Item): Item {
  if (typeof item === 'number') return (item + 0) as Item;
  if (Array.isArray(item)) return item.map(withoutSignOfZero) as Item;
  if (typeof item !== 'object' || item === null) return item;
  return Object.fromEntries(Object.entries(item).map(([key, value]) => [key, withoutSignOfZero(value)])) as Item;
}

test.each([
  ['sqlite', { numRuns: 40 }, withoutSignOfZero],
  ['journal', {}, <Item>(item: Item): Item => item],
] as const)('a study in %s is read as it was written, letter by letter and bit by bit', async (kind, runs, kept) => {
  await fc.assert(
    fc.asyncProperty(wireStudy, async ({ study, trials }) => {
      const read = await there(kind, study, trials);
      expect(read.studies.map(withoutIds)).toStrictEqual([withoutIds(study)]);
      expect(read.trials.map(withoutIds)).toStrictEqual(kept(trials.map(withoutIds)));
      expect(read.final).toEqual(trials.map(({ state }) => state !== 0 && state !== 4));
    }),
    runs,
  );
});

test.each(['sqlite', 'journal'] as const)('an export to %s that is given up leaves nothing', async (kind) => {
  const before = readdirSync(folder);
  const sink = sinks[kind](join(folder, 'given-up'));
  const { study, trials } = fc.sample(wireStudy, 1)[0]!;
  await sink.begin(study);
  await sink.write(trials);
  await sink.abort();
  expect(readdirSync(folder)).toEqual(before);
});
