import { expect, test } from 'vitest';
import { createRng } from '../../../../src/core/rng.ts';
import { suggestUniform } from '../../../../src/search/samplers/random/random.ts';
import { checkParams } from '../../../../src/search/space/codec.ts';
import { baseFunctions } from './base-functions.ts';
import { compareRuns } from './compare.ts';
import { familyNames, problemsOf } from './families.ts';
import { generatedFunction } from './generated.ts';
import { withNoise } from './noise.ts';
import { tableFunction } from './tables.ts';

const generated = [2, 4, 7, 12, 20].flatMap((size) => [0, 1, 2].map((seed) => generatedFunction(seed, size)));

test.each([...baseFunctions(), ...generated])('$name has its minimum where it says', ({ name, space, truth, minimiser, minimum }) => {
  expect(truth(checkParams(space, minimiser))).toBeCloseTo(minimum, 5);
  const rng = createRng(name);
  for (let i = 0; i < 300; i++) expect(truth(suggestUniform(space, rng))).toBeGreaterThan(minimum - 1e-6);
});

test('generated functions depend on their seed alone, and differ between seeds', () => {
  const at = (seed: number): number => {
    const { space, truth } = generatedFunction(seed, 5);
    return truth(suggestUniform(space, createRng(1)));
  };
  expect(at(3)).toBe(at(3));
  expect(at(3)).not.toBe(at(4));
});

test('noise has the size that its family says, in interquartile ranges of random search', () => {
  const branin = baseFunctions()[0]!;
  const deviationOf = (kind: string): number => {
    const { observe, truth, spread, space } = withNoise(kind, kind, branin);
    const rng = createRng(kind);
    const errors = Array.from({ length: 4000 }, () => {
      const params = suggestUniform(space, rng);
      return (observe(params, rng) - truth(params)) / spread;
    });
    return Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
  };
  expect(deviationOf('exact')).toBe(0);
  expect(deviationOf('gaussian10')).toBeCloseTo(0.1, 1);
  expect(deviationOf('gaussian100')).toBeCloseTo(1, 1);
  expect(deviationOf('pseudo')).toBeCloseTo(0.3, 1);
});

test('pseudo-noise is the same at every observation of a point, other noise is not', () => {
  for (const family of familyNames) {
    const { observe, minimiser } = problemsOf(family, 1)[0]!;
    const [one, other] = [1, 2].map((seed) => observe(minimiser, createRng(seed)));
    expect(one === other, family).toBe(['exact', 'pseudo', 'generated'].includes(family));
  }
});

test('samplers are compared on the searches that all of them ran', () => {
  const run = (sampler: string, seed: number, regret: number) => ({ family: 'f', function: 'g', seed, sampler, regrets: { 50: regret } });
  const runs = [run('a', 0, 0.1), run('b', 0, 0.2), run('a', 1, 0.4), run('b', 1, 0.2), run('a', 2, 1), run('b', 3, 1)];
  const [a, b] = compareRuns(runs, [50]);
  expect(a).toMatchObject({ sampler: 'a', meanRank: 1.5, better: 0, worse: 0, ratio: 1 });
  expect(b).toMatchObject({ sampler: 'b', better: 1, worse: 1, meanRank: 1.5 });
  expect(a!.median).toBeCloseTo(0.25, 12);
  expect(b!.ratio).toBeCloseTo(1, 12);
});

test('a table is a function of the places of its numbers and of its texts; what it lacks is as the row nearest to it', () => {
  const { space, truth, minimiser, minimum } = tableFunction('t', 'rate,kind,fixed,loss\n0.1,a,1,3\n0.01,a,1,2\n1,b,1,1\n10,b,1,5\n');
  expect(space.params.map(({ name }) => name)).toEqual(['kind', 'rate']);
  expect(minimiser).toEqual({ rate: 2, kind: 'b' });
  expect(truth(checkParams(space, minimiser))).toBe(minimum);
  expect(truth({ rate: 0, kind: 'a' })).toBe(2);
  // The nearest row with this kind is two places away, that of the other kind only one; a text counts as much as the whole range.
  expect(truth({ rate: 3, kind: 'a' })).toBe(3);
  expect(() => tableFunction('t', 'a,b\n1,2\n')).toThrow(/loss/);
  expect(() => tableFunction('t', 'a,loss\n1,2\n2,\n')).toThrow(/row 3/);
});
