import { expect, test } from 'vitest';
import { extraFieldsOf, parseExtra } from './extra-fields.ts';

test('columns are named as in the data set, with their headers behind =', () => {
  expect(parseExtra('ofi, flow=Net Flow,x_1=a=b')).toEqual({ ofi: 'ofi', flow: 'Net Flow', x_1: 'a=b' });
});

test.each(['close', 'time', 'session', 'contract', '1st', '', 'a.b', 'ofi,ofi', '__proto__', 'constructor'])(
  '%o cannot name columns',
  (text) => {
    expect(() => parseExtra(text)).toThrow(expect.objectContaining({ code: 'usage', place: '--extra' }));
  },
);

const side = { symbol: null, open: 1, high: 2, low: 3, close: 4, volume: [] };
const fields = { names: ['t', 'o', 'h', 'l', 'c', 'OFI', 'x', 'x'], stamp: [0], symbol: null, values: [side] };

test('are found by their header', () => {
  expect(extraFieldsOf({ ofi: 'OFI' }, fields, 'a.csv:1')).toEqual([{ name: 'ofi', field: 5 }]);
  expect(extraFieldsOf({}, fields, 'a.csv:1')).toEqual([]);
});

test.each([
  ['is missing', { y: 'y' }, /no column has the header "y"; found: t, o/],
  ['occurs twice', { x: 'x' }, /"x" occurs twice/],
  ['is a price', { y: 'c' }, /"c" is one of the bars/],
])('a header that %s is refused', (_, extra, message) => {
  expect(() => extraFieldsOf(extra, fields, 'a.csv:1')).toThrow(
    expect.objectContaining({ code: 'data_invalid', place: 'a.csv:1', message: expect.stringMatching(message) }),
  );
});

test('symbols side by side have none', () => {
  expect(() => extraFieldsOf({ ofi: 'OFI' }, { ...fields, values: [{ ...side, symbol: 'A' }] }, 'a.csv:1')).toThrow(
    expect.objectContaining({ code: 'usage' }),
  );
});
