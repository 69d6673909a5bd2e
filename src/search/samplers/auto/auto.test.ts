import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { branch, float } from '../../space/builders.ts';
import { compileSpace } from '../../space/compile.ts';
import type { Observation } from '../../trial/history.ts';
import { tpeOptions } from '../tpe/options.ts';
import { createTpeSampler } from '../tpe/tpe.ts';
import { createAutoSampler } from './auto.ts';
import { autoOptions } from './options.ts';

const space = compileSpace({ x: float(0, 1), y: float(0, 1) });
const auto = createAutoSampler(autoOptions.parse({ mixFrom: 20 }));

function study(trials: number): readonly Observation[] {
  const observations: Observation[] = [];
  for (let number = 0; number < trials; number++) {
    const params = auto.suggest(space, { direction: 'minimize', observations }, createRng(`auto ${number}`));
    observations.push({ state: 'complete', number, params, value: Number(params['x']) });
  }
  return observations;
}

test('eight space-filling trials reach every quarter of each axis, and the first is not the centre', () => {
  const trials = study(8);
  for (const axis of ['x', 'y']) expect(new Set(trials.map(({ params }) => Math.floor(4 * Number(params[axis])))).size).toBe(4);
  expect(trials[0]!.params).not.toEqual({ x: 0.5, y: 0.5 });
});

test('every eighth trial is the one that TPE would suggest, and from mixFrom on every other', () => {
  const observations = study(24);
  const tpe = createTpeSampler(tpeOptions.parse({}));
  const isTpes = (known: number): boolean => {
    const history = { direction: 'minimize', observations: observations.slice(0, known) } as const;
    return isDeepStrictEqual(auto.suggest(space, history, createRng(5)), tpe.suggest(space, history, createRng(5)));
  };
  const numbers = Array.from({ length: 17 }, (_, i) => i + 8);
  expect(numbers.filter(isTpes)).toEqual([15, 21, 23]);
});

test('startup trials spread evenly over branches, whatever their number of parameters', () => {
  const branches = compileSpace({
    kind: branch({ many: { a: float(0, 1), b: float(0, 1), c: float(0, 1), d: float(0, 1) }, one: { e: float(0, 1) }, none: {} }),
  });
  for (const seed of [1, 2, 3]) {
    const observations: Observation[] = [];
    for (let number = 0; number < 9; number++) {
      const params = auto.suggest(branches, { direction: 'minimize', observations }, createRng(`${seed} ${number}`));
      observations.push({ state: 'running', number, params });
    }
    const kinds = observations.map(({ params }) => params['kind']);
    for (const kind of ['many', 'one']) expect(kinds.filter((each) => each === kind).length).toBeGreaterThanOrEqual(3);
    // A case without parameters is a single setting.
    expect(kinds.filter((each) => each === 'none')).toHaveLength(1);
  }
});
