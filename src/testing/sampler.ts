import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { suggestUniform } from '../search/samplers/random/random.ts';
import type { Sampler } from '../search/samplers/sampler.ts';
import { branch, choice, float, int } from '../search/space/builders.ts';
import { checkParams } from '../search/space/codec.ts';
import { type CompiledSpace, compileSpace } from '../search/space/compile.ts';
import type { FlatParams, SpaceShape } from '../search/space/param.ts';
import type { Curve, Direction, History, Observation } from '../search/trial/history.ts';
import { anySpace } from './any-space.ts';

/** The same cases in every run; a failure prints the path that replays it. */
const seedOfCases = 20_260_821;

/**
 * Declares tests of what every sampler promises: suggestions that fit any space after any history, the same for the same seed.
 *
 * @param name in the titles of the tests
 *
 * @example
 * ```ts
 * import { samplerConformance } from 'assay/testing';
 * import { mine } from './mine.ts';
 *
 * samplerConformance('mine', mine);
 * ```
 */
export function samplerConformance(name: string, sampler: Sampler): void {
  describe(`sampler ${name}`, () => {
    test('suggests params that fit the space, for any space and history', () => {
      fc.assert(
        fc.property(
          anySpace,
          // From none to well beyond every start-up phase; longer ones cost much in spaces of hundreds of parameters, and have tests below.
          fc.nat({ max: 24 }),
          fc.integer(),
          fc.constantFrom<Direction>('minimize', 'maximize'),
          (shape, size, seed, direction) => {
            const space = compileSpace(shape);
            const history = { direction, observations: mixedObservations(space, size, seed) };
            checkParams(space, sampler.suggest(space, history, createRng(seed)));
          },
        ),
        { numRuns: 60, seed: seedOfCases },
      );
    });

    if (sampler.learnsFromEarlier === true)
      test('suggests params that fit the space from earlier studies of any space, and in the same way again', () => {
        fc.assert(
          fc.property(anySpace, anySpace, fc.nat({ max: 12 }), fc.integer(), (shape, otherShape, size, seed) => {
            const [space, other] = [compileSpace(shape), compileSpace(otherShape)];
            const trialsOf = (of: CompiledSpace) =>
              mixedObservations(of, 20, seed).flatMap((trial) =>
                trial.state === 'complete' ? [{ params: trial.params, value: trial.value }] : [],
              );
            const earlier = [space, other].map((of, i) => ({ name: `earlier ${i}`, direction: 'minimize' as const, trials: trialsOf(of) }));
            const history = { direction: 'minimize' as const, observations: mixedObservations(space, size, seed), earlier };
            const params = sampler.suggest(space, history, createRng(seed));
            checkParams(space, params);
            expect(sampler.suggest(space, structuredClone(history), createRng(seed))).toEqual(params);
          }),
          { seed: seedOfCases, numRuns: 25 },
        );
      });

    test('the same history and seed give the same suggestion, another seed another', () => {
      const history = { direction: 'minimize', observations: mixedObservations(mixed, 30, 1) } as const;
      const ask = (seed: number): FlatParams => sampler.suggest(mixed, { ...history, seed }, createRng(seed));
      expect(ask(7)).toEqual(ask(7));
      expect(ask(8)).not.toEqual(ask(7));
    });

    test('the order in which a space declares its parameters does not matter', () => {
      const history = { direction: 'minimize', observations: mixedObservations(mixed, 30, 2) } as const;
      const reversed = compileSpace(Object.fromEntries(Object.entries(mixed.shape).reverse()));
      expect(sampler.suggest(reversed, history, createRng(3))).toEqual(sampler.suggest(mixed, history, createRng(3)));
    });

    test('reads its history without changing it', () => {
      const observations = mixedObservations(mixed, 25, 3).map((trial) => Object.freeze({ ...trial, params: Object.freeze(trial.params) }));
      const history: History = Object.freeze({ direction: 'maximize', observations: Object.freeze(observations) });
      const before = JSON.stringify(history);
      sampler.suggest(mixed, history, createRng(1));
      expect(JSON.stringify(history)).toBe(before);
    });

    if (sampler.fork !== undefined) {
      const fork = sampler.fork;
      const history = mixedObservations(mixed, 12, 4);
      const curveOf = (number: number): Curve => {
        const steps = Array.from({ length: 40 }, (_, i) => i + 1);
        return { number, steps, values: steps.map((step) => number / step) };
      };
      const members = {
        direction: 'minimize' as const,
        curves: history.map(({ number }) => curveOf(number)),
        checkpoints: new Map(history.map(({ number, params }) => [number, { step: 40, params }])),
        next: 12,
      };

      test('forks from an existing checkpoint with params that fit the space, the same for the same seed', () => {
        for (let seed = 0; seed < 30; seed++) {
          const forked = fork(mixed, members, createRng(seed))!;
          expect(members.checkpoints.get(forked.from)?.step).toBe(forked.step);
          checkParams(mixed, forked.params);
          expect(fork(mixed, members, createRng(seed))).toEqual(forked);
        }
      });

      test('returns no fork if no trial is running', () => {
        expect(fork(mixed, { direction: 'minimize', curves: [], checkpoints: new Map(), next: 0 }, createRng(1))).toBeNull();
      });
    }

    test('an empty space gets empty params, single values are filled in', () => {
      const ask = (shape: SpaceShape): FlatParams => sampler.suggest(compileSpace(shape), none, createRng(1));
      expect(ask({})).toEqual({});
      expect(ask({ a: float(2, 2), b: choice(['x']), c: branch({ only: { k: int(3, 3) } }) })).toEqual({
        a: 2,
        b: 'x',
        c: 'only',
        'c.only.k': 3,
      });
    });

    test('a history without trials, as all were cancelled, still gives a suggestion that fits', () => {
      for (const next of [1, 30, 10_000]) checkParams(mixed, sampler.suggest(mixed, { ...none, next }, createRng(2)));
    });

    test('a history of failed trials among others still gives a suggestion that fits', () => {
      for (const share of [1, 2, 3]) {
        const observations = mixedObservations(mixed, 40, 6).map(
          ({ number, params }, i): Observation =>
            i % 3 < share ? { state: 'failed', number, params } : { state: 'complete', number, params, value: i },
        );
        checkParams(mixed, sampler.suggest(mixed, { direction: 'minimize', observations }, createRng(4)));
      }
    });

    const histories: Readonly<Record<string, (space: CompiledSpace) => readonly Observation[]>> = {
      'where every trial was pruned': (space) =>
        observationsOf(space, 30, (base, i) => ({
          ...base,
          state: 'pruned',
          last: i % 3 === 0 ? null : { step: i % 5, value: i % 4 === 0 ? Number.NaN : i },
        })),
      'where everything is still running': (space) => observationsOf(space, 30, (base) => ({ ...base, state: 'running' })),
      'where all trials are the same': (space) => {
        const params = suggestUniform(space, createRng(0));
        return observationsOf(space, 30, (base) => ({ ...base, params, state: 'complete', value: 1 }));
      },
      'of NaN and infinite values': (space) =>
        observationsOf(space, 30, (base, i) => ({
          ...base,
          state: 'complete',
          value: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1][i % 4]!,
        })),
      'of another space': (space) =>
        observationsOf(space, 30, (base, i) => ({ ...base, params: { elsewhere: i, x: 'text', n: 1e9 }, state: 'complete', value: i })),
      'on the bounds of the range': (space) =>
        observationsOf(space, 30, (base, i) => ({
          ...base,
          params: Object.fromEntries(
            Object.entries(base.params).map(([key, value]) => [key, key === 'x' ? (i % 2 === 0 ? -5 : 5) : value]),
          ),
          state: 'complete',
          value: i,
        })),
      'of 10,000 trials': longHistory,
    };
    for (const [kind, make] of Object.entries(histories))
      test(`a history ${kind} still gives a suggestion that fits`, () => {
        const observations = make(mixed);
        for (const direction of ['minimize', 'maximize'] as const)
          checkParams(mixed, sampler.suggest(mixed, { direction, observations }, createRng(11)));
      });
  });
}

const none: History = { direction: 'minimize', observations: [] };

/** One parameter of every kind, and a branch. */
const mixed = compileSpace({
  x: float(-5, 5),
  lr: float(1e-6, 1, { log: true }),
  drop: float(0, 0.5, { step: 0.1 }),
  n: int(1, 64, { log: true }),
  k: int(0, 100, { step: 5 }),
  act: choice(['relu', 'tanh', 'gelu']),
  opt: branch({ adam: { beta1: float(0.8, 0.999) }, sgd: { momentum: float(0, 1), nesterov: choice([true, false]) } }),
});

interface Base {
  readonly number: number;
  readonly params: FlatParams;
}

function observationsOf(space: CompiledSpace, size: number, make: (base: Base, i: number) => Observation): readonly Observation[] {
  const rng = createRng('history');
  return Array.from({ length: size }, (_, number) => make({ number, params: suggestUniform(space, rng) }, number));
}

let tenThousand: readonly Observation[] | undefined;

/** Made once for all samplers, which change nothing of it. */
function longHistory(): readonly Observation[] {
  tenThousand ??= mixedObservations(mixed, 10_000, 5);
  return tenThousand;
}

/** Complete, pruned and running trials in turn, with values of all sorts. */
function mixedObservations(space: CompiledSpace, size: number, seed: number): readonly Observation[] {
  const rng = createRng(`values ${seed}`);
  return observationsOf(space, size, (base, i) => {
    if (i % 7 === 6) return { ...base, state: 'running' };
    if (i % 5 === 4) return { ...base, state: 'pruned', last: { step: rng.int(10), value: rng.normal() } };
    return { ...base, state: 'complete', value: rng.normal() };
  });
}
