import { expect, test } from 'vitest';
import { checkLimit, decodeCursor, encodeCursor } from './page.ts';

test('a cursor comes back as it went, keys that are not finite included', () => {
  for (const position of [
    { key: 'Infinity', number: 3 },
    { key: null, number: 0 },
    { key: 'adam', number: 7 },
  ])
    expect(decodeCursor('list', encodeCursor('list', position))).toEqual(position);
});

test('a cursor of another list, or none at all, is refused', () => {
  const cursor = encodeCursor('list by value', { key: '1', number: 3 });
  for (const text of [cursor, '', 'nonsense', Buffer.from('{"a":1}').toString('base64url')])
    expect(() => decodeCursor('list by number', text)).toThrow(expect.objectContaining({ code: 'usage', place: 'cursor' }));
});

test('a limit is refused, not lowered', () => {
  expect(checkLimit(200)).toBe(200);
  for (const limit of [0, 201, 1.5, Number.NaN]) expect(() => checkLimit(limit)).toThrow(expect.objectContaining({ code: 'usage' }));
});
