import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { normalCdf } from '../../../core/normal.ts';
import { createRng, type Rng } from '../../../core/rng.ts';
import { branch, choice, float, int } from '../../space/builders.ts';
import { type CompiledSpace, compileSpace } from '../../space/compile.ts';
import type { Direction, Observation } from '../../trial/history.ts';
import { suggestUniform } from '../random/random.ts';
import { Columns } from './columns.ts';
import { Estimator } from './estimator.ts';
import { settledOptions, tpeOptions } from './options.ts';
import { createTpeSampler } from './tpe.ts';
import { ageingWeights } from './weights.ts';

type TpeInput = z.input<typeof tpeOptions>;

const space = compileSpace({
  x: float(-1, 1),
  lr: float(1e-4, 1, { log: true }),
  n: int(1, 20),
  act: choice(['a', 'b', 'c']),
  kind: branch({ one: { y: float(0, 1, { step: 0.25 }) }, two: {} }),
});

/** Some trials start, end in every way, or vanish; the others stay the same objects. */
function pass(trials: readonly Observation[], next: number, rng: Rng, under: CompiledSpace): readonly Observation[] {
  const kept = trials.flatMap((trial): readonly Observation[] => {
    if (trial.state !== 'running' || rng.uniform() < 0.4) return [trial];
    const { number, params } = trial;
    const end = rng.uniform();
    if (end < 0.15) return [];
    const constraints = [rng.normal() - 1];
    if (end < 0.35)
      return [{ state: 'pruned', number, params: { ...params }, last: { step: rng.int(4), value: rng.normal() }, constraints }];
    return [{ state: 'complete', number, params: { ...params }, value: rng.normal(), values: [rng.normal(), rng.normal()], constraints }];
  });
  const started = Array.from(
    { length: rng.int(3) },
    (_, i): Observation => ({ state: 'running', number: next + i, params: suggestUniform(under, rng) }),
  );
  return [...kept, ...started];
}

describe('the cache of TPE', () => {
  test.each<[string, TpeInput, readonly Direction[]]>([
    ['by default', {}, ['minimize']],
    ['one by one', { multivariate: false }, ['maximize']],
    ['without clip, with ends, without running trials', { magicClip: false, endpoints: true, constantLiar: false }, ['minimize']],
    ['jointly, as release 4.9', { release: '4.9', multivariate: true }, ['minimize']],
    ['with several objectives', {}, ['minimize', 'maximize']],
    ['with several objectives, as release 4.9', { release: '4.9' }, ['minimize', 'minimize']],
  ])('never changes a suggestion: %s', (_, options, directions) => {
    const sampler = createTpeSampler(tpeOptions.parse(options));
    const rng = createRng('passes');
    let observations: readonly Observation[] = [];
    let next = 0;
    for (let round = 0; round < 160; round++) {
      observations = pass(observations, next, rng, space);
      next = Math.max(next, (observations.at(-1)?.number ?? -1) + 1);
      const history = { direction: directions[0]!, directions, observations };
      const known = sampler.suggest(space, history, createRng(round));
      if (round % 4 !== 3) continue;
      // Copies are unknown objects, so everything is computed from scratch.
      const unknown = { ...history, observations: structuredClone(observations) };
      expect(known).toEqual(sampler.suggest(space, unknown, createRng(round)));
    }
    expect(observations.length).toBeGreaterThan(90);
  });

  test('histories of two studies over one space do not mix, in any order of asks', () => {
    const sampler = createTpeSampler(tpeOptions.parse({}));
    const study = (best: number): readonly Observation[] =>
      Array.from({ length: 40 }, (_, number): Observation => {
        const params = suggestUniform(space, createRng(`${best} ${number}`));
        return { state: 'complete', number, params, value: Math.abs(Number(params['x']) - best) };
      });
    const low = study(-0.9);
    const high = study(0.9);
    const ask = (observations: readonly Observation[]): unknown =>
      sampler.suggest(space, { direction: 'minimize', observations }, createRng(1));
    const first = ask(structuredClone(low));
    const second = ask(structuredClone(high));
    expect([ask(low), ask(high), ask(low), ask(high)]).toEqual([first, second, first, second]);
  });

  test('a history that grows in place is read to its end', () => {
    const sampler = createTpeSampler(tpeOptions.parse({}));
    const observations: Observation[] = [];
    const rng = createRng(3);
    for (let number = 0; number < 60; number++)
      observations.push({ state: 'complete', number, params: suggestUniform(space, rng), value: rng.normal() });
    const ask = (some: readonly Observation[]): unknown =>
      sampler.suggest(space, { direction: 'minimize', observations: some }, createRng(1));
    ask(observations);
    observations.push({ state: 'complete', number: 60, params: suggestUniform(space, rng), value: -9 });
    expect(ask(observations)).toEqual(ask(structuredClone(observations)));
  });
});

/** The product of truncated normal densities on [0, 1], each of a position and a width, without any logarithm. */
function kernelDensity(point: Float64Array, kernelOn: (axis: number) => readonly [number, number]): number {
  return point.reduce((product, x, axis) => {
    const [mu, width] = kernelOn(axis);
    const mass = normalCdf((1 - mu) / width) - normalCdf(-mu / width);
    return product * (Math.exp(-0.5 * ((x - mu) / width) ** 2) / (width * Math.sqrt(2 * Math.PI) * mass));
  }, 1);
}

test('skipping negligible kernels changes a density by at most 1e-13', () => {
  const wide = compileSpace(Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`x${i}`, float(0, 1)])));
  const rng = createRng('wide');
  const rows = Array.from({ length: 1500 }, () => Array.from({ length: 6 }, () => rng.uniform() ** 2));
  const columns = new Columns(wide, ['minimize']);
  columns.advance(
    rows.map(
      (row, number): Observation => ({ state: 'complete', number, params: Object.fromEntries(row.map((x, i) => [`x${i}`, x])), value: 0 }),
    ),
  );
  const estimator = new Estimator(wide.params, settledOptions(tpeOptions.parse({})));
  estimator.follow(Int32Array.from(rows.keys()), columns, ageingWeights(rows.length, 1));
  const { kernels, weights } = estimator;
  const points = Array.from({ length: 20 }, () => estimator.draw(rng));
  const densities = estimator.logDensities(points);
  points.forEach((point, p) => {
    const prior = kernelDensity(point, () => [0.5, 1]);
    let sum = weights.prior * prior;
    for (let k = 0; k < kernels.count; k++)
      sum += weights.of(k) * kernelDensity(point, (axis) => [kernels.position(k, axis), kernels.width(k, axis)]);
    expect(Math.abs(densities[p]! - Math.log(sum / weights.total))).toBeLessThan(1e-13 * Math.max(1, Math.abs(densities[p]!)));
  });
});
