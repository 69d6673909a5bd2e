import { expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { float } from '../../space/builders.ts';
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

test('the first trials fill the space: every quarter of each axis is met by eight, and the first is not the centre', () => {
  const trials = study(8);
  for (const axis of ['x', 'y']) expect(new Set(trials.map(({ params }) => Math.floor(4 * Number(params[axis])))).size).toBe(4);
  expect(trials[0]!.params).not.toEqual({ x: 0.5, y: 0.5 });
});

test('from mixFrom on, every other trial is the one that TPE would suggest', () => {
  const observations = study(21);
  const tpe = createTpeSampler(tpeOptions.parse({}));
  const history = { direction: 'minimize', observations } as const;
  expect(auto.suggest(space, history, createRng(5))).toEqual(tpe.suggest(space, history, createRng(5)));
  const one = { direction: 'minimize', observations: observations.slice(0, 20) } as const;
  expect(auto.suggest(space, one, createRng(5))).not.toEqual(tpe.suggest(space, one, createRng(5)));
});
