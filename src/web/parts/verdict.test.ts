import { expect, test } from 'vitest';
import { gateDocument } from '../../registry/gate-document.ts';
import { ledgerGateResult } from '../../registry/record.ts';
import type { GateResult } from '../../validation/gates/gate.ts';
import { admits, isUnknown, standingOf, tallyOf, type Verdict, verdictsOfRecord, worstFirst } from './verdict.ts';

const result = (change: Partial<GateResult> = {}): GateResult => ({
  gate: 'days',
  version: '1+3f9a01cc',
  severity: 'refuse',
  passed: true,
  observed: 90,
  threshold: 60,
  op: '>=',
  because: '90 of at least 60 days',
  ...change,
});

const failed = result({ passed: false, observed: 12 });
const warned = result({ gate: 'drift', severity: 'warn', passed: false, observed: 0.1 });
const unknown = result({ gate: 'vault', passed: false, observed: Number.NaN });
const documents = (...results: readonly GateResult[]): readonly Verdict[] => results.map((one) => gateDocument(one) as Verdict);

test('a record gives the verdicts that the live check gave', () => {
  const results = [result(), failed, warned, unknown, result({ observed: Number.POSITIVE_INFINITY })];
  const record = { verdicts: JSON.parse(JSON.stringify(results.map(ledgerGateResult))) as unknown };
  expect(verdictsOfRecord(record)).toEqual(documents(...results));
});

test('a verdict of a release without warnings refuses; a record without verdicts has none', () => {
  const { severity: _, ...old } = ledgerGateResult(failed);
  expect(verdictsOfRecord({ verdicts: [old] })).toMatchObject([{ severity: 'refuse' }]);
  expect(verdictsOfRecord({ kind: 'rollback' })).toEqual([]);
});

test('unknown is a failure, and is told from a figure that is infinite', () => {
  const [nothing, infinite] = documents(unknown, result({ observed: Number.NEGATIVE_INFINITY, passed: false }));
  expect([standingOf(nothing!), isUnknown(nothing!)]).toEqual(['fail', true]);
  expect(isUnknown(infinite!)).toBe(false);
});

test('a warning refuses nothing, and warnings alone promote nothing', () => {
  expect(tallyOf(documents(result(), warned, failed))).toEqual({ pass: 1, warn: 1, fail: 1, asked: 2 });
  expect(admits(documents(result(), warned))).toBe(true);
  expect(admits(documents(result(), failed))).toBe(false);
  expect(admits(documents({ ...warned, passed: true }))).toBe(false);
  expect(admits([])).toBe(false);
});

test('what refuses stands first', () => {
  expect(worstFirst(documents(result(), warned, failed, unknown)).map(({ gate }) => gate)).toEqual(['days', 'vault', 'drift', 'days']);
});
