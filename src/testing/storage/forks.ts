import { describe, expect, test } from 'vitest';
import type { Storage, StudyId } from '../../search/study/storage.ts';
import { checkpointOf } from './checkpoints.ts';
import { begin, complete, type StorageUnderTest } from './subject.ts';

const population = { id: 'pbt', options: { population: 2, interval: 2, quantile: 0.5 } };
const study = { sampler: population, pruner: population, budget: { trials: 3 } };

const takeOne = async (storage: Storage, id: StudyId) => {
  const taken = await storage.take({ studies: [id], worker: 'w', leaseMs: 60_000 });
  if (taken.kind !== 'taken') throw new Error('nothing to take');
  return taken.claimed;
};

/** Trials that go on from the checkpoint of another one. */
export function forkConformance(subject: StorageUnderTest): void {
  /** Two that trained for two steps, of which number 1 gave up, and the one that goes on from number 0. */
  const forked = async (change = {}) => {
    const { storage, study: record } = await begin(subject, { ...study, ...change });
    const [parent, other] = [await takeOne(storage, record.id), await takeOne(storage, record.id)];
    const [kept, given] = [checkpointOf(2), checkpointOf(2)];
    for (const step of [1, 2]) await storage.report(parent.lease, { step, value: step, metrics: { loss: 1 / step } });
    await storage.checkpoint(parent.lease, kept);
    await storage.report(parent.lease, { step: 3, value: 3 });
    await storage.report(other.lease, { step: 1, value: 8 });
    await storage.checkpoint(other.lease, given);
    const reported = await storage.report(other.lease, { step: 2, value: 9 });
    expect(reported).toMatchObject({ decision: { prune: true, reason: expect.stringContaining('#0 leads them with 2') } });
    await storage.finish(other.lease, { kind: 'pruned', atStep: 2, reason: 'gave up' });
    return { storage, id: record.id, parent, kept, fork: await takeOne(storage, record.id) };
  };

  describe('a fork', () => {
    test('begins with another trial’s checkpoint and the reports up to it, under its own number and seed', async () => {
      const { storage, id, parent, kept, fork } = await forked();
      expect(fork.number).toBe(2);
      expect(fork.seed).not.toBe(parent.seed);
      expect(fork.params).not.toEqual(parent.params);
      expect(await storage.findCheckpoint(fork.lease)).toEqual(kept);
      expect(await storage.resume(fork.lease, kept)).toBe('alive');
      await storage.report(fork.lease, { step: 3, value: 2.5 });
      await storage.finish(fork.lease, complete(2.5));
      const { reports, attempt } = (await subject.trials(id))[2]!;
      expect(reports.filter((report) => report.attempt === attempt).map(({ step, value }) => [step, value])).toEqual([
        [1, 1],
        [2, 2],
        [3, 2.5],
      ]);
      // The other trial has its own, as before.
      expect((await subject.trials(id))[0]!.reports).toHaveLength(3);
      expect(await storage.findCheckpoint(parent.lease)).toEqual(kept);
    });

    test('shares the bytes, which are deleted when neither trial needs them', async () => {
      const { storage, id, parent, kept, fork } = await forked();
      const later = checkpointOf(3);
      expect(await storage.checkpoint(parent.lease, later)).toEqual({ lease: 'alive', gone: [] });
      await storage.finish(parent.lease, complete(3));
      expect(await storage.dropCheckpoints(id)).not.toContain(kept.hash);
      expect(await storage.findCheckpoint(fork.lease)).toEqual(kept);
      await storage.finish(fork.lease, complete(2));
      expect(await storage.dropCheckpoints(id)).toEqual([kept.hash]);
    });

    test('continues from the same checkpoint if its worker dies before saving another', async () => {
      const { storage, id, kept, fork } = await forked();
      await subject.expire(fork.lease);
      expect(await storage.reap(id)).toEqual({ requeued: [2], failed: [] });
      const heir = await takeOne(subject.open(), id);
      expect(heir.number).toBe(2);
      expect(await storage.findCheckpoint(heir.lease)).toEqual(kept);
      expect(await storage.resume(heir.lease, kept)).toBe('alive');
    });

    test('counts only its own steps in the budget', async () => {
      // Three of number 0, two of number 1: the fork brings the sixth and ends the study.
      const { storage, id, kept, fork } = await forked({ budget: { trials: 9, steps: 6 } });
      expect(fork.number).toBe(2);
      await storage.resume(fork.lease, kept);
      const another = await storage.ask(id);
      expect(another).toMatchObject({ kind: 'queued' });
      await storage.report(fork.lease, { step: 3, value: 3 });
      expect(await storage.ask(id)).toMatchObject({ kind: 'exhausted' });
    });

    test('counts every step if it began anew for want of the bytes', async () => {
      const { storage, id, fork } = await forked({ budget: { trials: 9, steps: 6 } });
      await storage.report(fork.lease, { step: 1, value: 3 });
      expect(await storage.ask(id)).toMatchObject({ kind: 'exhausted' });
      expect(await storage.report(fork.lease, { step: 2, value: 9.5 })).toMatchObject({ decision: { prune: true } });
    });
  });
}
