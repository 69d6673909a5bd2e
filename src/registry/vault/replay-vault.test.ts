import { describe, expect, test } from 'vitest';
import type { LedgerRecord, VaultOpenedRecord, VaultResultRecord } from '../record.ts';
import { replayLedger } from '../replay.ts';

const hash = 'a'.repeat(64);
const gate = { gate: 'evidence', version: '1', passed: true, observed: 1, threshold: 0.995, op: '>=', because: 'it is' };
const base = { previousHash: hash, at: '2026-01-02T03:04:05.000Z', by: { user: 'ada', host: 'engine' }, artifactHashes: [] };
const code = { gitCommit: null, gitDirty: false, lockfileHash: null, node: 'v20' };

const opened = (sequence: number, change: Partial<VaultOpenedRecord> = {}): VaultOpenedRecord => ({
  ...base,
  kind: 'vault-opened',
  sequence,
  reason: 'every other gate passed',
  address: 'pairs#3',
  code,
  vault: { dataset: 'market', hash, sessions: 2, from: '2026-01-05T14:30:00.000Z', until: '2026-01-06T21:00:00.000Z' },
  definitionHash: hash,
  policies: [
    { seed: 7, hash },
    { seed: 5, hash: 'b'.repeat(64) },
  ],
  gates: { policies: [], hash },
  verdicts: [gate],
  ...change,
});
const result = (sequence: number, of: number, change: Partial<VaultResultRecord> = {}): VaultResultRecord => ({
  ...base,
  kind: 'vault-result',
  sequence,
  reason: null,
  address: 'pairs#3',
  code,
  opened: of,
  results: [
    { seed: 7, policyHash: hash, stepReturnsHash: hash, days: 2, metrics: { totalReturn: 'NaN' } },
    { seed: 5, policyHash: 'b'.repeat(64), stepReturnsHash: hash, days: 2, metrics: {} },
  ],
  ...change,
});
const found = (...records: readonly LedgerRecord[]) => replayLedger(records).contradictions;

describe('records of a vault', () => {
  test('make no model, and contradict nothing: a look, its result, looks of other trials and at other data', () => {
    const other = { vault: { ...opened(1).vault, hash: 'c'.repeat(64) } };
    const replay = replayLedger([opened(1), opened(2, { address: 'pairs#4' }), result(3, 1), opened(4, other), result(5, 4)]);
    expect(replay).toEqual({ models: new Map(), contradictions: [] });
  });

  test('a look that is not finished yet, or past a gate that only warned, is one', () => {
    expect(found(opened(1, { verdicts: [gate, { ...gate, severity: 'warn', passed: false }] }))).toEqual([]);
  });

  test.each<readonly [string, readonly LedgerRecord[], number, RegExp]>([
    ['opened twice', [opened(1), result(2, 1), opened(3)], 3, /a second time: record 1 opened it/],
    ['opened twice, to other policies', [opened(1), opened(2, { policies: [{ seed: 7, hash: 'd'.repeat(64) }] })], 2, /a second time/],
    ['opened past a gate that refused', [opened(1, { verdicts: [{ ...gate, passed: false }] })], 1, /which another gate refuses/],
    [
      'opened past a gate that observed nothing',
      [opened(1, { verdicts: [{ ...gate, observed: 'NaN' }] })],
      1,
      /which another gate refuses/,
    ],
    ['opened without a reason', [opened(1, { reason: '  ' })], 1, /without a reason/],
    ['opened to nothing', [opened(1, { policies: [] })], 1, /to no policy/],
    ['a result before its look', [result(1, 2), opened(2)], 1, /which did not open the vault to pairs#3/],
    ['a result of the look of another trial', [opened(1, { address: 'pairs#4' }), result(2, 1)], 2, /did not open the vault to pairs#3/],
    ['a second result', [opened(1), result(2, 1), result(3, 1)], 3, /a second result of record 1: record 2 has the first/],
    ['a result without one seed', [opened(1), result(2, 1, { results: result(2, 1).results.slice(1) })], 2, /are not those that record 1/],
    [
      'a result of another policy',
      [opened(1), result(2, 1, { results: result(2, 1).results.map((one) => ({ ...one, policyHash: hash })) })],
      2,
      /are not those that record 1/,
    ],
    ['opened without asking a gate', [opened(1, { verdicts: [] })], 1, /without the verdict of any gate/],
    ['a look without verdicts', [{ ...opened(1), verdicts: undefined } as unknown as LedgerRecord], 1, /lacks what every record has/],
    [
      'a kind of vault that is not known',
      [{ ...opened(1), kind: 'vault-closed' } as unknown as LedgerRecord],
      1,
      /lacks what every record/,
    ],
  ])('%s is a contradiction', (_, records, sequence, because) => {
    expect(found(...records)).toEqual([{ sequence, found: expect.stringMatching(because) as string }]);
  });
});
