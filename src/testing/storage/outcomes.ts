import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../search/trial/trial.ts';
import { begin, claimOne, complete, onlyTrial, running, type StorageUnderTest } from './subject.ts';

/** Reports, outcomes and attachments, and what is stored of them. */
export function outcomeConformance(subject: StorageUnderTest): void {
  describe('report', () => {
    test('may be repeated: the first report of a step stays', async () => {
      const { storage, study, claimed } = await running(subject);
      for (const value of [0.5, 0.5, 0.7]) {
        expect(await storage.report(claimed.lease, { step: 1, value })).toEqual({
          lease: 'alive',
          decision: { prune: false },
          cancelled: false,
          pausing: false,
        });
      }
      expect((await onlyTrial(subject, study.id)).reports).toEqual([{ attempt: 1, step: 1, value: 0.5 }]);
    });

    test('keeps NaN and infinities as they are', async () => {
      const { storage, study, claimed } = await running(subject);
      const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.1];
      for (const [step, value] of values.entries()) await storage.report(claimed.lease, { step, value, metrics: { loss: Number.NaN } });
      expect((await onlyTrial(subject, study.id)).reports.map(({ value }) => value)).toEqual(values);
    });

    test('lets the pruner compare with earlier finished trials, in any process', async () => {
      const { storage, study } = await begin(subject, { pruner: { id: 'median', options: { startupTrials: 2 } } });
      for (let i = 0; i < 5; i++) await storage.ask(study.id);
      for (const value of [1, 2, 3]) {
        const { lease } = await claimOne(storage, study.id);
        await storage.report(lease, { step: 1, value });
        await storage.finish(lease, complete(value));
      }
      const [worse, better] = [await claimOne(storage, study.id), await claimOne(storage, study.id)];
      expect(await storage.report(worse.lease, { step: 1, value: 9 })).toMatchObject({ decision: { prune: true } });
      expect(await subject.open().report(better.lease, { step: 1, value: 1.5 })).toMatchObject({ decision: { prune: false } });
    });

    test('tells the worker that its trial is cancelled, as a renewal does', async () => {
      const { storage, study, claimed } = await running(subject);
      await subject.cancel(study.id, 0, 'operator');
      expect(await storage.renew(claimed.lease)).toBe('cancelled');
      expect(await storage.report(claimed.lease, { step: 1, value: 1 })).toMatchObject({ lease: 'alive', cancelled: true });
      expect(await storage.finish(claimed.lease, { kind: 'cancelled', by: 'operator' })).toBe('alive');
      expect((await onlyTrial(subject, study.id)).state).toBe('cancelled');
    });
  });

  describe('finish', () => {
    const outcomes: readonly (readonly [string, Outcome])[] = [
      ['complete', complete(0.25)],
      ['complete with an infinite value', complete(Number.NEGATIVE_INFINITY)],
      [
        'complete with metrics that are no numbers',
        { kind: 'complete', value: 1, metrics: { a: Number.NaN, b: Number.POSITIVE_INFINITY } },
      ],
      ['complete with several values', { kind: 'complete', value: 1, values: [1, Number.NEGATIVE_INFINITY, 3], metrics: {} }],
      ['complete with the noise of its value', { kind: 'complete', value: 1, metrics: {}, noise: { variance: 0.25, seeds: 3 } }],
      ['complete with constraints', { kind: 'complete', value: 1, constraints: [-1, Number.POSITIVE_INFINITY], metrics: {} }],
      ['pruned', { kind: 'pruned', atStep: 3, reason: 'worse than the median' }],
      ['failed', { kind: 'failed', error: { code: 'trial_failed', message: 'boom "quoted"', hint: 'mend it' } }],
      ['cancelled', { kind: 'cancelled', by: 'worker' }],
    ];
    for (const [title, outcome] of outcomes) {
      test(`${title}: stores the outcome, and a repeat after a lost reply is harmless`, async () => {
        const { storage, study, claimed } = await running(subject);
        expect(await storage.finish(claimed.lease, outcome)).toBe('alive');
        const stored = await onlyTrial(subject, study.id);
        expect(stored.state).toBe(outcome.kind);
        const { value, values = null, constraints = null } = outcome.kind === 'complete' ? outcome : { value: null };
        expect(stored).toMatchObject({ value, values, constraints });
        expect(await subject.open().finish(claimed.lease, outcome)).toBe('alive');
        expect(await onlyTrial(subject, study.id)).toEqual(stored);
      });
    }

    test('a finished trial never changes: another outcome, a report, a renewal or a release returns lost', async () => {
      const { storage, study, claimed } = await running(subject);
      await storage.finish(claimed.lease, complete(1));
      const before = await onlyTrial(subject, study.id);
      expect(await storage.finish(claimed.lease, complete(2))).toBe('lost');
      expect(await storage.finish(claimed.lease, { kind: 'failed', error: { code: 'x', message: 'y' } })).toBe('lost');
      expect(await storage.report(claimed.lease, { step: 9, value: 9 })).toEqual({ lease: 'lost' });
      expect(await storage.renew(claimed.lease)).toBe('lost');
      expect(await storage.release(claimed.lease)).toBe('lost');
      expect(await onlyTrial(subject, study.id)).toEqual(before);
    });

    test.each<[string, Outcome]>([
      ['an objective value', complete(Number.NaN)],
      ['one of several values', { kind: 'complete', value: 1, values: [1, Number.NaN], metrics: {} }],
      ['a constraint', { kind: 'complete', value: 1, constraints: [0, Number.NaN], metrics: {} }],
    ])('%s that is NaN fails the trial, and repeating it is harmless', async (_, outcome) => {
      const { storage, study, claimed } = await running(subject);
      expect(await storage.finish(claimed.lease, outcome)).toBe('alive');
      expect(await storage.finish(claimed.lease, outcome)).toBe('alive');
      expect(await onlyTrial(subject, study.id)).toMatchObject({ state: 'failed', value: null, values: null, constraints: null });
    });

    test('other values or constraints than the stored ones are another outcome', async () => {
      const { storage, claimed } = await running(subject);
      const outcome = { kind: 'complete', value: 1, values: [1, 2], constraints: [-1], metrics: {} } as const;
      expect(await storage.finish(claimed.lease, outcome)).toBe('alive');
      expect(await storage.finish(claimed.lease, { ...outcome, values: [1, 3] })).toBe('lost');
      expect(await storage.finish(claimed.lease, { ...outcome, constraints: [1] })).toBe('lost');
    });
  });

  describe('attach', () => {
    test('takes the same artifact twice, and a newer one of the same role', async () => {
      const { storage, claimed } = await running(subject);
      const artifact = { role: 'policy', hash: 'e'.repeat(64), bytes: 12 };
      expect(await storage.attach(claimed.lease, artifact)).toBe('alive');
      expect(await storage.attach(claimed.lease, artifact)).toBe('alive');
      expect(await storage.attach(claimed.lease, { ...artifact, hash: 'f'.repeat(64) })).toBe('alive');
    });
  });
}
