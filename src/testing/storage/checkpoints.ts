import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckpointRef, Lease, Storage, StudyId } from '../../search/study/storage.ts';
import { claimOne, complete, onlyTrial, running, type StorageUnderTest } from './subject.ts';

let made = 0;

/** Bytes that nothing else has. */
export function checkpointOf(step: number): CheckpointRef {
  made += 1;
  return { step, hash: `${process.pid}${made}`.padStart(64, '0'), bytes: 10 };
}

async function make(storage: Storage, lease: Lease, step: number): Promise<CheckpointRef> {
  const checkpoint = checkpointOf(step);
  expect(await storage.checkpoint(lease, checkpoint)).toMatchObject({ lease: 'alive' });
  return checkpoint;
}

/** Part of a trial that remains of an unfinished attempt. */
export function checkpointConformance(subject: StorageUnderTest): void {
  const crash = async (storage: Storage, study: StudyId, lease: Lease) => {
    await subject.expire(lease);
    await storage.reap(study);
    return claimOne(storage, study);
  };

  describe('checkpoints', () => {
    test('the next attempt finds the newest, and the one before is deleted', async () => {
      const { storage, study, claimed } = await running(subject);
      expect(await storage.findCheckpoint(claimed.lease)).toBeNull();
      const first = await make(storage, claimed.lease, 10);
      const second = checkpointOf(20);
      expect(await storage.checkpoint(claimed.lease, second)).toEqual({ lease: 'alive', gone: [first.hash] });
      expect(await storage.checkpoint(claimed.lease, second)).toEqual({ lease: 'alive', gone: [] });
      const heir = await crash(storage, study.id, claimed.lease);
      expect(await storage.findCheckpoint(heir.lease)).toEqual(second);
    });

    test('an attempt without its lease can neither save nor find one', async () => {
      const { storage, study, claimed: zombie } = await running(subject);
      const kept = await make(storage, zombie.lease, 10);
      const heir = await crash(storage, study.id, zombie.lease);
      expect(await storage.checkpoint(zombie.lease, checkpointOf(99))).toEqual({ lease: 'lost' });
      expect(await storage.findCheckpoint(zombie.lease)).toBe('lost');
      expect(await storage.resume(zombie.lease, kept)).toBe('lost');
      expect(await storage.findCheckpoint(heir.lease)).toEqual(kept);
    });

    test('the reports up to it are inherited once, later ones are not', async () => {
      const { storage, study, claimed } = await running(subject, { maxAttempts: 9 });
      for (const step of [1, 2, 3]) await storage.report(claimed.lease, { step, value: step, metrics: { loss: 1 / step } });
      const checkpoint = await make(storage, claimed.lease, 2);
      const second = await crash(storage, study.id, claimed.lease);
      expect(await storage.resume(second.lease, checkpoint)).toBe('alive');
      expect(await storage.resume(second.lease, checkpoint)).toBe('alive');
      await storage.report(second.lease, { step: 3, value: 33 });
      // The second attempt dies without one of its own: the third goes on from the same one.
      const third = await crash(storage, study.id, second.lease);
      expect(await storage.resume(third.lease, checkpoint)).toBe('alive');
      const curve = (attempt: number) => (trial: Awaited<ReturnType<typeof onlyTrial>>) =>
        trial.reports.filter((report) => report.attempt === attempt).map(({ step, value }) => [step, value]);
      const trial = await onlyTrial(subject, study.id);
      expect(curve(1)(trial)).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
      expect(curve(2)(trial)).toEqual([
        [1, 1],
        [2, 2],
        [3, 33],
      ]);
      expect(curve(3)(trial)).toEqual([
        [1, 1],
        [2, 2],
      ]);
    });

    test('an attempt that does not continue from it inherits nothing', async () => {
      const { storage, study, claimed } = await running(subject);
      await storage.report(claimed.lease, { step: 1, value: 1 });
      await make(storage, claimed.lease, 1);
      const heir = await crash(storage, study.id, claimed.lease);
      await storage.report(heir.lease, { step: 5, value: 5 });
      expect((await onlyTrial(subject, study.id)).reports.filter(({ attempt }) => attempt === 2)).toEqual([
        { attempt: 2, step: 5, value: 5 },
      ]);
    });

    test('pruners see an inherited curve as one curve', async () => {
      const { storage, study, claimed } = await running(subject, { pruner: { id: 'patient', options: { wrapped: null, patience: 2 } } });
      await storage.report(claimed.lease, { step: 1, value: 1 });
      await storage.report(claimed.lease, { step: 2, value: 2 });
      const checkpoint = await make(storage, claimed.lease, 2);
      const heir = await crash(storage, study.id, claimed.lease);
      await storage.resume(heir.lease, checkpoint);
      expect(await storage.report(heir.lease, { step: 3, value: 3 })).toMatchObject({ decision: { prune: false } });
      expect(await storage.report(heir.lease, { step: 4, value: 4 })).toMatchObject({ decision: { prune: true } });
    });

    test('it is deleted when the trial is finished, not before', async () => {
      const { storage, study, claimed } = await running(subject, { budget: { trials: 2 } });
      const done = await make(storage, claimed.lease, 1);
      await storage.ask(study.id);
      const other = await claimOne(storage, study.id);
      await make(storage, other.lease, 1);
      await storage.finish(claimed.lease, complete(1));
      expect(await storage.dropCheckpoints(study.id)).toEqual([done.hash]);
      expect(await storage.dropCheckpoints(study.id)).toEqual([]);
      expect(await storage.findCheckpoint(other.lease)).not.toBeNull();
    });

    test('the last attempt has the curve of an uninterrupted one, for any sequence of reports, checkpoints and losses', async () => {
      const act = fc.constantFrom('report', 'checkpoint', 'crash', 'release');
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
          const { storage, study, claimed } = await running(subject, { maxAttempts: 100 });
          let { lease } = claimed;
          let [step, kept] = [0, 0];
          for (const next of acts) {
            if (next === 'report') {
              step += 1;
              await storage.report(lease, { step, value: step * 10 });
            } else if (next === 'checkpoint') {
              await make(storage, lease, step);
              kept = step;
            } else {
              if (next === 'crash') await subject.expire(lease);
              else await storage.release(lease);
              await storage.reap(study.id);
              ({ lease } = await claimOne(storage, study.id));
              const found = await storage.findCheckpoint(lease);
              if (found !== null && found !== 'lost') await storage.resume(lease, found);
              step = kept;
            }
          }
          const { reports } = await onlyTrial(subject, study.id);
          const last = reports.filter(({ attempt }) => attempt === lease.attempt).map(({ step: at, value }) => [at, value]);
          expect(last).toEqual(Array.from({ length: step }, (_, i) => [i + 1, (i + 1) * 10]));
        }),
        { numRuns: 15, seed: 3 },
      );
    });
  });
}
