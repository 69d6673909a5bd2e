import { describe, expect, test } from 'vitest';
import type { Claimed, Lease, Storage, StudyDescription, StudyId, StudyRecord } from '../../src/search/study/storage.ts';
import type { Outcome, TrialState } from '../../src/search/trial/trial.ts';

/** What the suite needs beside the port: a look at the rows, and a hand on the clock. */
export interface StorageUnderTest {
  /** A storage on the same data with no memory of its own, as another process would have it. */
  readonly open: () => Storage;
  readonly trials: (study: StudyId) => Promise<readonly StoredTrial[]>;
  /** Let a lease run out by the storage's own clock. */
  readonly expire: (lease: Lease) => Promise<void>;
  readonly cancel: (study: StudyId, number: number, by: string) => Promise<unknown>;
}

export interface StoredTrial {
  readonly number: number;
  readonly state: TrialState;
  readonly attempt: number;
  readonly value: number | null;
  readonly reports: readonly { readonly attempt: number; readonly step: number; readonly value: number }[];
}

let studies = 0;

export function describeStudy(change: Partial<StudyDescription> = {}): StudyDescription {
  return {
    name: `study-${process.pid}-${studies++}`,
    direction: 'minimize',
    space: { lr: { type: 'float', low: 1e-5, high: 1e-2, log: true }, layers: { type: 'int', low: 1, high: 4 } },
    spaceHash: 'a'.repeat(64),
    sampler: { id: 'random', options: {} },
    pruner: { id: 'nop', options: {} },
    budget: { trials: 10 },
    seed: 7,
    maxAttempts: 2,
    module: { url: 'file:///studies/x.ts', sourceHash: 'b'.repeat(64), gitCommit: null, gitDirty: false },
    ...change,
  };
}

const complete = (value: number): Outcome => ({ kind: 'complete', value, metrics: { sharpe: value / 2 } });

/** Every guarantee of the Storage port as a test. An implementation's own test file is one call. */
export function storageConformance(name: string, subject: StorageUnderTest): void {
  const claimOne = async (storage: Storage, study: StudyId, worker = 'worker'): Promise<Claimed> => {
    const claimed = await storage.claim({ studies: [study], worker, leaseMs: 60_000 });
    if (claimed === null) throw new Error('nothing to claim');
    return claimed;
  };
  const begin = async (change: Partial<StudyDescription> = {}): Promise<{ storage: Storage; study: StudyRecord }> => {
    const storage = subject.open();
    return { storage, study: await storage.open(describeStudy(change)) };
  };
  const running = async (change: Partial<StudyDescription> = {}): Promise<{ storage: Storage; study: StudyRecord; claimed: Claimed }> => {
    const { storage, study } = await begin(change);
    await storage.ask(study.id);
    return { storage, study, claimed: await claimOne(storage, study.id) };
  };
  const only = async (study: StudyId): Promise<StoredTrial> => {
    const [trial, ...others] = await subject.trials(study);
    if (trial === undefined || others.length > 0) throw new Error('not exactly one trial');
    return trial;
  };

  describe(`${name}: open`, () => {
    test('creates a study once, and finds it again with the same key', async () => {
      const { storage, study } = await begin();
      const again = await storage.open({ ...describeStudy(), name: study.name });
      expect(study.created).toBe(true);
      expect(again).toEqual({ ...study, created: false });
    });

    test('creates one study when many open it at once', async () => {
      const description = describeStudy();
      const opened = await Promise.all(Array.from({ length: 8 }, () => subject.open().open(description)));
      expect(opened.filter(({ created }) => created)).toHaveLength(1);
      expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    });

    test('takes over another budget, and steps the revision', async () => {
      const { storage, study } = await begin();
      const again = await storage.open({ ...study, budget: { trials: 3 } });
      expect(again.budget.trials).toBe(3);
      expect(again.revision).toBe(study.revision + 1);
    });

    test('refuses another space and names the parameter', async () => {
      const { storage, study } = await begin();
      const changed = { ...study, space: { ...study.space, layers: { type: 'int' as const, low: 1, high: 8 } }, spaceHash: 'c'.repeat(64) };
      await expect(storage.open(changed)).rejects.toMatchObject({
        code: 'space_changed',
        message: expect.stringContaining('layers was'),
        hint: expect.stringContaining('--name'),
      });
    });

    test('refuses another direction', async () => {
      const { storage, study } = await begin();
      await expect(storage.open({ ...study, direction: 'maximize' })).rejects.toMatchObject({ code: 'space_changed' });
    });
  });

  describe(`${name}: ask`, () => {
    test('gives dense unique numbers and stops exactly at the budget, however many ask at once', async () => {
      const { study } = await begin({ budget: { trials: 25 } });
      const storages = [subject.open(), subject.open(), subject.open()];
      const asked = await Promise.all(Array.from({ length: 40 }, (_, i) => storages[i % 3]!.ask(study.id)));
      const numbers = asked.flatMap((answer) => (answer.kind === 'queued' ? [answer.number] : []));
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, i) => i));
      expect(asked.filter(({ kind }) => kind === 'exhausted')).toHaveLength(15);
      expect((await subject.trials(study.id)).map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, i) => i));
    });

    test('says how many trials are still open when the budget is used up', async () => {
      const { storage, study } = await begin({ budget: { trials: 3 } });
      for (let i = 0; i < 3; i++) await storage.ask(study.id);
      await storage.finish((await claimOne(storage, study.id)).lease, complete(1));
      expect(await storage.ask(study.id)).toEqual({ kind: 'exhausted', open: 2 });
    });

    test('goes on when the study is opened with a larger budget', async () => {
      const { storage, study } = await begin({ budget: { trials: 1 } });
      await storage.ask(study.id);
      expect((await storage.ask(study.id)).kind).toBe('exhausted');
      await storage.open({ ...study, budget: { trials: 2 } });
      expect(await storage.ask(study.id)).toEqual({ kind: 'queued', number: 1 });
    });

    test('does not count cancelled trials in the budget', async () => {
      const { storage, study } = await begin({ budget: { trials: 1 } });
      await storage.ask(study.id);
      await subject.cancel(study.id, 0, 'somebody');
      expect(await storage.ask(study.id)).toEqual({ kind: 'queued', number: 1 });
    });

    test('suggests the same for the same seed and history, in whatever process', async () => {
      const [a, b] = [await begin(), await begin()];
      for (let i = 0; i < 3; i++) await a.storage.ask(a.study.id);
      for (let i = 0; i < 3; i++) await subject.open().ask(b.study.id);
      for (let i = 0; i < 3; i++) {
        const [first, second] = [await claimOne(a.storage, a.study.id), await claimOne(b.storage, b.study.id)];
        expect(second.params).toEqual(first.params);
        expect(second.seed).toBe(first.seed);
      }
    });
  });

  describe(`${name}: claim`, () => {
    test('hands each trial to one worker only, the oldest first', async () => {
      const { study } = await begin({ budget: { trials: 12 } });
      const storage = subject.open();
      for (let i = 0; i < 12; i++) await storage.ask(study.id);
      expect((await claimOne(storage, study.id)).number).toBe(0);
      const claims = await Promise.all(
        Array.from({ length: 16 }, (_, i) => subject.open().claim({ studies: [study.id], worker: `w${i}`, leaseMs: 60_000 })),
      );
      const numbers = claims.flatMap((claimed) => (claimed === null ? [] : [claimed.number]));
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, i) => i + 1));
    });

    test('finds nothing in an empty queue, and nothing of other studies', async () => {
      const [a, b] = [await begin(), await begin()];
      await b.storage.ask(b.study.id);
      expect(await a.storage.claim({ studies: [a.study.id], worker: 'w', leaseMs: 1000 })).toBeNull();
      expect(await a.storage.claim({ studies: [], worker: 'w', leaseMs: 1000 })).toBeNull();
    });

    test('says all that a worker needs', async () => {
      const { study, claimed } = await running();
      expect(claimed).toMatchObject({
        study: study.id,
        address: `${study.name}#0`,
        number: 0,
        module: study.module,
        lease: { attempt: 1 },
      });
      expect(Object.keys(claimed.params).toSorted()).toEqual(['layers', 'lr']);
      expect(Number.isSafeInteger(claimed.seed)).toBe(true);
    });
  });

  describe(`${name}: report`, () => {
    test('may be repeated: the first report of a step stays', async () => {
      const { storage, study, claimed } = await running();
      for (const value of [0.5, 0.5, 0.7]) {
        expect(await storage.report(claimed.lease, { step: 1, value })).toEqual({
          lease: 'alive',
          verdict: { prune: false },
          cancelled: false,
        });
      }
      expect((await only(study.id)).reports).toEqual([{ attempt: 1, step: 1, value: 0.5 }]);
    });

    test('keeps NaN and infinities as they are', async () => {
      const { storage, study, claimed } = await running();
      const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.1];
      for (const [step, value] of values.entries()) await storage.report(claimed.lease, { step, value, metrics: { loss: Number.NaN } });
      expect((await only(study.id)).reports.map(({ value }) => value)).toEqual(values);
    });

    test('lets the pruner judge against the trials that finished before, in any process', async () => {
      const { storage, study } = await begin({ pruner: { id: 'median', options: { startupTrials: 2 } } });
      for (let i = 0; i < 5; i++) await storage.ask(study.id);
      for (const value of [1, 2, 3]) {
        const { lease } = await claimOne(storage, study.id);
        await storage.report(lease, { step: 1, value });
        await storage.finish(lease, complete(value));
      }
      const [worse, better] = [await claimOne(storage, study.id), await claimOne(storage, study.id)];
      expect(await storage.report(worse.lease, { step: 1, value: 9 })).toMatchObject({ verdict: { prune: true } });
      expect(await subject.open().report(better.lease, { step: 1, value: 1.5 })).toMatchObject({ verdict: { prune: false } });
    });

    test('tells the worker that its trial is cancelled', async () => {
      const { storage, study, claimed } = await running();
      await subject.cancel(study.id, 0, 'somebody');
      expect(await storage.report(claimed.lease, { step: 1, value: 1 })).toMatchObject({ lease: 'alive', cancelled: true });
      expect(await storage.finish(claimed.lease, { kind: 'cancelled', by: 'somebody' })).toBe('alive');
      expect((await only(study.id)).state).toBe('cancelled');
    });
  });

  describe(`${name}: finish`, () => {
    const outcomes: readonly (readonly [string, Outcome])[] = [
      ['complete', complete(0.25)],
      ['complete with an infinite value', complete(Number.NEGATIVE_INFINITY)],
      [
        'complete with metrics that are no numbers',
        { kind: 'complete', value: 1, metrics: { a: Number.NaN, b: Number.POSITIVE_INFINITY } },
      ],
      ['pruned', { kind: 'pruned', atStep: 3, reason: 'worse than the median' }],
      ['failed', { kind: 'failed', error: { code: 'trial_failed', message: 'boom "quoted"', hint: 'mend it' } }],
      ['cancelled', { kind: 'cancelled', by: 'worker' }],
    ];
    for (const [title, outcome] of outcomes) {
      test(`${title}: stores the outcome, and a repeat after a lost reply is harmless`, async () => {
        const { storage, study, claimed } = await running();
        expect(await storage.finish(claimed.lease, outcome)).toBe('alive');
        const stored = await only(study.id);
        expect(stored.state).toBe(outcome.kind);
        expect(stored.value).toBe(outcome.kind === 'complete' ? outcome.value : null);
        expect(await subject.open().finish(claimed.lease, outcome)).toBe('alive');
        expect(await only(study.id)).toEqual(stored);
      });
    }

    test('a finished trial never changes: another outcome, a report, a renewal or a release is told lost', async () => {
      const { storage, study, claimed } = await running();
      await storage.finish(claimed.lease, complete(1));
      const before = await only(study.id);
      expect(await storage.finish(claimed.lease, complete(2))).toBe('lost');
      expect(await storage.finish(claimed.lease, { kind: 'failed', error: { code: 'x', message: 'y' } })).toBe('lost');
      expect(await storage.report(claimed.lease, { step: 9, value: 9 })).toEqual({ lease: 'lost' });
      expect(await storage.renew(claimed.lease)).toBe('lost');
      expect(await storage.release(claimed.lease)).toBe('lost');
      expect(await only(study.id)).toEqual(before);
    });

    test('an objective value that is NaN fails the trial, and repeating it is harmless', async () => {
      const { storage, study, claimed } = await running();
      expect(await storage.finish(claimed.lease, complete(Number.NaN))).toBe('alive');
      expect(await storage.finish(claimed.lease, complete(Number.NaN))).toBe('alive');
      expect(await only(study.id)).toMatchObject({ state: 'failed', value: null });
    });
  });

  describe(`${name}: leases`, () => {
    test('renewing keeps a lease alive; one that ran out is lost although nobody reaped it yet', async () => {
      const { storage, claimed } = await running();
      expect(await storage.renew(claimed.lease)).toBe('alive');
      await subject.expire(claimed.lease);
      expect(await storage.renew(claimed.lease)).toBe('lost');
      expect(await storage.report(claimed.lease, { step: 1, value: 1 })).toEqual({ lease: 'lost' });
      expect(await storage.finish(claimed.lease, complete(1))).toBe('lost');
    });

    test('a live lease is not reaped', async () => {
      const { storage, study } = await running();
      expect(await storage.reap(study.id)).toEqual({ requeued: [], failed: [] });
    });

    test("a zombie's report, renewal, artifact and finish change nothing", async () => {
      const { storage, study, claimed: zombie } = await running();
      await subject.expire(zombie.lease);
      expect(await storage.reap(study.id)).toEqual({ requeued: [0], failed: [] });
      const heir = await claimOne(storage, study.id, 'heir');
      const before = await only(study.id);
      expect(await storage.report(zombie.lease, { step: 1, value: 1 })).toEqual({ lease: 'lost' });
      expect(await storage.renew(zombie.lease)).toBe('lost');
      expect(await storage.attach(zombie.lease, { role: 'policy', hash: 'd'.repeat(64), bytes: 1 })).toBe('lost');
      expect(await storage.finish(zombie.lease, complete(1))).toBe('lost');
      expect(await storage.release(zombie.lease)).toBe('lost');
      expect(await only(study.id)).toEqual(before);
      expect(await storage.finish(heir.lease, complete(2))).toBe('alive');
      expect(await only(study.id)).toMatchObject({ state: 'complete', value: 2, attempt: 2 });
    });

    test('a second attempt has the same parameters and seed and an empty curve', async () => {
      const { storage, study, claimed: first } = await running({ pruner: { id: 'median', options: { startupTrials: 0 } } });
      await storage.report(first.lease, { step: 1, value: 100 });
      await subject.expire(first.lease);
      await storage.reap(study.id);
      const second = await claimOne(storage, study.id);
      expect(second).toMatchObject({ params: first.params, seed: first.seed, lease: { attempt: 2 } });
      expect(await storage.report(second.lease, { step: 1, value: 5 })).toMatchObject({ verdict: { prune: false } });
      expect((await only(study.id)).reports).toEqual([
        { attempt: 1, step: 1, value: 100 },
        { attempt: 2, step: 1, value: 5 },
      ]);
    });

    test('a trial whose attempts are all lost fails, and says so', async () => {
      const { storage, study, claimed } = await running({ maxAttempts: 2 });
      await subject.expire(claimed.lease);
      await storage.reap(study.id);
      await subject.expire((await claimOne(storage, study.id)).lease);
      const { requeued, failed } = await storage.reap(study.id);
      expect(requeued).toEqual([]);
      expect(failed).toMatchObject([{ number: 0, error: { code: 'lease_lost', message: expect.stringContaining('2 attempts') } }]);
      expect((await only(study.id)).state).toBe('failed');
      expect(await storage.claim({ studies: [study.id], worker: 'w', leaseMs: 1000 })).toBeNull();
    });

    test('many reapers at once requeue a trial once', async () => {
      const { study, claimed } = await running();
      await subject.expire(claimed.lease);
      const reaped = await Promise.all(Array.from({ length: 6 }, () => subject.open().reap(study.id)));
      expect(reaped.flatMap(({ requeued }) => requeued)).toEqual([0]);
    });

    test('a trial that was to be cancelled ends when its worker dies', async () => {
      const { storage, study, claimed } = await running({ budget: { trials: 1 } });
      await subject.cancel(study.id, 0, 'somebody');
      await subject.expire(claimed.lease);
      await storage.reap(study.id);
      expect((await only(study.id)).state).toBe('cancelled');
      expect(await storage.ask(study.id)).toEqual({ kind: 'queued', number: 1 });
    });
  });

  describe(`${name}: release`, () => {
    test('puts the trial back at its old place; repeating it is harmless and costs no attempt', async () => {
      const { storage, study, claimed } = await running({ maxAttempts: 1 });
      await storage.ask(study.id);
      await storage.report(claimed.lease, { step: 1, value: 1 });
      expect(await storage.release(claimed.lease)).toBe('alive');
      expect(await storage.release(claimed.lease)).toBe('alive');
      const again = await claimOne(storage, study.id);
      expect(again).toMatchObject({ number: 0, lease: { attempt: 2 } });
      expect(await storage.report(claimed.lease, { step: 2, value: 1 })).toEqual({ lease: 'lost' });
    });
  });

  describe(`${name}: attach`, () => {
    test('takes the same artifact twice, and a newer one of the same role', async () => {
      const { storage, claimed } = await running();
      const artifact = { role: 'policy', hash: 'e'.repeat(64), bytes: 12 };
      expect(await storage.attach(claimed.lease, artifact)).toBe('alive');
      expect(await storage.attach(claimed.lease, artifact)).toBe('alive');
      expect(await storage.attach(claimed.lease, { ...artifact, hash: 'f'.repeat(64) })).toBe('alive');
    });
  });

  describe(`${name}: under load`, () => {
    test('eight workers, lost leases and reapers: every trial ends once and none is lost', async () => {
      const { study } = await begin({ budget: { trials: 60 }, maxAttempts: 50, pruner: { id: 'median', options: {} } });
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
