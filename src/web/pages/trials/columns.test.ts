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
  },
};

test.each([
  ['value', 'Infinity'],
  ['objective:gain', 'Infinity'],
  ['objective:risk', '-Infinity'],
  ['metric:sharpe', 'NaN'],
  ['last', 'NaN'],
])('the column %s says what JSON could not write', (id, said) => {
  const column = offeredColumns('s', {}, ['gain', 'risk'], [odd]).all.find((each) => each.id === id)!;
  const { props } = column.cell(odd) as VNode<{ readonly of: number | null; readonly nonFinite: string }>;
  expect(props).toEqual({ of: null, nonFinite: said });
});
