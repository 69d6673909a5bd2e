import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import type { Storage, StudyId, Taken } from '../../search/study/storage.ts';
import { checkpointOf } from './checkpoints.ts';
import { begin, complete, type StorageUnderTest } from './subject.ts';

const missed = { atStep: 1, reason: 'below the bar' };
const request = (study: number) => ({ studies: [study], worker: 'w', leaseMs: 60_000 });
const nothing: Taken = { kind: 'none', open: false, paused: [] };
const factor = 2;
const promoting = { id: 'successive-halving', options: { minResource: 1, reductionFactor: factor, promote: true } };

/** Number of trials that may pass a rung, of those that reached it. */
const places = (reached: number): number => Math.max(1, Math.floor(reached / factor));

/** Trials that miss a rung, are paused, and advance when its bar falls. */
export function promotionConformance(subject: StorageUnderTest): void {
  describe('trials paused by the pruner', () => {
    /** Take a trial and report this at its first step. */
    const begin1 = async (storage: Storage, study: StudyId, value: number) => {
      const taken = await storage.take(request(study));
      if (taken.kind !== 'taken') throw new Error('nothing to take');
      const { lease, number } = taken.claimed;
      return { lease, number, reported: await storage.report(lease, { step: 1, value }) };
    };

    test('advance past the rung that they missed, before a new trial is asked for, once the bar has fallen', async () => {
      const { storage, study } = await begin(subject, { pruner: promoting, budget: { trials: 9 } });
      expect((await begin1(storage, study.id, 1)).reported).toMatchObject({ decision: { prune: false } });
      const second = await begin1(storage, study.id, 2);
      expect(second.reported).toMatchObject({ decision: { prune: true, pause: true } });
      const kept = checkpointOf(0);
      await storage.checkpoint(second.lease, kept);
      await storage.pause(second.lease, missed);
      for (const value of [3, 4]) await storage.pause((await begin1(storage, study.id, value)).lease, missed);
      // Two of four pass now: the one that waits with the second best value, which repeats the step that it missed the rung at.
      const heir = await subject.open().take(request(study.id));
      if (heir.kind !== 'taken') throw new Error('nothing was promoted');
      expect(heir.claimed).toMatchObject({ number: 1, lease: { attempt: 2 } });
      expect(await storage.resume(heir.claimed.lease, kept)).toBe('alive');
      // Not among the best two: but for the promotion it would miss the rung again.
      expect(await storage.report(heir.claimed.lease, { step: 1, value: 3.5 })).toMatchObject({ decision: { prune: false } });
      // Now the third is.
      for (const number of [2, 4]) expect(await storage.take(request(study.id))).toMatchObject({ claimed: { number } });
    });

    test('and resumed by a person pass the rung that they missed, once', async () => {
      const { storage, study } = await begin(subject, { pruner: promoting, budget: { trials: 9 } });
      await begin1(storage, study.id, 1);
      const second = await begin1(storage, study.id, 2);
      const kept = checkpointOf(0);
      await storage.checkpoint(second.lease, kept);
      await storage.pause(second.lease, missed);
      for (const _ of ['said', 'repeated']) expect(await subject.resume(study.id, 1)).toBe('queued');
      const heir = await subject.open().take(request(study.id));
      if (heir.kind !== 'taken') throw new Error('nothing was resumed');
      expect(heir.claimed).toMatchObject({ number: 1, lease: { attempt: 2 } });
      await storage.resume(heir.claimed.lease, kept);
      expect(await storage.report(heir.claimed.lease, { step: 1, value: 3 })).toMatchObject({ decision: { prune: false } });
      expect(await storage.report(heir.claimed.lease, { step: 2, value: 3 })).toMatchObject({ decision: { prune: false } });
      const third = await begin1(storage, study.id, 0);
      for (const step of [2, 4]) await storage.report(third.lease, { step, value: 0 });
      expect(await storage.report(heir.claimed.lease, { step: 4, value: 3 })).toMatchObject({ decision: { prune: true, pause: true } });
    });

    test('and then paused or resumed by a person are no longer advanced or pruned by it', async () => {
      const { storage, study } = await begin(subject, { pruner: promoting, budget: { trials: 3 } });
      for (const value of [1, 2, 3]) {
        const { lease, reported } = await begin1(storage, study.id, value);
        await (reported.lease === 'alive' && reported.decision.prune
          ? storage.pause(lease, missed)
          : storage.finish(lease, complete(value)));
      }
      expect(await subject.pause(study.id, 1, 'me')).toBe('paused');
      expect(await subject.resume(study.id, 2)).toBe('queued');
      const last = await storage.take(request(study.id));
      expect(last).toMatchObject({ claimed: { number: 2 } });
      if (last.kind === 'taken') await storage.finish(last.claimed.lease, complete(3));
      expect(await storage.take(request(study.id))).toEqual(nothing);
      expect((await subject.trials(study.id)).map(({ state }) => state)).toEqual(['complete', 'paused', 'complete']);
    });

    test('are pruned when the study is over, with rung and bar in the reason, but not while a running trial may lower the bar', async () => {
      const { storage, study } = await begin(subject, { pruner: promoting, budget: { trials: 2 } });
      const best = await begin1(storage, study.id, 1);
      const other = await begin1(storage, study.id, 2);
      if (other.reported.lease === 'alive' && other.reported.decision.prune)
        await storage.pause(other.lease, { atStep: 1, reason: other.reported.decision.reason });
      expect(await storage.take(request(study.id))).toEqual({ ...nothing, open: true });
      await storage.finish(best.lease, complete(1));
      expect(await storage.take(request(study.id))).toEqual(nothing);
      expect(await subject.trials(study.id)).toMatchObject([
        { state: 'complete' },
        {
          state: 'pruned',
          reason: 'value 2 at rung 0 (step 1) is not among the best 1/2 of 2 trials, which ends at 1; it waited until the study ended',
        },
      ]);
      expect(await storage.take(request(study.id))).toEqual(nothing);
    });

    test('for any curves and number of workers the budget is exact, only trials above the bar advance, and none is left behind', async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 4 }), fc.nat(1000), async (trials, workers, seed) => {
          const { storage, study } = await begin(subject, { pruner: promoting, budget: { trials } });
          const other = subject.open();
          const reportOf = (number: number, step: number): number => createRng(seed).fork(number).fork(step).normal();
          const rungs = [1, 2, 4];
          const reached = new Map<number, Map<number, number>>(rungs.map((step) => [step, new Map()]));
          const better = (step: number, value: number): number => [...reached.get(step)!.values()].filter((than) => than < value).length;
          const waits = new Map<number, number>();
          const work = async (client: Storage): Promise<void> => {
            for (;;) {
              const taken = await client.take(request(study.id));
              if (taken.kind === 'none' && !taken.open) return;
              if (taken.kind === 'none') continue;
              const { lease, number } = taken.claimed;
              const at = waits.get(number);
              if (at !== undefined) {
                const found = await client.findCheckpoint(lease);
                if (found === null || found === 'lost') throw new Error('its checkpoint is gone');
                await client.resume(lease, found);
                waits.delete(number);
                // If no other trial can have reached the rung since.
                if (workers === 1) expect(better(at, reportOf(number, at))).toBeLessThan(places(reached.get(at)!.size));
              }
              let paused = false;
              for (let step = (at ?? 0) + 1; step <= 5 && !paused; step++) {
                reached.get(step)?.set(number, reportOf(number, step));
                const reported = await client.report(lease, { step, value: reportOf(number, step) });
                if (reported.lease === 'lost' || !reported.decision.prune) continue;
                expect(reported.decision.pause).toBe(true);
                await client.checkpoint(lease, checkpointOf(step));
                waits.set(number, step);
                await client.pause(lease, { atStep: step, reason: reported.decision.reason });
                paused = true;
              }
              if (!paused) await client.finish(lease, complete(reportOf(number, 5)));
            }
          };
          await Promise.all(Array.from({ length: workers }, (_, i) => work(i % 2 === 0 ? storage : other)));
          const stored = await subject.trials(study.id);
          expect(stored).toHaveLength(trials);
          for (const { number, state, attempt, reports } of stored) {
            expect(state).toBe(waits.has(number) ? 'pruned' : 'complete');
            const last = reports.filter((report) => report.attempt === attempt).map(({ step, value }) => [step, value]);
            expect(last).toEqual(Array.from({ length: waits.get(number) ?? 5 }, (_, i) => [i + 1, reportOf(number, i + 1)]));
          }
          for (const [number, step] of waits)
            expect(better(step, reportOf(number, step))).toBeGreaterThanOrEqual(places(reached.get(step)!.size));
        }),
        { numRuns: 12, seed: 7, endOnFailure: true },
      );
    });
  });
}
