import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Claimed, Storage } from '../../search/study/storage.ts';
import { StudyFault } from '../../search/study/study-fault.ts';
import { begin, claimOne, complete, describeStudy, running, type StorageUnderTest } from './subject.ts';

/** Creation of studies and trials, and their assignment to workers. */
export function queueConformance(subject: StorageUnderTest): void {
  describe('open', () => {
    test('creates a study once, and finds it again with the same key', async () => {
      const { storage, study } = await begin(subject);
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

    test('stores another budget and increments the revision', async () => {
      const { storage, study } = await begin(subject);
      const again = await storage.open({ ...study, budget: { trials: 3 } });
      expect(again.budget.trials).toBe(3);
      expect(again.revision).toBe(study.revision + 1);
    });

    test('refuses a narrower space and names the parameter', async () => {
      const { storage, study } = await begin(subject);
      const changed = { ...study, space: { ...study.space, layers: { type: 'int' as const, low: 1, high: 3 } }, spaceHash: 'c'.repeat(64) };
      await expect(storage.open(changed)).rejects.toMatchObject({
        code: 'space_changed',
        message: expect.stringContaining('layers was'),
        hint: expect.stringContaining('--name'),
      });
    });

    for (const sampler of ['random', 'tpe', 'gp'])
      test(`continues in a wider space with its history, and cancels queued trials that lack a parameter (${sampler})`, async () => {
        const { storage, study } = await begin(subject, { sampler: { id: sampler, options: {} }, budget: { trials: 14 } });
        for (let i = 0; i < 12; i++) {
          await storage.ask(study.id);
          await storage.finish((await claimOne(storage, study.id)).lease, complete(i));
        }
        await storage.ask(study.id);
        const space = {
          ...study.space,
          layers: { type: 'int' as const, low: 1, high: 8 },
          depth: { type: 'float' as const, low: 0, high: 1 },
        };
        await subject.open().open({ ...study, space, spaceHash: 'c'.repeat(64) });
        expect((await subject.trials(study.id))[12]?.state).toBe('cancelled');
        for (const number of [13, 14]) expect(await storage.ask(study.id)).toEqual({ kind: 'queued', number });
        expect((await storage.ask(study.id)).kind).toBe('exhausted');
        expect(Object.keys((await claimOne(storage, study.id)).params).toSorted()).toEqual(['depth', 'layers', 'lr']);
      });

    test('refuses another direction', async () => {
      const { storage, study } = await begin(subject);
      await expect(storage.open({ ...study, direction: 'maximize' })).rejects.toMatchObject({ code: 'space_changed' });
    });
  });

  describe('ask', () => {
    test('gives dense unique numbers and stops exactly at the budget, for any number of concurrent asks', async () => {
      const { study } = await begin(subject, { budget: { trials: 25 } });
      const storages = [subject.open(), subject.open(), subject.open()];
      const asked = await Promise.all(Array.from({ length: 40 }, (_, i) => storages[i % 3]!.ask(study.id)));
      const numbers = asked.flatMap((answer) => (answer.kind === 'queued' ? [answer.number] : []));
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, i) => i));
      expect(asked.filter(({ kind }) => kind === 'exhausted')).toHaveLength(15);
      expect((await subject.trials(study.id)).map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, i) => i));
    });

    test('says how many trials are still open when the budget is used up', async () => {
      const { storage, study } = await begin(subject, { budget: { trials: 3 } });
      for (let i = 0; i < 3; i++) await storage.ask(study.id);
      await storage.finish((await claimOne(storage, study.id)).lease, complete(1));
      expect(await storage.ask(study.id)).toEqual({ kind: 'exhausted', open: 2 });
    });

    test('goes on when the study is opened with a larger budget', async () => {
      const { storage, study } = await begin(subject, { budget: { trials: 1 } });
      await storage.ask(study.id);
      expect((await storage.ask(study.id)).kind).toBe('exhausted');
      await storage.open({ ...study, budget: { trials: 2 } });
      expect(await storage.ask(study.id)).toEqual({ kind: 'queued', number: 1 });
    });

    test('does not count cancelled trials in the budget', async () => {
      const { storage, study } = await begin(subject, { budget: { trials: 1 } });
      await storage.ask(study.id);
      await subject.cancel(study.id, 0, 'operator');
      expect(await storage.ask(study.id)).toEqual({ kind: 'queued', number: 1 });
    });

    test('suggests the same for the same seed and history, in any process', async () => {
      const [a, b] = [await begin(subject), await begin(subject)];
      for (let i = 0; i < 3; i++) await a.storage.ask(a.study.id);
      for (let i = 0; i < 3; i++) await subject.open().ask(b.study.id);
      for (let i = 0; i < 3; i++) {
        const [first, second] = [await claimOne(a.storage, a.study.id), await claimOne(b.storage, b.study.id)];
        expect(second.params).toEqual(first.params);
        expect(second.seed).toBe(first.seed);
      }
    });
  });

  describe('recordResult', () => {
    const known = (value: number) => ({ params: { lr: 1e-3, layers: 2 }, values: [value], by: 'elsewhere', idempotencyKey: randomUUID() });

    test('stores a result as a complete trial, once for any number of concurrent repetitions, within the budget', async () => {
      const { storage, study } = await begin(subject, { budget: { trials: 3 } });
      await storage.ask(study.id);
      const [first, second] = [known(0.5), known(0.25)];
      const added = await Promise.all([0, 1, 2, 3].map(() => subject.open().recordResult(study.id, first)));
      expect(added).toEqual(Array.from({ length: 4 }, () => ({ kind: 'added', number: 1 })));
      expect(await storage.recordResult(study.id, second)).toEqual({ kind: 'added', number: 2 });
      expect(await storage.recordResult(study.id, known(0.125))).toEqual({ kind: 'exhausted' });
      expect(await storage.recordResult(study.id, first)).toEqual({ kind: 'added', number: 1 });
      expect(await subject.trials(study.id)).toMatchObject([
        { number: 0, state: 'queued' },
        { number: 1, state: 'complete', attempt: 0, value: 0.5 },
        { number: 2, state: 'complete', attempt: 0, value: 0.25 },
      ]);
    });
  });

  describe('claim', () => {
    test('hands each trial to one worker only, the oldest first', async () => {
      const { study } = await begin(subject, { budget: { trials: 12 } });
      const storage = subject.open();
      for (let i = 0; i < 12; i++) await storage.ask(study.id);
      expect((await claimOne(storage, study.id)).number).toBe(0);
      const claims = await Promise.all(
        Array.from({ length: 16 }, (_, i) => subject.open().claim({ studies: [study.id], worker: `w${i}`, leaseMs: 60_000 })),
      );
      const numbers = claims.flatMap((claimed) => (claimed === null ? [] : [claimed.number]));
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, i) => i + 1));
    });

    test('returns null for an empty queue and for other studies', async () => {
      const [a, b] = [await begin(subject), await begin(subject)];
      await b.storage.ask(b.study.id);
      expect(await a.storage.claim({ studies: [a.study.id], worker: 'w', leaseMs: 1000 })).toBeNull();
      expect(await a.storage.claim({ studies: [], worker: 'w', leaseMs: 1000 })).toBeNull();
    });

    test('returns all that a worker needs', async () => {
      const { study, claimed } = await running(subject);
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

  describe('take', () => {
    const request = (...studies: number[]) => ({ studies, worker: 'w', leaseMs: 60_000 });
    const taken = async (storage: Storage, ...studies: number[]) => {
      const answer = await storage.take(request(...studies));
      return answer.kind === 'taken' ? answer.claimed : answer;
    };

    test('and claim return the same trial to a request repeated after a lost reply, until its lease expires', async () => {
      for (const verb of ['take', 'claim'] as const)
        for (const queued of [2, 0]) {
          const { storage, study } = await begin(subject, { budget: { trials: 3 } });
          for (let i = 0; i < (verb === 'claim' ? 3 : queued); i++) await storage.ask(study.id);
          const sent = { ...request(study.id), token: randomUUID() };
          const send = async (change: object = {}): Promise<Claimed | null> => {
            const answer = await subject.open()[verb]({ ...sent, ...change });
            return answer === null || 'lease' in answer ? answer : answer.kind === 'taken' ? answer.claimed : null;
          };
          const [first, crossed] = await Promise.all([send(), send({ repeated: true })]);
          expect(first).toMatchObject({ number: 0, lease: { attempt: 1, token: sent.token } });
          expect([crossed, await send({ repeated: true })]).toEqual([first, first]);
          expect((await subject.trials(study.id)).filter(({ state }) => state === 'running')).toHaveLength(1);
          await subject.expire(first!.lease);
          // A queued trial is passed over for as long as the server takes to undo the statement that came second.
          const other = async (change: object): Promise<Claimed> => {
            const claimed = await send(change);
            if (claimed !== null) return claimed;
            await sleep(10);
            return other(change);
          };
          const others = [await other({ repeated: true }), await other({ token: randomUUID() })];
          expect(others.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual([1, 2]);
          expect(await send({ token: randomUUID(), repeated: true })).toBeNull();
        }
    });

    test('names the study that threw, serves the others, and serves it again once it is repaired', async () => {
      const sampler = { id: 'pbt', options: { population: 2, interval: 1, fixed: ['width'] } };
      const [broken, whole] = [await begin(subject, { sampler, priority: 1 }), await begin(subject)];
      for (const ask of [() => broken.storage.take(request(whole.study.id, broken.study.id)), () => broken.storage.ask(broken.study.id)]) {
        const fault = await ask().catch((error: unknown) => error);
        expect(fault).toBeInstanceOf(StudyFault);
        const { id, name, revision } = broken.study;
        expect(fault).toMatchObject({ code: 'study_invalid', hint: expect.stringContaining('layers'), study: { id, name, revision } });
      }
      expect(await taken(broken.storage, whole.study.id)).toMatchObject({ number: 0 });
      await broken.storage.open({ ...broken.study, sampler: { id: 'random', options: {} } });
      expect(await taken(broken.storage, whole.study.id, broken.study.id)).toMatchObject({ study: broken.study.id, number: 0 });
    });

    test('takes queued trials before it asks, and asks as ask does', async () => {
      const [a, b] = [await begin(subject), await begin(subject)];
      await a.storage.ask(a.study.id);
      for (const number of [0, 1, 2]) {
        await b.storage.ask(b.study.id);
        const { params, seed } = await claimOne(b.storage, b.study.id);
        const claimed = await taken(a.storage, a.study.id);
        expect(claimed).toMatchObject({
          number,
          params,
          seed,
          address: `${a.study.name}#${number}`,
          module: a.study.module,
          lease: { attempt: 1 },
        });
      }
      expect((await subject.trials(a.study.id)).map(({ state }) => state)).toEqual(['running', 'running', 'running']);
    });

    test('gives dense unique numbers and stops exactly at the budget, for any number of concurrent takes and asks', async () => {
      const { study } = await begin(subject, { budget: { trials: 25 } });
      const storages = [subject.open(), subject.open(), subject.open()];
      await Promise.all(
        Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? storages[i % 3]!.ask(study.id) : storages[i % 3]!.take(request(study.id)))),
      );
      const trials = await subject.trials(study.id);
      expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, i) => i));
      expect(trials.every(({ state, attempt }) => (state === 'running' && attempt === 1) || (state === 'queued' && attempt === 0))).toBe(
        true,
      );
    });

    test('a taken trial is held, reported, lost and retried like a claimed one', async () => {
      const { storage, study } = await begin(subject, { budget: { trials: 1 } });
      const claimed = (await taken(storage, study.id)) as Claimed;
      expect(await storage.renew(claimed.lease)).toBe('alive');
      await storage.report(claimed.lease, { step: 1, value: 1 });
      expect(await storage.take(request(study.id))).toEqual({ kind: 'none', open: true, paused: [] });
      await subject.expire(claimed.lease);
      expect(await storage.reap(study.id)).toEqual({ requeued: [0], failed: [] });
      const heir = (await taken(subject.open(), study.id)) as Claimed;
      expect(heir).toMatchObject({ number: 0, params: claimed.params, lease: { attempt: 2 } });
      expect(await storage.finish(claimed.lease, complete(1))).toBe('lost');
      expect(await storage.finish(heir.lease, complete(2))).toBe('alive');
      expect(await storage.take(request(study.id))).toEqual({ kind: 'none', open: false, paused: [] });
    });

    test('names the paused studies that have something left to run, in the queue or in the budget', async () => {
      const { storage, study } = await begin(subject, { budget: { trials: 2 } });
      await subject.control(study.id, 'pause');
      expect(await storage.take(request(study.id))).toEqual({ kind: 'none', open: false, paused: [study.name] });
      await subject.control(study.id, 'resume');
      for (let i = 0; i < 2; i++) await storage.ask(study.id);
      await subject.control(study.id, 'pause');
      expect(await storage.take(request(study.id))).toEqual({ kind: 'none', open: true, paused: [study.name] });
      await subject.control(study.id, 'resume');
      for (let i = 0; i < 2; i++) await storage.finish((await claimOne(storage, study.id)).lease, complete(1));
      await subject.control(study.id, 'pause');
      expect(await storage.take(request(study.id))).toEqual({ kind: 'none', open: false, paused: [] });
    });

    test('asks its studies in turn, skips those that are used up or removed, and refuses if none exists', async () => {
      const [a, b] = [await begin(subject, { budget: { trials: 2 } }), await begin(subject, { budget: { trials: 2 } })];
      const studies: number[] = [];
      for (let i = 0; i < 4; i++) studies.push(((await taken(a.storage, a.study.id, b.study.id, 2 ** 30)) as Claimed).study);
      expect(new Set(studies.slice(0, 2)).size).toBe(2);
      for (const { study } of [a, b]) expect(studies.filter((id) => id === study.id)).toHaveLength(2);
      expect(await a.storage.take(request())).toEqual({ kind: 'none', open: false, paused: [] });
      await expect(a.storage.take(request(2 ** 30))).rejects.toMatchObject({ code: 'not_found' });
    });
  });
}
