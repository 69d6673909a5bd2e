import { expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { float, int } from '../../space/builders.ts';
import { compileSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import type { EarlierStudy, History, Observation } from '../../trial/history.ts';
import { suggestUniform } from '../random/random.ts';
import { tpeOptions } from './options.ts';
import { createTpeSampler } from './tpe.ts';

const space = compileSpace({ x: float(0, 1), n: int(1, 50) });
const loss = ({ x, n }: FlatParams): number => Math.abs(Number(x) - 0.2) + Math.abs(Number(n) - 40) / 50;
const sampler = createTpeSampler(tpeOptions.parse({}));
const earlier = ((): EarlierStudy => {
  const rng = createRng('earlier');
  const trials = Array.from({ length: 60 }, () => suggestUniform(space, rng)).map((params) => ({ params, value: -loss(params) }));
  return { name: 'earlier', direction: 'maximize', trials };
})();

function asked(n: number, from?: EarlierStudy): FlatParams[] {
  const observations: Observation[] = [];
  for (let number = 0; number < n; number++) {
    const history: History = { direction: 'minimize', observations: [...observations], ...(from && { earlier: [from] }) };
    const params = sampler.suggest(space, history, createRng(number));
    observations.push({ state: 'complete', number, params, value: loss(params) });
  }
  return observations.map(({ params }) => params);
}

test('TPE begins with the best of an earlier study, then every other trial where that was good, and from ten trials on alone', () => {
  const [warm, cold] = [asked(10, earlier), asked(10)];
  const best = earlier.trials.reduce((a, b) => (b.value > a.value ? b : a));
  expect(warm[0]).toEqual(best.params);
  for (const k of [1, 3, 5, 7, 9]) expect(warm[k]).toEqual(cold[k]);
  const mean = (of: readonly FlatParams[]): number => of.reduce((sum, params) => sum + loss(params) / of.length, 0);
  expect(mean([2, 4, 6, 8].map((k) => warm[k]!))).toBeLessThan(0.5 * mean(cold));
});

test('a parameter that the earlier study did not have is drawn', () => {
  const other: EarlierStudy = { ...earlier, trials: earlier.trials.map(({ params, value }) => ({ params: { x: params['x']! }, value })) };
  const drawn = asked(10, other);
  expect(new Set(drawn.map(({ n }) => n)).size).toBeGreaterThan(4);
});

test('an earlier study without trials changes nothing', () => {
  expect(asked(10, { ...earlier, trials: [] })).toEqual(asked(10));
});
