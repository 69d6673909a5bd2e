import { describe, expect, test } from 'vitest';
import type { Taken } from '../../search/study/storage.ts';
import { checkpointOf } from './checkpoints.ts';
import { claimOne, complete, onlyTrial, running, type StorageUnderTest } from './subject.ts';

const missed = { atStep: 2, reason: 'below the bar' };
const request = (study: number) => ({ studies: [study], worker: 'w', leaseMs: 60_000 });
const nothing: Taken = { kind: 'none', open: false, paused: [] };

/** Trials paused by a person or the pruner. */
export function pauseConformance(subject: StorageUnderTest): void {
  describe('a paused trial', () => {
    test('is not claimed until it is resumed; then it continues from its checkpoint, and the pause costs no attempt', async () => {
      const { storage, study, claimed } = await running(subject, { budget: { trials: 1 }, maxAttempts: 1 });
      for (const step of [1, 2]) await storage.report(claimed.lease, { step, value: step });
      const kept = checkpointOf(2);
      await storage.checkpoint(claimed.lease, kept);
      expect(await storage.pause(claimed.lease, missed)).toBe('alive');
      expect(await onlyTrial(subject, study.id)).toMatchObject({ state: 'paused', attempt: 1, pausedBy: 'nop', reason: missed.reason });
      expect(await storage.claim(request(study.id))).toBeNull();
      expect(await storage.dropCheckpoints(study.id)).toEqual([]);
      expect(await subject.resume(study.id, 0)).toBe('queued');
      const heir = await claimOne(storage, study.id);
      expect(heir).toMatchObject({ number: 0, params: claimed.params, seed: claimed.seed, lease: { attempt: 2 } });
      expect(await storage.findCheckpoint(heir.lease)).toEqual(kept);
      expect(await storage.resume(heir.lease, kept)).toBe('alive');
      expect(await storage.finish(heir.lease, complete(3))).toBe('alive');
      expect(await onlyTrial(subject, study.id)).toMatchObject({ state: 'complete', value: 3, pausedBy: null, reason: null });
    });

    test('stays paused when the verb is repeated after a lost reply, and a zombie pauses nothing', async () => {
      const { storage, study, claimed } = await running(subject);
      expect(await storage.pause(claimed.lease, missed)).toBe('alive');
      expect(await storage.pause(claimed.lease, missed)).toBe('alive');
      await subject.resume(study.id, 0);
      const heir = await claimOne(storage, study.id);
      expect(await storage.pause(claimed.lease, missed)).toBe('alive');
      expect(await onlyTrial(subject, study.id)).toMatchObject({ state: 'running', attempt: 2 });
      await subject.expire(heir.lease);
      expect(await storage.pause(heir.lease, missed)).toBe('lost');
    });

    test('paused in the queue by a person takes a place in the budget, and no worker waits for it', async () => {
      const { storage, study, claimed } = await running(subject, { budget: { trials: 1 } });
      await storage.release(claimed.lease);
      expect(await subject.pause(study.id, 0, 'me')).toBe('paused');
      expect(await subject.pause(study.id, 0, 'me')).toBe('paused');
      expect(await storage.ask(study.id)).toEqual({ kind: 'exhausted', open: 0 });
      expect(await storage.take(request(study.id))).toEqual(nothing);
      expect(await subject.resume(study.id, 0)).toBe('queued');
      expect(await subject.resume(study.id, 0)).toBe('queued');
      expect(await storage.take(request(study.id))).toMatchObject({ kind: 'taken', claimed: { number: 0 } });
    });

    test('asked to pause while running sees it at its report, and is paused however its attempt ends', async () => {
      for (const end of ['release', 'death', 'pause'] as const) {
        const { storage, study, claimed } = await running(subject);
        expect(await subject.pause(study.id, 0, 'me')).toBe('requested');
        expect(await storage.renew(claimed.lease)).toBe('alive');
        expect(await storage.report(claimed.lease, { step: 1, value: 1 })).toMatchObject({
          lease: 'alive',
          cancelled: false,
          pausing: true,
        });
        if (end === 'release') await storage.release(claimed.lease);
        if (end === 'pause') await storage.pause(claimed.lease, missed);
        if (end === 'death') {
          await subject.expire(claimed.lease);
          expect(await storage.reap(study.id)).toEqual({ requeued: [], failed: [] });
        }
        expect(await onlyTrial(subject, study.id)).toMatchObject({ state: 'paused', pausedBy: 'me', reason: null });
      }
    });

    test('that ends before it sees the request stays ended; one whose request was withdrawn goes on', async () => {
      const { storage, study, claimed } = await running(subject);
      await subject.pause(study.id, 0, 'me');
      expect(await subject.resume(study.id, 0)).toBe('running');
      expect(await storage.report(claimed.lease, { step: 1, value: 1 })).toMatchObject({ pausing: false });
      await subject.pause(study.id, 0, 'me');
      expect(await storage.finish(claimed.lease, complete(1))).toBe('alive');
      expect(await onlyTrial(subject, study.id)).toMatchObject({ state: 'complete' });
      await expect(subject.pause(study.id, 0, 'me')).rejects.toMatchObject({ code: 'conflict' });
      await expect(subject.resume(study.id, 0)).rejects.toMatchObject({ code: 'conflict' });
    });

    test('is cancelled at once, and its place in the budget is free again', async () => {
      const { storage, study, claimed } = await running(subject, { budget: { trials: 1 } });
      await storage.pause(claimed.lease, missed);
      expect(await subject.cancel(study.id, 0, 'me')).toBe('cancelled');
      expect(await onlyTrial(subject, study.id)).toMatchObject({ state: 'cancelled', pausedBy: null, reason: null });
      expect(await storage.ask(study.id)).toEqual({ kind: 'queued', number: 1 });
    });

    test('still counts as a peer, with its curve when it was paused', async () => {
      const pruner = { id: 'successive-halving', options: { minResource: 1, reductionFactor: 2 } };
      const { storage, study, claimed } = await running(subject, { pruner, budget: { trials: 9 } });
      expect(await storage.report(claimed.lease, { step: 1, value: 1 })).toMatchObject({ decision: { prune: false } });
      await storage.pause(claimed.lease, missed);
      // In a process that saw it run, and in one that never did.
      for (const client of [storage, subject.open()]) {
        await client.ask(study.id);
        const other = await claimOne(client, study.id);
        expect(await client.report(other.lease, { step: 1, value: 5 })).toMatchObject({ decision: { prune: true } });
      }
      await subject.resume(study.id, 0);
      const heir = await claimOne(storage, study.id);
      // An attempt that begins anew has an empty curve, also where the paused one is remembered.
      expect(await storage.report(heir.lease, { step: 1, value: 7 })).toMatchObject({ decision: { prune: true } });
    });
  });
}
