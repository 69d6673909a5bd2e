import { describe, expect, test } from 'vitest';
import type { Claimed, DataRead, StudyDescription } from '../../src/search/study/storage.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { checkpointOf } from '../../src/testing/storage/checkpoints.ts';
import { claimOne, describeStudy } from '../../src/testing/storage/subject.ts';
import { useArtifacts } from '../fixtures/artifacts.ts';
import { useDatabase } from '../fixtures/database.ts';
import { validateTrial } from '../fixtures/evaluations.ts';
import { bars, complete, searchEndMs, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const store = useArtifacts();

describe('a trial that went on from a checkpoint', () => {
  const seen = { ...bars, searchedUntilMs: searchEndMs + 2 * 86_400_000 };

  /** One that reads this in its first attempt, then up to the end of the search; between the two the study is opened anew. */
  const resumed = async (first: DataRead, change: Partial<StudyDescription> = {}): Promise<string> => {
    const storage = createStorage(database.db);
    const { id, name } = await studyWith(database.db, [{}]);
    const [before, kept] = [await claimOne(storage, id), checkpointOf(1)];
    await storage.recordDataRead(before.lease, first);
    await storage.checkpoint(before.lease, kept);
    await storage.release(before.lease);
    await storage.open(describeStudy({ name, budget: { trials: 1 }, ...change }));
    const { lease } = await claimOne(storage, id);
    for (let sent = 0; sent < 2; sent++) expect(await storage.resume(lease, kept)).toBe('alive');
    await storage.recordDataRead(lease, { ...bars, searchedUntilMs: searchEndMs });
    await storage.finish(lease, complete(1));
    await validateTrial(database.db, store, id, 0);
    return name;
  };

  test('of an attempt that saw no more data is evidence', async () => {
    const name = await resumed({ ...bars, searchedUntilMs: searchEndMs });
    expect(await readEvidence(database.db, store, `${name}#0`)).toMatchObject({ data: [bars] });
  });

  test('of an attempt that saw its test window is no evidence', async () => {
    await expect(readEvidence(database.db, store, `${await resumed(seen)}#0`)).rejects.toThrow('fold 0 is tested from 2018-02-11');
  });

  test('of an attempt that ran another source is no evidence', async () => {
    const { module } = describeStudy();
    const name = await resumed({ ...bars, searchedUntilMs: searchEndMs }, { module: { ...module, sourceHash: 'c'.repeat(64) } });
    const { rows } = await database.pool.query(
      `select attempts.source_hash from attempts join trials on trials.id = trial_id join studies on studies.id = study_id where name = $1 order by attempts.attempt`,
      [name],
    );
    expect(rows).toEqual([{ source_hash: 'b'.repeat(64) }, { source_hash: null }]);
    await expect(readEvidence(database.db, store, `${name}#0`)).rejects.toThrow('another version');
  });

  test('of another trial that saw its test window is no evidence', async () => {
    const storage = createStorage(database.db);
    const population = { id: 'pbt', options: { population: 2, interval: 2 } };
    const { id, name } = await storage.open(describeStudy({ sampler: population, pruner: population, budget: { trials: 3 } }));
    const take = async (): Promise<Claimed> => {
      const taken = await storage.take({ studies: [id], worker: 'w', leaseMs: 60_000 });
      if (taken.kind !== 'taken') throw new Error('nothing to take');
      return taken.claimed;
    };
    const [parent, other, kept] = [await take(), await take(), checkpointOf(2)];
    await storage.recordDataRead(parent.lease, seen);
    await storage.report(parent.lease, { step: 2, value: 1 });
    await storage.checkpoint(parent.lease, kept);
    await storage.finish(other.lease, { kind: 'pruned', atStep: 1, reason: 'gave up' });
    const fork = await take();
    await storage.resume(fork.lease, kept);
    await storage.recordDataRead(fork.lease, { ...bars, searchedUntilMs: searchEndMs });
    await storage.finish(fork.lease, complete(1));
    await validateTrial(database.db, store, id, fork.number);
    await expect(readEvidence(database.db, store, `${name}#${fork.number}`)).rejects.toThrow('fold 0 is tested from 2018-02-11');
  });
});
