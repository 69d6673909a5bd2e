import { expect, test } from 'vitest';
import { frameOf, outsideText, saidOn, shortened, ticksOf } from './frame.ts';
import type { PlotAxis, Series } from './marks.ts';

const linear: PlotAxis = { kind: 'linear', label: 'value' };
const points = (x: number[], y: number[]): Series => ({ kind: 'points', name: 'p', colour: 'red', x, y });
const spread = Array.from({ length: 20 }, (_, i) => i);

test('values far from the others are clipped where points are drawn, until all are asked for; lines are never clipped unasked', () => {
  const values = [...spread.slice(1), 1e9];
  const axes = { x: linear, y: linear };
  expect(frameOf([points(spread, values)], axes, false).y.above).toBe(1);
  expect(frameOf([points(spread, values)], axes, true).y.above).toBe(0);
  expect(frameOf([{ kind: 'line', name: 'l', colour: 'red', x: spread, y: values }], axes, false).y.above).toBe(0);
});

test('a rule widens its axis and no other', () => {
  const frame = frameOf(
    [points([0, 1], [0, 1]), { kind: 'rule', name: 'limit', colour: 'red', on: 'y', at: 3 }],
    { x: linear, y: linear },
    false,
  );
  expect(frame.y.high).toBeGreaterThan(3);
  expect(frame.x.high).toBeLessThan(1.1);
});

test('ticks of a shown part lie in it, at the places of the whole range', () => {
  for (const axis of [linear, { kind: 'log', label: 'lr' }, { kind: 'time', label: 't' }] as const) {
    const { x } = frameOf([points([1, 1e6], [0, 1])], { x: axis, y: linear }, false);
    for (const part of [
      [0, 1],
      [0.4, 0.6],
    ] as const) {
      const ticks = ticksOf(x, part, 5);
      expect(ticks.length).toBeGreaterThanOrEqual(1);
      for (const { at } of ticks) {
        expect(at).toBeGreaterThanOrEqual(part[0] - 1e-9);
        expect(at).toBeLessThanOrEqual(part[1] + 1e-9);
      }
    }
  }
});

test('an axis has two ticks at least, as one shows no scale', () => {
  const { y } = frameOf([{ kind: 'line', name: 'drawdown', colour: 'red', x: [0, 1], y: [-4.3, 0] }], { x: linear, y: linear }, false);
  expect(ticksOf(y, [0, 1], 2).map(({ label }) => label)).toEqual(['−4', '−2', '0']);
});

test('an axis of whole numbers has no tick between them', () => {
  const { x } = frameOf([points([0, 1], [0, 1])], { x: { ...linear, whole: true }, y: linear }, false);
  expect(ticksOf(x, [0, 1], 8).map(({ label }) => label)).toEqual(['0', '1']);
});

test('categories have a tick each, or every k-th where they do not fit', () => {
  const labels = Array.from({ length: 30 }, (_, i) => `choice ${i}`);
  const { x } = frameOf([points([0, 29], [0, 1])], { x: { kind: 'category', label: 'c', labels }, y: linear }, false);
  expect(ticksOf(x, [0, 1], 40)).toHaveLength(30);
  expect(ticksOf(x, [0, 1], 10).map(({ label }) => label)).toEqual([
    'choice 0',
    'choice 3',
    'choice 6',
    'choice 9',
    'choice 12',
    'choice 15',
    'choice 18',
    'choice 21',
    'choice 24',
    'choice 27',
  ]);
});

test('the middle of a long name gives way', () => {
  expect(shortened('learning_rate', 20)).toBe('learning_rate');
  expect(shortened('agent.critic.learning_rate', 13)).toBe('agent.…g_rate');
  expect(Array.from(shortened('👍'.repeat(50), 9))).toHaveLength(9);
});

test('values are said as their axis says them', () => {
  expect(saidOn({ kind: 'category', label: 'c', labels: ['adam', 'sgd'] }, 1)).toBe('sgd');
  expect(saidOn({ kind: 'time', label: 't' }, Date.UTC(2026, 0, 31, 12))).toBe('2026-01-31 12:00:00 UTC');
  expect(saidOn({ ...linear, format: (x) => `${x} %` }, 3)).toBe('3 %');
  expect(saidOn(linear, Number.NaN)).toBe('–');
  expect(saidOn({ kind: 'time', label: 't' }, Number.POSITIVE_INFINITY)).toBe('∞');
});

test('what is outside is said by side', () => {
  expect(outsideText({ below: 0, above: 0 })).toBe('');
  expect(outsideText({ below: 2, above: 0 })).toBe('2 below the scale');
  expect(outsideText({ below: 2, above: 1 })).toBe('1 above and 2 below the scale');
});
