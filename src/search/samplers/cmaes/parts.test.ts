import { describe, expect, test } from 'vitest';
import { normalCdf } from '../../../core/normal.ts';
import { createRng } from '../../../core/rng.ts';
import { float, int } from '../../space/builders.ts';
import { compileSpace } from '../../space/compile.ts';
import { coordinatesOf } from '../gp/coordinates.ts';
import { cellAt } from './cells.ts';
import { deviation, learn, startAt } from './distribution.ts';
import { symmetricEigen } from './eigen.ts';
import { latentPoint } from './generation.ts';
import { withMargin } from './margin.ts';
import { defaultPopulation, strategyOf } from './weights.ts';

describe('eigenvectors', () => {
  test.each([1, 2, 5, 20])('reconstruct a random matrix of %i rows', (n) => {
    const rng = createRng(n);
    const factor = Array.from({ length: n }, () => Array.from({ length: n }, () => rng.normal() * 10 ** rng.int(4)));
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) matrix[i * n + j] = factor[i]!.reduce((sum, value, k) => sum + value * factor[j]![k]!, 0);
    const { values, vectors } = symmetricEigen(matrix, n);
    const scale = Math.max(...values);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const [at, dot] = [0, 0].map((_, which) =>
          Array.from(values).reduce((sum, value, k) => sum + (which === 0 ? value : 1) * vectors[i * n + k]! * vectors[j * n + k]!, 0),
        );
        expect(Math.abs(at! - matrix[i * n + j]!) / scale).toBeLessThan(1e-12);
        expect(dot).toBeCloseTo(i === j ? 1 : 0, 12);
      }
  });
});

describe('strategy', () => {
  test('has the constants of the tutorial', () => {
    // Ten dimensions, population 10: computed by hand from table 1.
    const { weights, muEff, cSigma, cc, c1, cMu } = strategyOf(10, defaultPopulation(10), false);
    expect(weights.filter((weight) => weight > 0)).toHaveLength(5);
    expect(weights.reduce((sum, weight) => sum + Math.max(weight, 0), 0)).toBeCloseTo(1, 14);
    expect(muEff).toBeCloseTo(3.167299, 5);
    expect(cSigma).toBeCloseTo((muEff + 2) / (10 + muEff + 5), 14);
    expect(cc).toBeCloseTo((4 + muEff / 10) / (14 + (2 * muEff) / 10), 14);
    expect(c1).toBeCloseTo(2 / (11.3 ** 2 + muEff), 14);
    expect(cMu).toBeCloseTo((2 * (0.25 + muEff - 2 + 1 / muEff)) / (144 + muEff), 14);
  });

  test('negative weights keep the covariance positive definite', () => {
    for (const n of [1, 2, 10, 100])
      for (const population of [3, 4, 10, 200]) {
        const { weights, c1, cMu } = strategyOf(n, population, false);
        const negative = weights.reduce((sum, weight) => sum + Math.min(weight, 0), 0);
        expect(1 - c1 - cMu + n * cMu * negative, `n ${n}, population ${population}`).toBeGreaterThan(-1e-12);
      }
  });
});

describe('margin', () => {
  const { axes } = coordinatesOf(compileSpace({ a: int(0, 9), b: int(0, 1), c: float(0, 1) }));
  const from = (mean: readonly number[], sigma: number) => startAt(Float64Array.from(mean), sigma, strategyOf(3, 7, false), false);

  test('keeps half the margin for the values beside a narrow distribution', () => {
    for (const at of [0.01, 0.123, 0.35, 0.55, 0.98]) {
      const kept = withMargin(from([at, 0.2, 0.5], 1e-4), axes);
      const cell = cellAt(axes[0]!, at)!;
      const beside = [cell.lower, cell.upper]
        .filter(Number.isFinite)
        .map((edge) => normalCdf(-Math.abs(edge - kept.mean[0]!) / deviation(kept, 0)));
      for (const chance of beside) expect(chance, `mean ${at}`).toBeGreaterThanOrEqual(1 / 42 - 1e-9);
      expect(normalCdf(-Math.abs(0.5 - kept.mean[1]!) / deviation(kept, 1))).toBeGreaterThanOrEqual(1 / 42 - 1e-9);
      expect(kept.mean[2]).toBe(0.5);
      expect(kept.margins[2]).toBe(1);
    }
  });

  test('does not change a wide distribution', () => {
    const wide = from([0.42, 0.4, 0.5], 0.2);
    const kept = withMargin(wide, axes);
    for (const i of [0, 1, 2]) {
      expect(kept.mean[i]).toBeCloseTo(wide.mean[i]!, 10);
      expect(kept.margins[i]).toBeCloseTo(1, 10);
    }
  });

  test('a stepped value stands for a place within its cell, the same one each time', () => {
    const wide = from([0.42, 0.4, 0.5], 0.2);
    const member = { trial: { state: 'complete', number: 3, params: {}, value: 0 }, point: Float64Array.of(0.75, 0.25, 0.3) } as const;
    const place = latentPoint(member, axes, wide, 1);
    expect(place[0]).toBeGreaterThan(0.7);
    expect(place[0]).toBeLessThan(0.8);
    expect(place[1]).toBeLessThan(0.5);
    expect(place[2]).toBe(0.3);
    expect(latentPoint(member, axes, wide, 1)).toEqual(place);
    expect(latentPoint(member, axes, wide, 2)).not.toEqual(place);
  });
});

test('a point from far away moves the distribution only as far as a draw could have', () => {
  const start = startAt(Float64Array.of(0.5, 0.5), 1e-6, strategyOf(2, 6, false), false);
  const near = Array.from({ length: 5 }, (_, i) => Float64Array.of(0.5 + 1e-7 * i, 0.5));
  const next = learn(start, [Float64Array.of(0, 1), ...near]);
  expect(next.mean[0]).toBeLessThan(0.5);
  expect(Math.abs(next.mean[0]! - 0.5)).toBeLessThan(5e-6);
  expect(next.sigma).toBeLessThan(4e-6);
});
