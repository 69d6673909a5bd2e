import { describe, expect, test } from 'vitest';
import { begin, claimOne, complete, onlyTrial, running, type StorageUnderTest } from './subject.ts';

/** Fencing of writes, and recovery of trials whose workers died. */
export function leaseConformance(subject: StorageUnderTest): void {
  describe('leases', () => {
    test('renewing keeps a lease alive; an expired one is lost even before it is reaped', async () => {
      const { storage, claimed } = await running(subject);
      expect(await storage.renew(claimed.lease)).toBe('alive');
      await subject.expire(claimed.lease);
      expect(await storage.renew(claimed.lease)).toBe('lost');
      expect(await storage.report(claimed.lease, { step: 1, value: 1 })).toEqual({ lease: 'lost' });
      expect(await storage.finish(claimed.lease, complete(1))).toBe('lost');
    });

    test('a live lease is not reaped', async () => {
      const { storage, study } = await running(subject);
      expect(await storage.reap(study.id)).toEqual({ requeued: [], failed: [] });
    });

    test("a zombie's report, renewal, artifact and finish change nothing", async () => {
      const { storage, study, claimed: zombie } = await running(subject);
      await subject.expire(zombie.lease);
      expect(await storage.reap(study.id)).toEqual({ requeued: [0], failed: [] });
      const heir = await claimOne(storage, study.id, 'heir');
      const before = await onlyTrial(subject, study.id);
      expect(await storage.report(zombie.lease, { step: 1, value: 1 })).toEqual({ lease: 'lost' });
      expect(await storage.renew(zombie.lease)).toBe('lost');
      expect(await storage.attach(zombie.lease, { role: 'policy', hash: 'd'.repeat(64), bytes: 1 })).toBe('lost');
      expect(await storage.recordDataRead(zombie.lease, { name: 'bars', hash: 'e'.repeat(64), searchedUntilMs: null })).toBe('lost');
      expect(await storage.finish(zombie.lease, complete(1))).toBe('lost');
      expect(await storage.release(zombie.lease)).toBe('lost');
      expect(await onlyTrial(subject, study.id)).toEqual(before);
      expect(await storage.finish(heir.lease, complete(2))).toBe('alive');
      expect(await onlyTrial(subject, study.id)).toMatchObject({ state: 'complete', value: 2, attempt: 2 });
    });

    test('a second attempt has the same parameters and seed and an empty curve', async () => {
      const { storage, study, claimed: first } = await running(subject, { pruner: { id: 'median', options: { startupTrials: 0 } } });
      await storage.report(first.lease, { step: 1, value: 100 });
      await subject.expire(first.lease);
      await storage.reap(study.id);
      const second = await claimOne(storage, study.id);
      expect(second).toMatchObject({ params: first.params, seed: first.seed, lease: { attempt: 2 } });
      expect(await storage.report(second.lease, { step: 1, value: 5 })).toMatchObject({ decision: { prune: false } });
      expect((await onlyTrial(subject, study.id)).reports).toEqual([
        { attempt: 1, step: 1, value: 100 },
        { attempt: 2, step: 1, value: 5 },
      ]);
    });

    test('a study reads only one content under one name, by any number of readers', async () => {
      const { storage, study, claimed } = await running(subject);
      const read = { name: 'bars', hash: 'd'.repeat(64), searchedUntilMs: null };
      const other = { ...read, hash: 'e'.repeat(64) };
      expect(await storage.recordDataRead(claimed.lease, read)).toBe('alive');
      expect(await storage.recordDataRead(claimed.lease, { ...read, searchedUntilMs: 1000 })).toBe('alive');
      expect(await storage.recordDataRead(claimed.lease, other)).toBe('other_data');
      await storage.finish(claimed.lease, complete(1));
      await storage.ask(study.id);
      const next = await claimOne(storage, study.id);
      expect(await storage.recordDataRead(next.lease, other)).toBe('other_data');
      expect(await storage.recordDataRead(next.lease, { ...other, name: 'more bars' })).toBe('alive');
      const elsewhere = await running(subject);
      expect(await elsewhere.storage.recordDataRead(elsewhere.claimed.lease, other)).toBe('alive');
    });

    test('what the sessions of a content are is recorded by anybody, before it is read, and may be repeated', async () => {
      const { storage, claimed } = await running(subject);
      const days = [{ startsMs: Date.UTC(2018, 0, 2), hash: 'f'.repeat(64) }];
      for (const recorder of [storage, storage, subject.open()])
        expect(await recorder.recordDataDays('d'.repeat(64), days)).toBeUndefined();
      expect(await storage.recordDataDays('d'.repeat(64), [])).toBeUndefined();
      await subject.expire(claimed.lease);
      expect(await storage.recordDataDays('d'.repeat(64), days)).toBeUndefined();
    });

    test('a trial whose attempts are all lost fails with an error', async () => {
      const { storage, study, claimed } = await running(subject, { maxAttempts: 2 });
      await subject.expire(claimed.lease);
      await storage.reap(study.id);
      await subject.expire((await claimOne(storage, study.id)).lease);
      const { requeued, failed } = await storage.reap(study.id);
      expect(requeued).toEqual([]);
      expect(failed).toMatchObject([{ number: 0, error: { code: 'lease_lost', message: expect.stringContaining('2 attempts') } }]);
      expect((await onlyTrial(subject, study.id)).state).toBe('failed');
      expect(await storage.claim({ studies: [study.id], worker: 'w', leaseMs: 1000 })).toBeNull();
    });

    test('lists studies with an expired lease, and when the next one expires', async () => {
      const [a, b] = [await running(subject), await running(subject)];
      const ids = [a.study.id, b.study.id];
      const before = await a.storage.expiries(ids);
      expect(before.lapsed).toEqual([]);
      expect(before.nextMs).toBeGreaterThan(0);
      expect(before.nextMs).toBeLessThanOrEqual(60_000);
      await subject.expire(a.claimed.lease);
      expect((await b.storage.expiries(ids)).lapsed).toEqual([a.study.id]);
      expect(await b.storage.expiries([a.study.id])).toEqual({ lapsed: [a.study.id], nextMs: null });
      await a.storage.reap(a.study.id);
      expect((await b.storage.expiries(ids)).lapsed).toEqual([]);
      expect(await b.storage.expiries([])).toEqual({ lapsed: [], nextMs: null });
    });

    test('many reapers at once requeue a trial once', async () => {
      const { study, claimed } = await running(subject);
      await subject.expire(claimed.lease);
      const reaped = await Promise.all(Array.from({ length: 6 }, () => subject.open().reap(study.id)));
      expect(reaped.flatMap(({ requeued }) => requeued)).toEqual([0]);
    });

    test('a trial asked to cancel is cancelled when its worker dies', async () => {
      const { storage, study, claimed } = await running(subject, { budget: { trials: 1 } });
      await subject.cancel(study.id, 0, 'operator');
      await subject.expire(claimed.lease);
      await storage.reap(study.id);
      expect((await onlyTrial(subject, study.id)).state).toBe('cancelled');
      expect(await storage.ask(study.id)).toEqual({ kind: 'queued', number: 1 });
    });
  });

  describe('release', () => {
    test('puts the trial back at its old place; repeating it is harmless and costs no attempt', async () => {
      const { storage, study, claimed } = await running(subject, { maxAttempts: 1 });
      await storage.ask(study.id);
      await storage.report(claimed.lease, { step: 1, value: 1 });
      expect(await storage.release(claimed.lease)).toBe('alive');
      expect(await storage.release(claimed.lease)).toBe('alive');
      const again = await claimOne(storage, study.id);
      expect(again).toMatchObject({ number: 0, lease: { attempt: 2 } });
      expect(await storage.report(claimed.lease, { step: 2, value: 1 })).toEqual({ lease: 'lost' });
    });
  });

  describe('under load', () => {
    test('eight workers, lost leases and reapers: every trial ends once and none is lost', async () => {
      const { study } = await begin(subject, { budget: { trials: 60 }, maxAttempts: 50, pruner: { id: 'median', options: {} } });
      const done: number[] = [];
      const work = async (index: number): Promise<void> => {
        const storage = subject.open();
        for (let turn = 0; ; turn++) {
          const asked = await storage.ask(study.id);
          const claimed = await storage.claim({ studies: [study.id], worker: `w${index}`, leaseMs: 60_000 });
          if (claimed === null) {
            if (asked.kind === 'exhausted' && asked.open === 0) return;
            await storage.reap(study.id);
            continue;
          }
          await storage.report(claimed.lease, { step: 1, value: claimed.number });
          const fault = (index + turn) % 5;
          if (fault === 0) await subject.expire(claimed.lease);
          else if (fault === 1) await storage.release(claimed.lease);
          if ((await storage.finish(claimed.lease, complete(claimed.number))) === 'alive') done.push(claimed.number);
          if (fault === 2) await storage.reap(study.id);
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, i) => work(i)));
      const all = Array.from({ length: 60 }, (_, i) => i);
      expect(done.toSorted((a, b) => a - b)).toEqual(all);
      expect((await subject.trials(study.id)).map(({ number, state, value }) => [number, state, value])).toEqual(
        all.map((number) => [number, 'complete', number]),
      );
    });
  });
}
