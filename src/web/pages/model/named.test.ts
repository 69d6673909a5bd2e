import { expect, test } from 'vitest';
import type { LedgerRecord } from '../../../registry/record.ts';
import { replayLedger } from '../../../registry/replay.ts';
import { type Decision, versionBefore } from './named.ts';

type Step = readonly [kind: Decision['kind'], version: number | null, alias?: string];

const history = (...steps: readonly Step[]): readonly Decision[] =>
  steps.map(([kind, version, alias = 'champion'], i) => ({ kind, version, alias, sequence: i + 1 }) as Decision).reverse();

test.each([
  ['nothing was promoted', [['refused', null]], null],
  ['one version', [['promoted', 1]], null],
  [
    'two versions',
    [
      ['promoted', 1],
      ['promoted', 2],
    ],
    1,
  ],
  [
    'a renewal is no move',
    [
      ['promoted', 1],
      ['promoted', 1],
    ],
    null,
  ],
  [
    'a refusal is no move',
    [
      ['promoted', 1],
      ['refused', null],
      ['override', 2],
    ],
    1,
  ],
  [
    'after a rollback',
    [
      ['promoted', 1],
      ['promoted', 2],
      ['promoted', 3],
      ['rollback', 2],
    ],
    1,
  ],
  [
    'after going back to the first',
    [
      ['promoted', 1],
      ['promoted', 2],
      ['rollback', 1],
    ],
    null,
  ],
  [
    'another alias',
    [
      ['promoted', 1, 'other'],
      ['promoted', 2],
    ],
    null,
  ],
] as readonly [string, readonly Step[], number | null][])('%s', (_what, steps, before) => {
  expect(versionBefore(history(...steps), 'champion')).toBe(before);
});

test('it is what the ledger itself derives', () => {
  const steps: readonly Step[] = [
    ['promoted', 1],
    ['promoted', 2],
    ['promoted', 3],
    ['rollback', 2],
    ['promoted', 4],
    ['rollback', 2],
  ];
  let previousVersion: number | null = null;
  const records = steps.map(([kind, version], i) => {
    const record = {
      sequence: i + 1,
      model: 'm',
      alias: 'champion',
      address: `s#${version}`,
      policyHash: `p${version}`,
      passed: true,
      kind,
      version,
      previousVersion,
      verdicts: [{ passed: true, observed: 1, severity: 'refuse' }],
    };
    previousVersion = version;
    return record as unknown as LedgerRecord;
  });
  const named = replayLedger(records).models.get('m')!.aliases.get('champion')!.named;
  expect(versionBefore(history(...steps), 'champion')).toBe(named.at(-2));
});
