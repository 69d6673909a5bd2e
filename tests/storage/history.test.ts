import { expect, test } from 'vitest';
import { createNopPruner } from '../../src/search/pruners/nop/nop.ts';
import type { PeerCurve, Pruner } from '../../src/search/pruners/pruner.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import type { Curve, History } from '../../src/search/trial/history.ts';
import { createObservations } from '../../src/storage/history/observations.ts';
import { type Algorithms, createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useDatabase } from '../fixtures/database.ts';
import { complete } from '../fixtures/trials.ts';

const database = useDatabase();

/** A storage whose sampler and pruner write down what they are shown. */
const watched = () => {
  const histories: History[] = [];
  const curves: { readonly self: Curve; readonly peers: readonly PeerCurve[] }[] = [];
  const watch: Pruner['decide'] = (self, peers) => {
    curves.push({ self, peers });
    return { prune: false };
  };
  const algorithms: Algorithms = {
    samplerOf: () => ({ id: 'watched', suggest: (_, history) => ({ lr: 0.001, layers: histories.push(history) }) }),
    prunerOf: () => ({ ...createNopPruner(), decide: watch }),
    compileSpace,
  };
  return { storage: createStorage(database.db, algorithms), histories, curves };
};

test('a sampler sees every finished and open trial, read incrementally or at once', async () => {
  const { storage, histories } = watched();
  const study = await storage.open(describeStudy());
  const finishNext = async (outcome: Parameters<typeof storage.finish>[1], reports: readonly number[] = []) => {
    const claimed = await storage.claim({ studies: [study.id], worker: 'w', leaseMs: 60_000 });
    for (const [step, value] of reports.entries()) await storage.report(claimed!.lease, { step, value });
    await storage.finish(claimed!.lease, outcome);
  };
  for (let i = 0; i < 5; i++) await storage.ask(study.id);
  await finishNext(complete(0.5));
  await finishNext({ kind: 'pruned', atStep: 1, reason: 'r' }, [3, 2]);
  await storage.ask(study.id);
  await finishNext({ kind: 'failed', error: { code: 'c', message: 'm' } });
  await finishNext({ kind: 'pruned', atStep: 0, reason: 'r' });
  await storage.ask(study.id);

  const fresh = watched();
  await fresh.storage.ask(study.id);
  const expected = [
    { state: 'complete', number: 0, value: 0.5, params: { lr: 0.001, layers: 1 } },
    { state: 'pruned', number: 1, last: { step: 1, value: 2 }, params: { lr: 0.001, layers: 2 } },
    { state: 'failed', number: 2, params: { lr: 0.001, layers: 3 } },
    { state: 'pruned', number: 3, last: null, params: { lr: 0.001, layers: 4 } },
    { state: 'running', number: 4, params: { lr: 0.001, layers: 5 } },
    { state: 'running', number: 5, params: { lr: 0.001, layers: 6 } },
  ];
  expect(histories.at(-1)).toEqual({ direction: 'minimize', next: 6, seed: 7, observations: expected });
  expect(fresh.histories).toEqual([
    {
      direction: 'minimize',
      next: 7,
      seed: 7,
      observations: [...expected, { state: 'running', number: 6, params: { lr: 0.001, layers: 7 } }],
    },
  ]);
});

test('a sampler of several objectives sees all values and constraints, and of pruned trials only reports of the first objective', async () => {
  const objectives = [
    { name: 'a', direction: 'minimize', reference: null },
    { name: 'b', direction: 'maximize', reference: null },
  ] as const;
  for (const [metric, last] of [
    ['a', 4],
    ['b', Number.NaN],
  ] as const) {
    const { storage, histories } = watched();
    const study = await storage.open(describeStudy({ objectives, pruneOn: { metric, direction: 'minimize' } }));
    for (let i = 0; i < 2; i++) await storage.ask(study.id);
    const claim = async () => (await storage.claim({ studies: [study.id], worker: 'w', leaseMs: 60_000 }))!.lease;
    await storage.finish(await claim(), { kind: 'complete', value: 1, values: [1, 2], constraints: [-1, 3], metrics: {} });
    const second = await claim();
    await storage.report(second, { step: 5, value: 4 });
    await storage.finish(second, { kind: 'pruned', atStep: 5, reason: 'r' });
    await storage.ask(study.id);
    expect(histories.at(-1)).toEqual({
      direction: 'minimize',
      directions: ['minimize', 'maximize'],
      next: 2,
      seed: 7,
      observations: [
        { state: 'complete', number: 0, params: { lr: 0.001, layers: 1 }, value: 1, values: [1, 2], constraints: [-1, 3] },
        { state: 'pruned', number: 1, params: { lr: 0.001, layers: 2 }, last: { step: 5, value: last } },
      ],
    });
  }
});

test('finished trials are read only once', () => {
  const observations = createObservations();
  const trial = (number: number, revision: number) => ({
    number,
    revision,
    state: 'complete' as const,
    params: {},
    value: number,
    values: null,
    constraints: null,
    noiseVariance: null,
    noiseSeeds: null,
    lastStep: null,
    lastValue: null,
    atStep: null,
    expectedValue: null,
    expectedSd: null,
  });
  expect(observations.seen(1)).toBe(0);
  expect(observations.advance(1, [trial(1, 5), trial(0, 7)]).map(({ number }) => number)).toEqual([0, 1]);
  expect(observations.seen(1)).toBe(7);
  expect(observations.seen(2)).toBe(0);
  expect(observations.advance(1, [trial(2, 8)]).map(({ number }) => number)).toEqual([0, 1, 2]);
});

test('a pruner sees its own curve with the new report, and the peers in every state but queued and cancelled', async () => {
  const { storage, curves } = watched();
  const study = await storage.open(describeStudy());
  for (let i = 0; i < 4; i++) await storage.ask(study.id);
  const claim = async () => (await storage.claim({ studies: [study.id], worker: 'w', leaseMs: 60_000 }))!.lease;
  const [a, b, c, d] = [await claim(), await claim(), await claim(), await claim()];
  await storage.report(a, { step: 1, value: 10 });
  await storage.report(b, { step: 1, value: Number.NaN });
  await storage.report(c, { step: 1, value: 30 });
  await storage.finish(a, complete(10));
  await storage.finish(b, { kind: 'failed', error: { code: 'c', message: 'm' } });
  await storage.report(d, { step: 1, value: 40 });
  await storage.report(d, { step: 3, value: 43 });
  await storage.finish(c, { kind: 'cancelled', by: 'operator' });
  await storage.report(d, { step: 2, value: 42 });
  const peers = [
    { number: 0, state: 'complete', steps: [1], values: [10] },
    { number: 1, state: 'failed', steps: [1], values: [Number.NaN] },
  ];
  expect(curves.at(-2)).toMatchObject({
    self: { number: 3, steps: [1, 3], values: [40, 43] },
    peers: [...peers, { number: 2, state: 'running', steps: [1], values: [30] }],
  });
  expect(curves.at(-1)).toMatchObject({ self: { number: 3, steps: [1, 2, 3], values: [40, 42, 43] }, peers });
  expect(curves.at(-1)?.peers).toHaveLength(2);
});
