import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MlflowFault } from '../fault.ts';
import { parseFilter, parseOrder } from './parse.ts';
import { conditionsSql, orderSql } from './to-sql.ts';

describe('the filter language', () => {
  test.each([
    ['metrics.loss < 0.5', [{ of: 'metric', key: 'loss', comparator: '<', values: [0.5] }]],
    ['metric.`a b.c` >= -1e-3', [{ of: 'metric', key: 'a b.c', comparator: '>=', values: [-0.001] }]],
    [`params."x y" = 'it''s'`, [{ of: 'param', key: 'x y', comparator: '=', values: ["it's"] }]],
    ['tags.mlflow.runName LIKE "a%"', [{ of: 'tag', key: 'mlflow.runName', comparator: 'LIKE', values: ['a%'] }]],
    [
      "params.my-key/2 != 'v' and status = 'FINISHED'",
      [
        { of: 'param', key: 'my-key/2', comparator: '!=', values: ['v'] },
        { of: 'attribute', key: 'status', comparator: '=', values: ['FINISHED'] },
      ],
    ],
    ["attributes.run_id IN ('a', 'b')", [{ of: 'attribute', key: 'run_id', comparator: 'IN', values: ['a', 'b'] }]],
    ["run_id NOT IN ('a')", [{ of: 'attribute', key: 'run_id', comparator: 'NOT IN', values: ['a'] }]],
    ['tags.x IS NOT NULL', [{ of: 'tag', key: 'x', comparator: 'IS NOT NULL', values: [] }]],
    ['', []],
  ])('reads %s', (text, wanted) => {
    expect(parseFilter(text)).toEqual(wanted);
  });

  test.each([
    'metrics.loss',
    'metrics.loss >',
    'metrics.loss > 1 or metrics.loss < 2',
    "params.a = 'x' params.b = 'y'",
    "params.a = 'x",
    '; drop table trials',
    'metrics. > 1',
    'run_id IN ()',
    "run_id IN ('a'",
    'AND',
    '= 1',
    `${'metrics.a > 1 and '.repeat(101)}metrics.a > 1`,
  ])('refuses %s with its place', (text) => {
    expect(() => parseFilter(text)).toThrow(/the filter/);
  });

  test.each([
    "params.a > 'x'",
    "status < 'RUNNING'",
    "metrics.a LIKE 'x'",
    "metrics.a IN ('1')",
    "metrics.a = 'many'",
    'params.a = 1',
    "attributes.nothing = 'x'",
  ])('refuses %s, which compares what cannot be compared', (text) => {
    expect(() => conditionsSql('run', parseFilter(text))).toThrow(MlflowFault);
  });

  test('reads orders', () => {
    expect(parseOrder('metrics.`a b` DESC')).toEqual({ of: 'metric', key: 'a b', descending: true });
    expect(parseOrder('start_time')).toEqual({ of: 'attribute', key: 'start_time', descending: false });
    expect(() => parseOrder('start_time DESC, 1')).toThrow(MlflowFault);
  });

  test('either reads any text or refuses it, and binds every value', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'metrics',
        'params',
        'tags',
        'status',
        '.',
        '=',
        '!=',
        'LIKE',
        'IN',
        '(',
        ')',
        ',',
        'AND',
        "'",
        '"',
        '`',
        '--',
        ';',
        '$1',
        '\\',
        "'x'",
        '1e9',
      ),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join(' ');
        try {
          conditionsSql('run', parseFilter(text));
          orderSql('run', [parseOrder(text)]);
        } catch (error) {
          expect(error).toBeInstanceOf(MlflowFault);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
