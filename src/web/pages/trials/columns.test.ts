import type { VNode } from 'preact';
import { expect, test } from 'vitest';
import { offeredColumns, type Trial } from './columns.tsx';

/** A trial whose every figure is one that JSON cannot write, with the names that the API has for them. */
const odd: Trial = {
  address: 's#0',
  number: 0,
  state: 'complete',
  params: {},
  value: null,
  values: { gain: null, risk: null },
  metrics: { sharpe: null },
  configuration: { n: 3, mean: 0.5, sd: 0.25, worst: null },
  lastReport: { step: 7, value: null },
  startedAt: null,
  finishedAt: null,
  durationMs: null,
  attempt: 1,
  worker: null,
  nonFinite: {
    value: 'Infinity',
    'values.gain': 'Infinity',
    'values.risk': '-Infinity',
    'metrics.sharpe': 'NaN',
    lastReport: 'NaN',
    'configuration.worst': '-Infinity',
  },
};

test.each([
  ['value', 'Infinity'],
  ['objective:gain', 'Infinity'],
  ['objective:risk', '-Infinity'],
  ['metric:sharpe', 'NaN'],
  ['last', 'NaN'],
  ['worst', '-Infinity'],
])('the column %s says what JSON could not write', (id, said) => {
  const column = offeredColumns('s', { space: {}, objectives: ['gain', 'risk'], replicated: true }, [odd]).all.find(
    (each) => each.id === id,
  )!;
  const { props } = column.cell(odd) as VNode<{ readonly of: number | null; readonly nonFinite: string }>;
  expect(props).toEqual({ of: null, nonFinite: said });
});

test('trials of the same parameters are told of where a study tries them again', () => {
  const described = { space: {}, objectives: [] };
  const { all, usual } = offeredColumns('s', { ...described, replicated: true }, [odd]);
  const shown = all
    .filter(({ id }) => ['replicates', 'mean', 'sd'].includes(id))
    .map((column) => (column.cell(odd) as VNode<{ readonly of: number }>).props.of);
  expect(shown).toEqual([3, 0.5, 0.25]);
  expect(usual).toContain('worst');
  const once = offeredColumns('s', { ...described, replicated: false }, [odd]);
  expect(once.all.some(({ id }) => id === 'worst')).toBe(false);
});
