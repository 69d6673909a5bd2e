import { expect, test } from 'vitest';
import { promotedBy } from './promoted-by.ts';

const verdict = (severity: 'refuse' | 'warn', passed: boolean) => ({ gate: 'g', severity, passed, observed: 1, threshold: 1, op: '>=' });
const record = (...verdicts: readonly object[]) => ({ verdicts });

test.each([
  ['no record', null, null, 'fail', 'no record of the ledger promoted it'],
  ['a record without verdicts', { kind: 'promoted' }, {}, 'fail', 'its record names no gate that could refuse'],
  ['warnings alone', { kind: 'promoted' }, record(verdict('warn', true)), 'fail', 'its record names no gate that could refuse'],
  ['a record without its decision', null, record(verdict('refuse', true)), 'fail', 'no record of the ledger promoted it'],
  ['gates that pass', { kind: 'promoted' }, record(verdict('refuse', true), verdict('warn', false)), 'pass', '1 of 1 gates passed'],
  [
    'an override',
    { kind: 'override' },
    record(verdict('refuse', true), verdict('refuse', false)),
    'warn',
    'overridden: 1 of 2 gates refused',
  ],
  ['a refusal that nobody set aside', { kind: 'promoted' }, record(verdict('refuse', false)), 'fail', '1 of 1 gates refused'],
] as const)('%s', (_what, promotion, of, mark, word) => {
  expect(promotedBy(promotion, of)).toMatchObject({ mark, word });
});
