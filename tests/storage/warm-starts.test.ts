import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FlatParams } from '../../src/search/space/param.ts';
import type { StudyDescription, StudyRecord } from '../../src/search/study/storage.ts';
import { removeStudy } from '../../src/storage/commands/remove-study.ts';
import { showStudy } from '../../src/storage/readers/show-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { countTriedOnSameData } from '../../src/storage/validations/tried.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { failed } from '../fixtures/mixed-study.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const sampler = { id: 'gp', options: {} };
const lossOf = (params: FlatParams): number => (Math.log10(Number(params['lr'])) + 3.5) ** 2 + Number(params['layers']) / 10;

/** A study of ten trials, one of which failed. */
const earlier = (change: Partial<StudyDescription> = {}): Promise<StudyRecord> =>
  studyWith(
    database.db,
    Array.from({ length: 10 }, (_, i) => {
      const params = { lr: 10 ** (-5 + (3 * ((i * 7) % 10)) / 10), layers: 1 + (i % 4) };
      return { params, outcome: i === 4 ? failed : complete(lossOf(params)) };
    }),
    change,
  );
const opened = (warmStart: readonly string[], change: Partial<StudyDescription> = {}): Promise<StudyRecord> =>
  createStorage(database.db).open(describeStudy({ sampler, warmStart, ...change }));

/** Suggests with a process of its own. */
async function nextParams({ id }: StudyRecord): Promise<FlatParams> {
  const taken = await createStorage(database.db).take({ studies: [id], worker: 'w', leaseMs: 60_000 });
  if (taken.kind !== 'taken') throw new Error('nothing to take');
  return taken.claimed.params;
}

describe('a study that starts from an earlier one', () => {
  let source: StudyRecord;
  beforeAll(async () => {
    source = await earlier();
  });

  test('begins where that was best, and shows what it took', async () => {
    const study = await opened([source.name]);
    expect(study.warmStart).toEqual([source.name]);
    const { lr, layers } = await nextParams(study);
    expect(Math.log10(Number(lr))).toBeCloseTo(-3.5, 0);
    expect(layers).toBe(1);
    expect((await showStudy(database.db, study.name)).warmStart).toEqual([
      { study: source.name, trials: 9, tried: 10, takenAt: expect.stringMatching(/^\d{4}-/) as string },
    ]);
    expect(await showStudy(database.db, source.name)).not.toHaveProperty('warmStart');
  });

  test('asks the same after the earlier one went on, was removed, and the study was opened again', async () => {
    const passing = await earlier();
    const [changed, kept] = [await opened([passing.name], { seed: 3 }), await opened([passing.name], { seed: 3 })];
    const expected = await nextParams(kept);
    await database.db.execute(sql`update studies set budget_trials = 12 where id = ${passing.id}`);
    const storage = createStorage(database.db);
    const more = await storage.take({ studies: [passing.id], worker: 'w', leaseMs: 60_000 });
    if (more.kind !== 'taken') throw new Error('nothing to take');
    await storage.finish(more.claimed.lease, complete(-100));
    await removeStudy(database.db, passing.id);
    const again = await storage.open(describeStudy({ name: changed.name, sampler, seed: 3, warmStart: [passing.name] }));
    expect(again).toMatchObject({ created: false, revision: changed.revision });
    expect(await nextParams(again)).toEqual(expected);
  });

  test('may name other ones later: what was taken before stays', async () => {
    const study = await opened([]);
    const of = (warmStart: readonly string[]): Promise<StudyRecord> =>
      createStorage(database.db).open(describeStudy({ name: study.name, sampler, warmStart }));
    await of([source.name]);
    const [before] = (await showStudy(database.db, study.name)).warmStart!;
    expect((await of([])).warmStart).toBeUndefined();
    const other = await earlier();
    await of([other.name, source.name]);
    const after = (await showStudy(database.db, study.name)).warmStart!;
    expect(after.map((item) => item.study)).toEqual([other.name, source.name]);
    expect(after[1]).toEqual(before);
  });

  test('counts the trials of the earlier one for luck where both looked at the same data, also when that is removed', async () => {
    const first = await earlier();
    const own = Array.from({ length: 2 }, (_, i) => ({ params: { lr: 1e-4, layers: i + 1 }, outcome: complete(i) }));
    const study = await studyWith(database.db, own, { warmStart: [first.name], sampler });
    const elsewhere = await studyWith(database.db, own, { warmStart: [first.name], sampler }, { name: 'bars', hash: 'e'.repeat(64) });
    const before = await countTriedOnSameData(database.db, study.id);
    expect(before).toBeGreaterThanOrEqual(12);
    expect(await countTriedOnSameData(database.db, elsewhere.id)).toBe(2);
    await removeStudy(database.db, first.id);
    expect(await countTriedOnSameData(database.db, study.id)).toBe(before);
  });

  test.each([
    ['a study that does not exist', async (): Promise<string> => 'nowhere', {}, 'not_found'],
    [
      'too few complete trials',
      async (): Promise<string> => (await studyWith(database.db, [{ outcome: complete(1) }])).name,
      {},
      'study_invalid',
    ],
    [
      'no parameter in common',
      async (): Promise<string> => source.name,
      { space: { q: { type: 'float', low: 0, high: 1 } } },
      'study_invalid',
    ],
  ] as const)('%s is refused, and no study is left behind', async (_, named, change, code) => {
    const description = describeStudy({ sampler, warmStart: [await named()], ...change });
    await expect(createStorage(database.db).open(description)).rejects.toMatchObject({ code, hint: expect.any(String) as string });
    await expect(showStudy(database.db, description.name)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('what was taken never changes', async () => {
    const change = database.pool.query(`update warm_starts set tried = tried + 1`);
    await expect(change).rejects.toThrow();
    await expect(database.pool.query(`delete from warm_starts`)).rejects.toThrow();
  });
});
