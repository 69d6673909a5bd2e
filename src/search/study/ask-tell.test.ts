import { describe, expect, test } from 'vitest';
import { median, prunerOf } from '../pruners/index.ts';
import { samplerOf, tpe } from '../samplers/index.ts';
import { branch, float, int } from '../space/builders.ts';
import { compileSpace } from '../space/compile.ts';
import type { History, Observation } from '../trial/history.ts';
import { type AskTellInMemory, createAskTell } from './ask-tell.ts';

const space = compileSpace({ x: float(-3, 3), n: int(1, 5), kind: branch({ a: { y: float(0, 1) }, b: {} }) });

function start(seed = 1): AskTellInMemory {
  return createAskTell({
    space,
    directions: ['minimize'],
    sampler: samplerOf(tpe()),
    pruner: prunerOf(median({ startupTrials: 2 })),
    seed,
  });
}

describe('ask and tell', () => {
  test('numbers are dense and the same seed asks the same', () => {
    const [one, other] = [start(), start()];
    for (let i = 0; i < 25; i++) {
      const asked = one.ask();
      expect(asked.number).toBe(i);
      expect(other.ask()).toEqual(asked);
      for (const study of [one, other]) study.tell(i, { state: 'complete', values: [Number(asked.params['x']) ** 2] });
    }
    expect(one.best()[0]!.values[0]).toBeLessThan(0.3);
  });

  test('reports are compared with the other trials', () => {
    const study = start();
    for (const value of [1, 2]) {
      const { number } = study.ask();
      study.report(number, 1, value);
      study.tell(number, { state: 'complete', values: [value] });
    }
    const { number } = study.ask();
    expect(study.report(number, 1, 9)).toMatchObject({ prune: true, reason: expect.stringContaining('median') as string });
    study.tell(number, { state: 'pruned' });
    expect(study.best()).toMatchObject([{ number: 0, values: [1] }]);
  });

  test('a known result is checked, then counts', () => {
    const study = start();
    expect(study.add({ x: 0, n: 1, kind: 'a', 'kind.a.y': 0.5 }, { values: [-7] })).toEqual({ number: 0 });
    expect(study.best()).toMatchObject([{ values: [-7] }]);
    expect(() => study.add({ x: 0, n: 1, kind: 'b', 'kind.a.y': 0.5 }, { values: [1] })).toThrow(/does not exist/);
    expect(study.ask().number).toBe(1);
  });

  test('what cannot be is refused and changes nothing', () => {
    const study = start();
    const { number } = study.ask();
    expect(() => study.tell(7, { state: 'failed' })).toThrow(/no trial 7/);
    expect(() => study.tell(number, { state: 'complete', values: [Number.NaN] })).toThrow(/has a number/);
    study.report(number, 3, 1);
    expect(() => study.report(number, 3, 1)).toThrow(/step 3 already/);
    expect(() => study.report(number, -1, 1)).toThrow(/whole number/);
    study.tell(number, { state: 'failed' });
    expect(() => study.tell(number, { state: 'failed' })).toThrow(/failed already/);
    expect(() => study.report(number, 4, 1)).toThrow(/failed already/);
    expect(study.best()).toEqual([]);
  });

  test('a sampler is told where a pruned trial was expected to end', () => {
    const seen: (readonly Observation[])[] = [];
    const watching = {
      id: 'watching',
      suggest: (_: unknown, history: History) => {
        seen.push(history.observations);
        return { x: 1 };
      },
    };
    const expecting = { id: 'expecting', decide: () => ({ prune: true, reason: 'high', expected: { value: 7, sd: 2 } }) as const };
    const study = createAskTell({ space, directions: ['minimize'], sampler: watching, pruner: expecting, seed: 1 });
    const { number } = study.ask();
    study.report(number, 1, 9);
    study.tell(number, { state: 'pruned' });
    study.ask();
    expect(seen[1]).toEqual([{ state: 'pruned', number: 0, params: { x: 1 }, last: { step: 1, value: 9 }, expected: { value: 7, sd: 2 } }]);
  });

  test('a trial that violates a constraint is never the best', () => {
    const study = start();
    study.tell(study.ask().number, { state: 'complete', values: [1], constraints: [0.1] });
    study.tell(study.ask().number, { state: 'complete', values: [2], constraints: [0] });
    expect(study.best()).toMatchObject([{ values: [2] }]);
  });

  test('with several objectives the best trials are those that no other beats everywhere', () => {
    const study = createAskTell({
      space,
      directions: ['minimize', 'maximize'],
      sampler: samplerOf(tpe()),
      pruner: prunerOf(median()),
      seed: 1,
    });
    for (const values of [
      [1, 1],
      [2, 2],
      [2, 1],
      [0, 0],
    ])
      study.tell(study.ask().number, { state: 'complete', values });
    expect(study.best().map(({ number }) => number)).toEqual([0, 1, 3]);
    expect(() => study.tell(study.ask().number, { state: 'complete', values: [1] })).toThrow(/1 values for 2 objectives/);
  });

  test('of equally good trials the first is the best; infinite values rank', () => {
    const study = start();
    for (const value of [Number.POSITIVE_INFINITY, 3, 3]) study.tell(study.ask().number, { state: 'complete', values: [value] });
    expect(study.best()).toMatchObject([{ number: 1 }]);
    study.tell(study.ask().number, { state: 'complete', values: [Number.NEGATIVE_INFINITY] });
    expect(study.best()).toMatchObject([{ number: 3 }]);
  });
});
