import { expect, test } from 'vitest';
import { isTime, parseTime } from './time.ts';

test.each([
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T12:00', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31 12:00:01', '2026-01-31T12:00:01.000Z'],
  ['2026-01-31T12:00:00.123456Z', '2026-01-31T12:00:00.123Z'],
  ['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00.000Z'],
  ['2026-01-31T00:30-0130', '2026-01-31T02:00:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['0099-01-01', '0099-01-01T00:00:00.000Z'],
])('%s is %s, whatever zone the machine is in', (text, expected) => {
  expect(parseTime(text)?.toISOString()).toBe(expected);
});

test.each([
  '1',
  '2026',
  '01/12/2026',
  '2026-02-30',
  '2025-02-29',
  '2026-13-01',
  '2026-00-10',
  '2026-01-00',
  '2026-01-31T24:00',
  '2026-01-31T12:60',
  '2026-01-31T12:00+15:00',
  'yesterday',
  '',
  '2026-1-3',
  '2026-01-31Z',
])('%j is no time', (text) => {
  expect(parseTime(text)).toBeNull();
});

test('a time lies in the years 1 to 9999', () => {
  for (const ms of [0, -0, Date.UTC(9999, 11, 31), new Date('0001-01-01T00:00:00Z').getTime()]) expect(isTime(ms)).toBe(true);
  for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 8.64e15, -8.64e15, Date.UTC(10000, 0), 1e300])
    expect(isTime(ms)).toBe(false);
});
