import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Claimed, Lease, Storage, StudyId } from '../../search/study/storage.ts';
import type { Outcome } from '../../search/trial/trial.ts';
import { Follower } from './changes.ts';
import { StudyModel } from './model.ts';
import { describeStudy, type StorageUnderTest } from './subject.ts';

/** The storage and its model: several clients, each with its own cache, and every lease given so far. */
interface Real {
  readonly subject: StorageUnderTest;
  readonly study: StudyId;
  readonly clients: readonly Storage[];
  readonly leases: Lease[];
  /** Follows the study by its changes, in pages of two. */
  readonly follower: Follower;
}

type Step = (model: StudyModel, real: Real) => Promise<void>;

/** A step of one client on the lease or trial that `pick` selects. */
interface Command {
  readonly name: keyof typeof steps;
  readonly client: number;
  readonly pick: number;
  readonly value: number;
}

const workerOf = (client: number) => `client-${client}`;

function noteClaim({ leases }: Real, claimed: Claimed, number: number): void {
  expect(claimed.number).toBe(number);
  leases.push(claimed.lease);
}

/** Runs `act` on any lease given so far, if there is one. */
function onLease(model: StudyModel, { leases }: Real, pick: number, act: (lease: Lease, index: number) => Promise<void>): Promise<void> {
  const index = pick % Math.max(1, model.leases.length);
  const lease = leases[index];
  return lease === undefined ? Promise.resolve() : act(lease, index);
}

const outcomes = (value: number): Outcome =>
  value % 4 === 0
    ? { kind: 'failed', error: { code: 'trial_failed', message: 'boom' } }
    : { kind: 'complete', value, metrics: { m: value } };

const steps = {
  ask:
    ({ client }) =>
    async (model, { clients, study }) =>
      expect(await clients[client]!.ask(study)).toEqual(model.ask()),
  take:
    ({ client }) =>
    async (model, real) => {
      const taken = await real.clients[client]!.take({ studies: [real.study], worker: workerOf(client), leaseMs: 600_000 });
      const expected = model.take();
      if (typeof expected !== 'number')
        expect(taken.kind === 'none' ? { ...taken, paused: taken.paused.length > 0 } : taken).toEqual(expected);
      else if (taken.kind === 'taken') noteClaim(real, taken.claimed, expected);
      else expect(taken).toEqual({ kind: 'taken', number: expected });
    },
  claim:
    ({ client }) =>
    async (model, real) => {
      const claimed = await real.clients[client]!.claim({ studies: [real.study], worker: workerOf(client), leaseMs: 600_000 });
      const expected = model.claim();
      if (claimed === null || expected === null) expect(claimed).toBe(expected);
      else noteClaim(real, claimed, expected);
    },
  expire:
    ({ pick }) =>
    (model, real) =>
      onLease(model, real, pick, async (lease, index) => {
        await real.subject.expire(lease);
        model.expire(index);
      }),
  reap:
    ({ client }) =>
    async (model, { clients, study }) => {
      const { requeued, failed } = await clients[client]!.reap(study);
      expect({ requeued, failed: failed.map(({ number }) => number) }).toEqual(model.reap());
    },
  report:
    ({ client, pick, value }) =>
    (model, real) =>
      onLease(model, real, pick, async (lease, index) => {
        const reported = await real.clients[client]!.report(lease, { step: value % 3, value });
        expect(reported).toMatchObject(model.report(index, value % 3, value));
      }),
  renew:
    ({ client, pick }) =>
    (model, real) =>
      onLease(model, real, pick, async (lease, index) => {
        const held = model.held(index);
        expect(await real.clients[client]!.renew(lease)).toBe(held === null ? 'lost' : held.cancelRequested ? 'cancelled' : 'alive');
      }),
  finish:
    ({ client, pick, value }) =>
    (model, real) =>
      onLease(model, real, pick, async (lease, index) => {
        expect(await real.clients[client]!.finish(lease, outcomes(value))).toBe(model.finish(index, outcomes(value)));
      }),
  release:
    ({ client, pick }) =>
    (model, real) =>
      onLease(model, real, pick, async (lease, index) => {
        expect(await real.clients[client]!.release(lease)).toBe(model.release(index));
      }),
  pause:
    ({ client, pick, value }) =>
    (model, real) =>
      onLease(model, real, pick, async (lease, index) => {
        expect(await real.clients[client]!.pause(lease, { atStep: value, reason: 'below the bar' })).toBe(model.pause(index));
      }),
  hold:
    ({ pick }) =>
    async (model, { subject, study }) => {
      const number = pick % (model.trials.length + 1);
      const paused = await subject.pause(study, number, 'operator').catch((error: { code?: unknown }) => error.code);
      expect(paused).toBe(model.hold(number));
    },
  goOn:
    ({ pick }) =>
    async (model, { subject, study }) => {
      const number = pick % (model.trials.length + 1);
      const resumed = await subject.resume(study, number).catch((error: { code?: unknown }) => error.code);
      expect(resumed).toBe(model.goOn(number));
    },
  cancel:
    ({ pick }) =>
    async (model, { subject, study }) => {
      const number = pick % (model.trials.length + 1);
      const cancelled = await subject.cancel(study, number, 'operator').catch((error: { code?: unknown }) => error.code);
      expect(cancelled).toBe(model.cancel(number));
    },
  enqueue:
    () =>
    async (model, { subject, study }) => {
      const number = await subject.enqueue(study, { lr: 0.001, layers: 2 }).catch((error: { code?: unknown }) => error.code);
      expect(number).toBe(model.hasRoom() ? model.add() : 'conflict');
    },
  follow:
    () =>
    async (model, { follower }) => {
      await follower.catchUp();
      expect(follower.known()).toEqual(model.trials.map(({ state, value }, number) => ({ number, state, value })));
    },
  pauseOrResume:
    () =>
    async (model, { subject, study }) => {
      await subject.control(study, model.paused ? 'resume' : 'pause');
      model.paused = !model.paused;
    },
} satisfies Record<string, (command: Omit<Command, 'name'>) => Step>;

const names = Object.keys(steps) as (keyof typeof steps)[];
const often: readonly (keyof typeof steps)[] = ['take', 'take', 'take', 'finish', 'finish', 'expire', 'reap', 'report', 'goOn'];
const command: fc.Arbitrary<Command> = fc.record({
  name: fc.constantFrom(...names, ...often),
  client: fc.nat(2),
  pick: fc.nat(50),
  value: fc.nat(9),
});

/** The storage answers and stores what the model does, for any sequence of calls by several clients. */
export function modelConformance(subject: StorageUnderTest): void {
  describe('any sequence of verbs', () => {
    test('is answered as the model answers it, and leaves the same trials', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 40 }), async (commands) => {
          const clients = [subject.open(), subject.open(), subject.open()];
          const model = new StudyModel(6, 2);
          const study = await clients[0]!.open(describeStudy({ budget: { trials: model.budget }, maxAttempts: model.maxAttempts }));
          const real: Real = { subject, study: study.id, clients, leases: [], follower: new Follower(subject, study.id, { limit: 2 }) };
          for (const { name, ...rest } of commands) await steps[name](rest)(model, real);
          await steps.follow()(model, real);
          const stored = await subject.trials(study.id);
          expect(
            stored.map(({ number, state, attempt, value, pausedBy, reports }) => ({ number, state, attempt, value, pausedBy, reports })),
          ).toEqual(
            model.trials.map(({ state, attempt, value, pausedBy, reports }, number) => ({
              number,
              state,
              attempt,
              value,
              pausedBy: pausedBy === null ? null : pausedBy === 'pruner' ? 'nop' : 'operator',
              reports: reports.toSorted((a, b) => a.attempt - b.attempt || a.step - b.step),
            })),
          );
        }),
        { numRuns: Number(process.env['ASSAY_TEST_RUNS'] ?? 30), seed: 5, endOnFailure: true },
      );
    });
  });
}
