import { expect, test } from 'vitest';
import { ms, order } from '../../../tests/fixtures/live/mnq.ts';
import { factsOf, holding } from '../../../tests/fixtures/live/risk.ts';
import { canonicalJson, sha256 } from '../../core/json.ts';
import { checkRiskChain, firstHash, nextRecord, type SealedRecord } from './audit.ts';
import { checkOrder } from './check-order.ts';
import { readLimits } from './limits.ts';

function chain(n: number): readonly SealedRecord[] {
  const rows: SealedRecord[] = [];
  for (let i = 0; i < n; i++) rows.push(nextRecord(rows.at(-1) ?? null, { run: 'r', at: ms(i), kind: 'event', body: { i } }));
  return rows;
}

test('a denial is kept with everything that it was judged by, what JSON lacks included', () => {
  const facts = factsOf({ navMicros: Number.NaN, books: holding(0) });
  const verdict = checkOrder(order('A', 'buy', 1), facts, readLimits());
  const record = nextRecord(null, { run: 'r', at: facts.now, kind: 'denial', body: { facts, verdict } });
  expect(JSON.parse(record.text)).toMatchObject({
    sequence: 1,
    previousHash: firstHash,
    at: String(ms(0)),
    body: { facts: { navMicros: 'NaN', now: String(ms(0)), state: 'active' }, verdict: { code: 'gross-exposure' } },
  });
  expect(checkRiskChain([record])).toMatchObject({ intact: true });
});

test('an untouched chain is intact, and equal events have equal hashes', () => {
  expect(checkRiskChain([])).toEqual({ intact: true, records: 0, head: firstHash });
  expect(checkRiskChain(chain(5))).toEqual({ intact: true, records: 5, head: chain(5).at(-1)!.hash });
});

const sealed = (record: object): Pick<SealedRecord, 'text' | 'hash'> => {
  const text = canonicalJson(record);
  return { text, hash: sha256(text) };
};

test.each<[what: string, change: (rows: readonly SealedRecord[]) => readonly SealedRecord[], sequence: number, because: RegExp]>([
  ['a record is taken out', (rows) => rows.toSpliced(2, 1), 3, /missing/],
  ['two change places', (rows) => rows.toSpliced(1, 2, rows[2]!, rows[1]!), 2, /missing/],
  [
    'a text is changed',
    (rows) => rows.with(1, { ...rows[1]!, text: rows[1]!.text.replace('"i":1', '"i":9') }),
    2,
    /does not have its hash/,
  ],
  [
    'a text is changed with its hash',
    (rows) => rows.with(1, { ...rows[1]!, ...sealed({ ...JSON.parse(rows[1]!.text), body: 9 }) }),
    3,
    /does not follow/,
  ],
  [
    'a number is changed with its hash',
    (rows) => rows.with(4, { ...rows[4]!, ...sealed({ ...JSON.parse(rows[4]!.text), sequence: 9 }) }),
    5,
    /another number/,
  ],
  ['a text is no JSON', (rows) => rows.with(4, { ...rows[4]!, text: 'x', hash: sha256('x') }), 5, /not canonical/],
  ['a text is null', (rows) => rows.with(4, { ...rows[4]!, text: 'null', hash: sha256('null') }), 5, /not canonical/],
])('shows where %s', (_, change, sequence, because) => {
  const check = checkRiskChain(change(chain(5)));
  expect(check).toMatchObject({ intact: false, sequence });
  expect('because' in check && check.because).toMatch(because);
});
