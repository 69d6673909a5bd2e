import { expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { blockLength } from './block-length.ts';

const noise = (seed: string, days: number): number[] => {
  const rng = createRng(seed);
  return Array.from({ length: days }, () => rng.normal());
};

test('dependent days are drawn in longer blocks, at most a third of them', () => {
  const independent = noise('a', 400);
  let sum = 0;
  const walk = independent.map((x) => (sum += x));
  const mixed = independent.map((x, i) => x + 0.9 * (independent[i - 1] ?? 0));
  const [short, middle, long] = [independent, mixed, walk].map((one) => blockLength(one).stationary);
  expect(short).toBeLessThan(4);
  expect(middle).toBeGreaterThan(short!);
  expect(long).toBeGreaterThan(middle!);
  expect(long).toBeLessThanOrEqual(60);
  expect(blockLength(walk.slice(0, 30)).circular).toBeLessThanOrEqual(10);
});

test('fixed blocks are cbrt(3/2) times as long as random ones', () => {
  const { stationary, circular } = blockLength(noise('b', 120).map((x, i, all) => x + (all[i - 1] ?? 0)));
  expect(circular / stationary).toBeCloseTo(Math.cbrt(1.5), 12);
});

test('a scale or a shift of the returns changes nothing', () => {
  const returns = noise('c', 100).map((x, i, all) => x + 0.5 * (all[i - 1] ?? 0));
  expect(blockLength(returns.map((x) => 0.01 * x + 0.002)).stationary).toBeCloseTo(blockLength(returns).stationary, 9);
});

test('too few or equal returns have none, with the reason', () => {
  expect(blockLength(noise('d', 11)).because).toBeNull();
  expect(blockLength(noise('d', 11)).stationary).toBeGreaterThan(0);
  expect(blockLength(noise('d', 10))).toEqual({
    stationary: Number.NaN,
    circular: Number.NaN,
    because: '10 returns are too few for a block length: 11 are needed',
  });
  expect(blockLength(new Array(60).fill(0)).because).toMatch(/do not vary/);
  expect(() => blockLength([...noise('d', 20), Number.NaN])).toThrow(expect.objectContaining({ place: 'returns[20]' }));
});
