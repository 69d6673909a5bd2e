import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { windows } from '../../../tests/fixtures/evaluations.ts';
import type { SharedTable } from '../../core/table.ts';
import { isTime } from '../../core/time.ts';
import { barFields } from '../../market/bars.ts';
import { sessionHashes } from '../../market/store/session-hashes.ts';
import type { Db } from '../database.ts';
import { recordDataDays } from '../verbs/record-data-days.ts';
import { countLooks } from './looks.ts';
import { refuseSeenFolds, refuseTimelessFolds } from './search-record.ts';

/** What numbers there are: -0, each infinity, NaN of any bits, and ordinary ones. */
const odd = fc.oneof(fc.constantFrom(-0, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1), fc.double());
const noTime = fc
  .oneof(fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 8.64e15, -8.64e15, 1e300), fc.double())
  .filter((ms) => !isTime(ms));
/** A database that no statement reaches. */
const unasked = { execute: () => Promise.reject(new Error('it was asked')) } as unknown as Db;

/** One session of one symbol, whose close and volume are the given ones. */
function tableOf(close: Float64Array, volume: Float64Array): SharedTable {
  const rows = close.length;
  const prices = Object.fromEntries(barFields.map((field) => [`A.${field}`, new Float64Array(rows).fill(1)]));
  const time = Float64Array.from({ length: rows }, (_, i) => i * 60_000);
  const columns = { time, session: new Float64Array(rows), ...prices, 'A.close': close, 'A.volume': volume };
  return { name: 'bars', hash: 'h', rows, columns, meta: { symbols: ['A'] } };
}
const hashed = (close: readonly number[], volume: readonly number[]): string =>
  sessionHashes(tableOf(Float64Array.from(close), Float64Array.from(volume)))[0]!.hash;

describe('the hash of a session', () => {
  test('is that of another one if and only if every number is the same: -0 is 0, and NaN is NaN', () => {
    const pairs = fc.array(fc.tuple(odd, odd), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pairs, pairs, (a, b) => {
        const [one, other] = [a, b].map((bars) =>
          hashed(
            bars.map(([close]) => close),
            bars.map(([, volume]) => volume),
          ),
        );
        const same =
          a.length === b.length &&
          a.every((bar, i) => bar.every((value, k) => value === b[i]![k] || (Number.isNaN(value) && Number.isNaN(b[i]![k]))));
        expect(one === other).toBe(same);
      }),
    );
    fc.assert(
      fc.property(fc.array(odd, { minLength: 1, maxLength: 6 }), (values) => {
        const signed = values.map((value) => (value === 0 ? -value : value));
        expect(hashed(signed, values)).toBe(hashed(values, signed));
      }),
    );
  });

  test('does not see the bits of a NaN', () => {
    const bits = (low: bigint) => new Float64Array(BigUint64Array.of(0x7ff8000000000000n | low).buffer);
    const one = new Float64Array(1);
    const of = (close: Float64Array) => sessionHashes(tableOf(close, one))[0]!.hash;
    fc.assert(
      fc.property(fc.bigInt(0n, 0x7ffffffffffffn), (low) => {
        expect(of(bits(low))).toBe(of(bits(0n)));
      }),
    );
  });
});

test('a range with an end that is no time has no number of looks, and no session begins there', async () => {
  await fc.assert(
    fc.asyncProperty(noTime, fc.boolean(), async (at, first) => {
      const day = { testStart: first ? at : 0, testEnd: first ? 1 : at };
      expect(await countLooks(unasked, ['h'], [{ testStart: 0, testEnd: 1 }, day])).toBeNaN();
      await expect(recordDataDays(unasked, 'h', [{ startsMs: at, hash: 'b' }])).rejects.toMatchObject({ code: 'data_invalid' });
    }),
  );
});

test('a fold with an end that is no time is refused by its name, and never behind a search', () => {
  const searched = { source: 's', packages: null, data: [{ name: 'bars', hash: 'h', searchedUntil: new Date(0) }] };
  const ends = fc.constantFrom('trainStart', 'trainEnd', 'testStart', 'testEnd');
  fc.assert(
    fc.property(noTime, ends, (at, end) => {
      const fold = { ...windows(1)[0]!, [end]: at };
      const refused = expect.objectContaining({
        code: 'study_invalid',
        message: expect.stringContaining(`${end} of fold 0 is `) as string,
      });
      expect(() => refuseTimelessFolds([fold])).toThrow(refused);
      if (end === 'testStart' && !(at > 0))
        expect(() => refuseSeenFolds('x#0', searched, [fold])).toThrow(expect.objectContaining({ code: 'conflict' }));
    }),
  );
  expect(() => refuseTimelessFolds(windows(3))).not.toThrow();
});

describe('in the database', () => {
  const database = useDatabase();

  test('a model is the same one however JSON writes a number, and another one with another number', async () => {
    const hashes = async (a: number, b: number) => {
      const { rows } = await database.pool.query<{ same: boolean }>(
        `select model_hash($1::json, 's', '{d}', null) = model_hash($2::json, 's', '{d}', null) as same`,
        [a, b].map((value) => JSON.stringify({ value })),
      );
      return rows[0]!.same;
    };
    const finite = fc.oneof(
      fc.constantFrom(-0, 0, 1, 1e21, 1e-7, 5e-324, Number.MAX_VALUE),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    await fc.assert(
      fc.asyncProperty(finite, finite, async (a, b) => {
        expect(await hashes(a, b)).toBe(a === b);
        expect(await hashes(a, a)).toBe(true);
        expect(await hashes(a, -a)).toBe(a === 0);
      }),
      { numRuns: 30 },
    );
  });
});
