import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { createRng } from '../../../core/rng.ts';
import { branch, choice, float, int } from '../../space/builders.ts';
import { compileSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import { qmc, samplerOf } from '../index.ts';
import type { qmcOptions } from './options.ts';
import { haltonPoint, sobolPoint } from './qmc.ts';
import { sobolDimensions } from './sobol.ts';

type QmcInput = z.input<typeof qmcOptions>;

/** Warnock's formula for the L2 star discrepancy: how far the share of points in a box at the origin is from its volume. */
function starDiscrepancy(points: readonly Float64Array[]): number {
  const n = points.length;
  const product = (d: number, factor: (k: number) => number): number =>
    Array.from({ length: d }, (_, k) => factor(k)).reduce((a, b) => a * b, 1);
  const d = points[0]!.length;
  let single = 0;
  let pairs = 0;
  for (const x of points) {
    single += product(d, (k) => 1 - x[k]! ** 2);
    for (const y of points) pairs += product(d, (k) => 1 - Math.max(x[k]!, y[k]!));
  }
  return Math.sqrt(3 ** -d - (2 ** (1 - d) / n) * single + pairs / (n * n));
}

const range = (size: number): readonly number[] => Array.from({ length: size }, (_, i) => i);

describe('Sobol points', () => {
  test('start as published', () => {
    // The first eight points in four dimensions, as Joe and Kuo's program prints them.
    expect(range(8).map((n) => [...sobolPoint(n, 4, null)])).toEqual([
      [0, 0, 0, 0],
      [0.5, 0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25, 0.25],
      [0.25, 0.75, 0.75, 0.75],
      [0.375, 0.375, 0.625, 0.875],
      [0.875, 0.875, 0.125, 0.375],
      [0.625, 0.125, 0.875, 0.625],
      [0.125, 0.625, 0.375, 0.125],
    ]);
  });

  test('match scipy far into the sequence and in high dimensions', () => {
    // scipy.stats.qmc.Sobol(160, scramble=False), scipy 1.17.
    const known: Readonly<Record<number, Readonly<Record<number, number>>>> = {
      100: { 0: 0.4140625, 1: 0.2578125, 2: 0.7734375, 9: 0.6953125, 63: 0.6484375, 127: 0.4609375, 159: 0.5234375 },
      1023: { 0: 0.0009765625, 1: 0.7529296875, 2: 0.6123046875, 9: 0.8505859375, 63: 0.0400390625, 127: 0.7001953125, 159: 0.4267578125 },
      2999: { 0: 0.212646484375, 1: 0.650634765625, 9: 0.855224609375, 63: 0.221923828125, 127: 0.742431640625, 159: 0.955322265625 },
    };
    for (const [n, coordinates] of Object.entries(known)) {
      const point = sobolPoint(Number(n), sobolDimensions, null);
      for (const [dimension, value] of Object.entries(coordinates))
        expect(point[Number(dimension)], `point ${n}, dimension ${dimension}`).toBe(value);
    }
  });

  test.each([null, 0, 1, 99])('put one of 2^k points into every 2^-k of every dimension (scrambled with %s)', (seed) => {
    const points = range(128).map((n) => sobolPoint(n, sobolDimensions, seed));
    for (let dimension = 0; dimension < sobolDimensions; dimension++)
      expect(new Set(points.map((point) => Math.floor(point[dimension]! * 128))).size, `dimension ${dimension}`).toBe(128);
  });

  test.each([null, 0, 1, 99])(
    'put one of 64 points into every box of area 1/64 of the first two dimensions (scrambled with %s)',
    (seed) => {
      const points = range(64).map((n) => sobolPoint(n, 2, seed));
      for (let k = 0; k <= 6; k++) {
        const boxes = points.map(([x, y]) => Math.floor(x! * 2 ** k) * 64 + Math.floor(y! * 2 ** (6 - k)));
        expect(new Set(boxes).size, `${2 ** k} columns`).toBe(64);
      }
    },
  );

  test('scrambled ones are uniform over the seeds, and no two seeds agree', () => {
    const firsts = range(500).map((seed) => sobolPoint(0, 1, seed)[0]!);
    expect(new Set(firsts).size).toBe(500);
    expect(Math.abs(firsts.reduce((sum, x) => sum + x, 0) / 500 - 0.5)).toBeLessThan(0.05);
  });

  test('dimensions without direction numbers get points too', () => {
    const point = sobolPoint(5, sobolDimensions + 3, 1);
    expect(point.slice(0, 3)).toEqual(sobolPoint(5, 3, 1));
    for (const u of point) expect(u >= 0 && u < 1).toBe(true);
    expect(sobolPoint(6, sobolDimensions + 1, 1).at(-1)).not.toBe(point[sobolDimensions]);
  });
});

test('Halton points start as published', () => {
  const published = [
    [0, 0, 0],
    [1 / 2, 1 / 3, 1 / 5],
    [1 / 4, 2 / 3, 2 / 5],
    [3 / 4, 1 / 9, 3 / 5],
    [1 / 8, 4 / 9, 4 / 5],
  ];
  published.forEach((values, n) => {
    const point = haltonPoint(n, 3, null);
    values.forEach((value, k) => {
      expect(point[k]).toBeCloseTo(value, 14);
    });
  });
});

test.each([
  ['Sobol', sobolPoint, 0.5],
  ['Halton', haltonPoint, 0.75],
] as const)('%s points are far more even than random ones, with any seed', (_, pointOf, share) => {
  const rng = createRng('random');
  const random = starDiscrepancy(range(256).map(() => Float64Array.from(range(5), () => rng.uniform())));
  for (const seed of [null, 1, 2, 3, 4]) expect(starDiscrepancy(range(256).map((n) => pointOf(n, 5, seed)))).toBeLessThan(share * random);
});

describe('qmc', () => {
  const space = compileSpace({
    x: float(0, 1),
    lr: float(1e-4, 1, { log: true }),
    n: int(0, 7),
    s: float(0, 0.75, { step: 0.25 }),
    c: choice(['p', 'q', 'r', 's']),
    kind: branch({ left: { a: float(0, 1) }, right: { b: float(0, 1) } }),
  });
  const ask = (next: number, seed: number, options: QmcInput = {}): FlatParams =>
    samplerOf(qmc(options)).suggest(space, { direction: 'minimize', observations: [], next, seed }, createRng('unused'));

  test('gives every value of a parameter its equal share, on its own scale', () => {
    const drawn = range(64).map((n) => ask(n, 3));
    const share = (holds: (params: FlatParams) => boolean): number => drawn.filter(holds).length;
    for (const value of range(8)) expect(share(({ n }) => n === value)).toBe(8);
    for (const value of [0, 0.25, 0.5, 0.75]) expect(share(({ s }) => s === value)).toBe(16);
    for (const value of ['p', 'q', 'r', 's']) expect(share(({ c }) => c === value)).toBe(16);
    for (const decade of [-4, -3, -2, -1]) expect(share(({ lr }) => Math.floor(Math.log10(Number(lr))) === decade)).toBe(16);
    expect(share(({ kind }) => kind === 'left')).toBe(32);
  });

  test('each parameter has its own coordinate, skipped while inactive', () => {
    const searched = space.params.filter(({ single }) => !single);
    for (const n of range(20)) {
      const point = sobolPoint(n, searched.length, 3);
      const params = ask(n, 3);
      for (const name of ['x', 'kind.left.a', 'kind.right.b'])
        if (name in params) expect(params[name]).toBeCloseTo(point[searched.findIndex((param) => param.name === name)]!, 12);
      expect('kind.left.a' in params).toBe(params['kind'] === 'left');
      expect('kind.right.b' in params).toBe(params['kind'] === 'right');
    }
  });

  test('the point depends on the trial number only', () => {
    const history = { direction: 'minimize', observations: [{ state: 'running', number: 40, params: ask(40, 3) }], seed: 3 } as const;
    const sampler = samplerOf(qmc());
    expect(sampler.suggest(space, { ...history, next: 17 }, createRng(1))).toEqual(ask(17, 3));
    expect(sampler.suggest(space, history, createRng(2))).toEqual(ask(41, 3));
  });

  test('unscrambled it is the same for all studies', () => {
    expect(ask(9, 1, { scramble: false })).toEqual(ask(9, 2, { scramble: false }));
    expect(ask(9, 1)).not.toEqual(ask(9, 2));
  });
});
