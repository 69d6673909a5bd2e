import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutNamed } from '../../../tests/fixtures/dbn.ts';
import type { Schema } from '../../market/dbn/kinds.ts';
import type { Subscription } from './control-lines.ts';
import { createFeedProgress } from './progress.ts';
import type { LiveRecord } from './record-reader.ts';

interface Sent {
  readonly schema: 'trades' | 'mbo' | 'bbo-1s';
  readonly instrument: number;
  readonly time: bigint;
  readonly number: number;
}

const layoutOfSchema = { trades: layoutNamed('trade'), mbo: layoutNamed('mbo'), 'bbo-1s': layoutNamed('bbo') };
const types = { trades: 0x00, mbo: 0xa0, 'bbo-1s': 0xc3 };

function recordOf({ schema, instrument, time }: Sent): LiveRecord {
  const layout = layoutOfSchema[schema];
  const view = new DataView(new ArrayBuffer(layout.bytes));
  view.setUint8(1, types[schema]);
  view.setUint32(4, instrument, true);
  // A book at the end of an interval is asked for by its receive time; its event time is that of the last trade.
  const at = schema === 'bbo-1s' ? layout.fields.find(({ name }) => name === 'ts_recv')!.offset : 8;
  view.setBigUint64(at, time, true);
  return { layout, rtype: types[schema], view, start: 0, length: layout.bytes };
}

const subscriptionTo = (schema: Schema): Subscription => ({ schema, stypeIn: 'raw_symbol', symbols: ['A'], start: null, snapshot: false });
const subscriptions = (['trades', 'mbo', 'bbo-1s'] as const).map(subscriptionTo);

test('sessions that are cut anywhere give every record once, in its order', () => {
  const steps = fc.array(
    fc.record({
      schema: fc.constantFrom('trades' as const, 'mbo' as const, 'bbo-1s' as const),
      instrument: fc.integer({ min: 1, max: 3 }),
      pause: fc.nat({ max: 2 }),
    }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, fc.array(fc.nat({ max: 60 }), { maxLength: 5 }), (market, cuts) => {
      let time = 100n;
      const all = market.map((step, number): Sent => {
        time += BigInt(step.pause);
        return { ...step, time, number };
      });
      const progress = createFeedProgress();
      const taken: number[] = [];
      for (const length of [...cuts, all.length]) {
        const starts = new Map(subscriptions.map((one) => [one.schema, progress.resume(one, 0n).start ?? 0n]));
        progress.begin(true);
        const session = all.filter((record) => record.time >= starts.get(record.schema)!);
        for (const record of session.slice(0, Math.max(length, 0))) if (progress.take(recordOf(record))) taken.push(record.number);
        if (length >= all.length) break;
      }
      expect([...taken].sort((a, b) => a - b)).toEqual(all.map(({ number }) => number));
      for (const schema of ['trades', 'mbo', 'bbo-1s'])
        for (const instrument of [1, 2, 3]) {
          const own = taken.filter((number) => all[number]!.schema === schema && all[number]!.instrument === instrument);
          expect(own).toEqual([...own].sort((a, b) => a - b));
        }
    }),
  );
});

test('a snapshot is asked for again, without a start, and taken whole', () => {
  const progress = createFeedProgress();
  const snapshot = { ...subscriptionTo('mbo'), snapshot: true };
  const record = recordOf({ schema: 'mbo', instrument: 1, time: 5n, number: 0 });
  expect(progress.resume(snapshot, null)).toEqual(snapshot);
  progress.begin(true);
  expect(progress.take(record)).toBe(true);
  expect(progress.resume(snapshot, 1n)).toEqual(snapshot);
  progress.begin(true);
  expect(progress.take(record)).toBe(true);
});

test('without a replay nothing is left out', () => {
  const progress = createFeedProgress();
  const record = recordOf({ schema: 'trades', instrument: 1, time: 5n, number: 0 });
  progress.begin(true);
  expect([progress.take(record), progress.take(record)]).toEqual([true, true]);
  progress.begin(true);
  expect([progress.take(record), progress.take(record), progress.take(record)]).toEqual([false, false, true]);
  progress.begin(false);
  expect(progress.take(record)).toBe(true);
});
