import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { AlgorithmRef } from '../../src/search/algorithm.ts';
import { forecast, hyperband, median, patient, prunerOf, successiveHalving, threshold, wilcoxon } from '../../src/search/pruners/index.ts';
import type { PruneDecision } from '../../src/search/pruners/pruner.ts';
import { samplerOf } from '../../src/search/samplers/index.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import type { Lease, StudyDescription } from '../../src/search/study/storage.ts';
import type { Observation } from '../../src/search/trial/history.ts';
import type { Outcome } from '../../src/search/trial/trial.ts';
import { readHistory } from '../../src/storage/history/read-history.ts';
import { studies } from '../../src/storage/schema/index.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { claimOne, describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { complete } from '../fixtures/trials.ts';

const database = useDatabase();

/** A study under a pruner. Each trial runs in a process of its own, which knows nothing but what the database tells it. */
async function studyUnder(pruner: AlgorithmRef, change: Partial<StudyDescription> = {}) {
  const { id } = await createStorage(database.db).open(describeStudy({ pruner, budget: { trials: 100 }, ...change }));
  /** The last decision on a trial that reports these values from step 1 on; it ends where it is stopped, or with its last value. */
  const run = async (values: readonly number[], end: Outcome = complete(values.at(-1)!)): Promise<PruneDecision> => {
    const storage = createStorage(database.db);
    await storage.ask(id);
    const { lease } = await claimOne(storage, id);
    let decision: PruneDecision = { prune: false };
    for (const [i, value] of values.entries()) {
      decision = await reported(lease, i + 1, value);
      if (!decision.prune) continue;
      await storage.finish(lease, { kind: 'pruned', atStep: i + 1, reason: decision.reason });
      return decision;
    }
    await storage.finish(lease, end);
    return decision;
  };
  const reported = async (lease: Lease, step: number, value: number): Promise<PruneDecision> => {
    const answer = await createStorage(database.db).report(lease, { step, value });
    if (answer.lease === 'lost') throw new Error('lost');
    return answer.decision;
  };
  return { id, run, reported };
}

const reason = (words: RegExp) => ({ prune: true, reason: expect.stringMatching(words) as string });

describe('over the database', () => {
  test('wilcoxon compares with the trial of the best value, on the steps both have', async () => {
    const { run } = await studyUnder(wilcoxon({ startupSteps: 5 }));
    await run([5, 5, 5, 5, 5, 5]);
    await run([1, 1.1, 0.9, 1, 1.2, 1]);
    expect(await run([2, 2.2, 1.9, 2.1, 2.5, 2.05])).toMatchObject(reason(/^worse than trial 1, the best, on 5 common steps/));
    expect(await run([0.5, 1.3, 0.7, 1.2, 1.1, 0.9])).toMatchObject({ prune: false });
  });

  test('with several objectives the best is by the declared metric', async () => {
    const objectives = [
      { name: 'sharpe', direction: 'maximize', reference: null },
      { name: 'risk', direction: 'minimize', reference: null },
    ] as const;
    const end = (sharpe: number, risk: number, loss: number): Outcome => ({
      kind: 'complete',
      value: sharpe,
      values: [sharpe, risk],
      metrics: { loss },
    });
    for (const [metric, best] of [
      ['risk', 1],
      ['loss', 0],
    ] as const) {
      const pruneOn = { metric, direction: 'minimize' } as const;
      const { run } = await studyUnder(wilcoxon({ startupSteps: 5 }), { direction: 'maximize', objectives, pruneOn });
      await run([2, 2, 2, 2, 2, 2], end(9, 9, 1));
      await run([1, 1.1, 0.9, 1, 1.2, 1], end(1, 1, 9));
      expect(await run([3, 3.1, 3.2, 3.3, 3.4])).toMatchObject(reason(new RegExp(`^worse than trial ${best}, the best`)));
    }
  });

  test('successive halving lets the best of a rung pass, by their values at the rung', async () => {
    const { run } = await studyUnder(successiveHalving({ minResource: 2, reductionFactor: 2 }));
    await run([1, 1, 1]);
    expect(await run([3, 3, 3])).toMatchObject(
      reason(/^value 3 at rung 0 \(step 2\) is not among the best 1\/2 of 2 trials, which ends at 1/),
    );
    expect(await run([9, 0.5, 0.5])).toMatchObject({ prune: false });
    // The second and third trial's values at their rung count, though they reported others before and after.
    expect(await run([0.1, 0.8, 0.1])).toMatchObject({ prune: false });
    expect(await run([0.1, 1.1, 0.1])).toMatchObject(reason(/of 5 trials, which ends at 0.8/));
  });

  test('the rungs that halving fixes at the first complete trial stay, in any process', async () => {
    const { run } = await studyUnder(hyperband({ reductionFactor: 2 }));
    const nothing = Array.from({ length: 8 }, () => Number.NaN);
    await run([1, 1, 1]);
    expect(await run(nothing)).toMatchObject(reason(/^bracket \d of 3: NaN/));
    // By itself a trial of 32 steps would make six brackets.
    await run(Array.from({ length: 32 }, () => 0));
    expect(await run(nothing)).toMatchObject(reason(/^bracket \d of 3: NaN/));
  });

  test('hyperband has trials compete in their own bracket only, and the sampler learn from it', async () => {
    const ref = hyperband({ maxResource: 4, reductionFactor: 2 });
    const histories: (readonly Observation[])[] = [];
    const { id, run } = await studyUnder(ref);
    const brackets: (number | null)[] = [];
    for (let i = 0; i < 24; i++) {
      const decision = await run([10 + i, 10 + i, 10 + i, 10 + i, 10 + i]);
      brackets.push(decision.prune ? Number(/^bracket (\d)/.exec(decision.reason)![1]) : null);
    }
    // Each bracket's first trial has no peer to lose against, all later ones are worse: shares of 4, 3 and 3 in turn.
    expect(brackets.filter((bracket) => bracket === null)).toHaveLength(3);
    const counts = [1, 2, 3].map((bracket) => brackets.filter((other) => other === bracket).length);
    expect(counts.every((count) => count >= 5 && count <= 9)).toBe(true);

    const watching = createStorage(database.db, {
      prunerOf,
      compileSpace,
      samplerOf: (sampler) => ({
        id: 'watching',
        suggest: (space, history, rng) => {
          histories.push(history.observations);
          return samplerOf(sampler).suggest(space, history, rng);
        },
      }),
    });
    await watching.ask(id);
    const [history] = histories;
    const mine = new Set(history!.map(({ number }) => brackets[number]).filter((bracket) => bracket !== null));
    expect(mine.size).toBe(1);
    expect(history).toHaveLength(brackets.filter((bracket) => mine.has(bracket!)).length + 1);
  });

  test('a sampler sees where a pruned trial was expected to end, whichever process asks, and nothing of attempts that ended otherwise', async () => {
    const { id, run, reported } = await studyUnder(forecast());
    const curve = (end: number): number[] => Array.from({ length: 20 }, (_, i) => end + 3 * Math.exp(-0.4 * (i + 1)));
    for (let i = 0; i < 12; i++) await run(curve(2 - i / 11));
    const storage = createStorage(database.db);
    // Stopped by the pruner, but its worker dies before it says so: the next attempt ends by itself.
    await storage.ask(id);
    const { lease } = await claimOne(storage, id);
    for (const [i, value] of curve(9).slice(0, 10).entries()) await reported(lease, i + 1, value);
    await storage.release(lease);
    const again = await claimOne(storage, id);
    await storage.finish(again.lease, { kind: 'pruned', atStep: 0, reason: 'told by the objective' });
    const decision = await run(curve(3));
    if (!decision.prune || decision.expected === undefined) throw new Error('no forecast');
    const [study] = await database.db.select().from(studies).where(eq(studies.id, id));
    const { observations } = await readHistory(database.db, study!);
    expect(observations.slice(0, 12).every((trial) => !('expected' in trial))).toBe(true);
    expect(observations[12]).toEqual({ state: 'pruned', number: 12, params: expect.anything() as object, last: null });
    expect(observations[13]).toMatchObject({ state: 'pruned', expected: decision.expected });
    expect(decision.expected.value).toBeCloseTo(3, 0);
  });

  test('a report repeated after a lost reply gets the same decision', async () => {
    const { id, run, reported } = await studyUnder(successiveHalving({ minResource: 1, reductionFactor: 2 }));
    await run([1, 1]);
    const storage = createStorage(database.db);
    await storage.ask(id);
    const { lease } = await claimOne(storage, id);
    const first = await reported(lease, 1, 3);
    expect(first).toMatchObject({ prune: true });
    expect(await reported(lease, 1, 3)).toEqual(first);
  });

  test('a retried attempt begins without the note of the lost one', async () => {
    const { id, run, reported } = await studyUnder(successiveHalving({ minResource: 1, reductionFactor: 2 }));
    await run([5, 5]);
    const storage = createStorage(database.db);
    await storage.ask(id);
    const { lease } = await claimOne(storage, id);
    expect(await reported(lease, 1, 4)).toMatchObject({ prune: false });
    await storage.release(lease);
    const again = await claimOne(storage, id);
    expect(await reported(again.lease, 1, 6)).toMatchObject(reason(/rung 0 \(step 1\)/));
  });

  test('a trial resumed from a checkpoint keeps its values at earlier rungs and gets new ones at later rungs', async () => {
    const { id, run, reported } = await studyUnder(successiveHalving({ minResource: 1, reductionFactor: 2 }));
    await run([5, 5, 5]);
    const storage = createStorage(database.db);
    await storage.ask(id);
    const { lease } = await claimOne(storage, id);
    await reported(lease, 1, 1);
    const checkpoint = { step: 1, hash: 'c'.repeat(64), bytes: 3 };
    await storage.checkpoint(lease, checkpoint);
    await reported(lease, 2, 1);
    await storage.release(lease);
    const again = await claimOne(storage, id);
    expect(await storage.resume(again.lease, checkpoint)).toBe('alive');
    // Not at rung 0, where 6 would be the worst, but at rung 1.
    expect(await reported(again.lease, 2, 6)).toMatchObject(reason(/^value 6 at rung 1 \(step 2\)/));
  });

  test('the last report of a trial is kept, counts at its rung and does not end the trial', async () => {
    const { id, run, reported } = await studyUnder(successiveHalving({ minResource: 3, reductionFactor: 2 }));
    await run([1, 1, 1]);
    const storage = createStorage(database.db);
    await storage.ask(id);
    const { lease } = await claimOne(storage, id);
    for (const step of [1, 2]) await reported(lease, step, 2);
    expect(await storage.report(lease, { step: 3, value: 2, last: true })).toMatchObject({ decision: { prune: false } });
    await storage.finish(lease, complete(2));
    const { rows } = await database.pool.query(
      'select reports.value from reports join trials on trials.id = trial_id where study_id = $1 and step = 3 order by number',
      [id],
    );
    expect(rows).toEqual([{ value: 1 }, { value: 2 }]);
    // Without `last` the same value is pruned, beside both others.
    expect(await run([2, 2, 2])).toMatchObject(reason(/^value 2 at rung 0 \(step 3\) is not among the best 1\/2 of 3 trials/));
  });

  test('threshold stops values outside its bounds, and NaN', async () => {
    const { run } = await studyUnder(threshold({ upper: 10, warmupSteps: 2 }));
    expect(await run([99, 9, 10])).toMatchObject({ prune: false });
    expect(await run([1, 2, 11])).toEqual({ prune: true, reason: 'value 11 at step 3 is above the upper bound 10' });
    expect(await run([1, 2, Number.NaN])).toEqual({ prune: true, reason: 'value NaN at step 3' });
    expect(await run([1, 2, Number.POSITIVE_INFINITY])).toMatchObject(reason(/^value Infinity at step 3 is above/));
  });

  test.each<[string, AlgorithmRef | null, readonly number[], RegExp]>([
    ['no peer', null, [5, 6, 6, 6], /^no value better than 5 in the last 2 reports \(best of them 6\)/],
    ['median', median({ startupTrials: 2 }), [5, 6, 6, 6], /^best value so far 5 \(step 1\) is above the median 1/],
    ['threshold', threshold({ upper: 5.5 }), [5, 6, 6, 6], /above the upper bound 5.5/],
    ['wilcoxon', wilcoxon({ startupSteps: 4, pThreshold: 0.2 }), [5, 6, 6, 6], /^worse than trial 0, the best, on 4 common steps/],
  ])('patient waits, then asks %s', async (_, wrapped, worse, words) => {
    const { run } = await studyUnder(patient({ patience: 1, wrapped }));
    await run([1, 0.9, 0.8, 0.7]);
    await run([1.2, 1.1, 1, 0.9]);
    expect(await run([9, 5, 4, 3])).toMatchObject({ prune: false });
    expect(await run(worse)).toMatchObject(reason(words));
  });

  test('under patience only trials without an improvement are compared at rungs', async () => {
    for (const wrapped of [
      successiveHalving({ minResource: 3, reductionFactor: 2 }),
      hyperband({ minResource: 3, maxResource: 4, reductionFactor: 2 }),
    ]) {
      const { run } = await studyUnder(patient({ patience: 1, wrapped }));
      await run([0.4, 0.3, 0.2, 0.1]);
      expect(await run([1, 1.5, 1.5, 1.5])).toMatchObject({ prune: false });
      expect(await run([5, 6, 6, 6])).toMatchObject(
        reason(/value 6 at rung 0 \(step 3\) is not among the best 1\/2 of 2 trials, which ends at 1.5/),
      );
    }
  });

  test('forecast, the default, stops a trial that has converged far from the best', async () => {
    const { run } = await studyUnder(forecast());
    const curve = (floor: number) => Array.from({ length: 10 }, (_, i) => floor + 2 * Math.exp(-(i + 1) / 2));
    for (let i = 0; i < 12; i++) await run(curve(1 + ((i * 5) % 12) / 12));
    expect(await run(curve(3))).toMatchObject(reason(/expected to end at 3.* of \d+ complete trials end at 1/));
    expect(await run(curve(0.9))).toMatchObject({ prune: false });
  });
});
