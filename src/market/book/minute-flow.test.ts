import { describe, expect, test } from 'vitest';
import { dbnBytes, layoutNamed } from '../../../tests/fixtures/dbn.ts';
import { hasSharedData, sharedDataFile, sharedDataNote } from '../../../tests/fixtures/shared-data.ts';
import { globexEquity } from '../calendars/globex-equity.ts';
import { recordFlags, undefinedPrice, undefinedTime } from '../dbn/kinds.ts';
import { type DbnFile, dbnOfBytes, openDbn } from '../dbn/reader.ts';
import type { DbnRecord } from '../dbn/record.ts';
import { BookFeed } from './feed.ts';
import { eventFlow } from './measures.ts';
import { type FlowMinute, MinuteFlow } from './minute-flow.ts';
import { nanosOf, secondsOf } from './time.ts';

const mbo = layoutNamed('mbo');
const mbp1 = layoutNamed('mbp-1');
const mbp10 = layoutNamed('mbp-10');
/** An open of Globex. */
const open = BigInt(Date.parse('2024-01-02T23:00Z')) * 1_000_000n;
const second = 1_000_000_000n;
const tick = 1_000_000_000n;

type State = readonly [bid: number, bidSize: number, ask: number, askSize: number];

const none: DbnRecord = {
  publisher_id: 1,
  instrument_id: 5,
  ts_event: 1n,
  price: 100n * tick,
  size: 1,
  action: 'A',
  side: 'B',
  flags: recordFlags.last,
  depth: 0,
  ts_in_delta: 0,
  sequence: 0,
  bid_ct_00: 1,
  ask_ct_00: 1,
};

/** A record of best prices at a time after the open, in seconds. */
function at(seconds: number, [bid, bidSize, ask, askSize]: State, more: DbnRecord = {}): readonly [typeof mbp1, DbnRecord] {
  const ts_recv = open + BigInt(Math.round(seconds * 1e9));
  const price = (ticks: number): bigint => (Number.isNaN(ticks) ? undefinedPrice : BigInt(ticks) * tick);
  return [mbp1, { ...none, ts_recv, bid_px_00: price(bid), ask_px_00: price(ask), bid_sz_00: bidSize, ask_sz_00: askSize, ...more }];
}

function trade(seconds: number, price: number, size: number, side: string): readonly [typeof mbp1, DbnRecord] {
  return at(seconds, [100, 1, 101, 1], { action: 'T', side, size, price: BigInt(price) * tick, flags: 0 });
}

async function minutesOf(
  records: readonly (readonly [typeof mbp1, DbnRecord])[],
  until: bigint | null = null,
): Promise<readonly FlowMinute[]> {
  return minutesOfFile(await dbnOfBytes(dbnBytes({ schema: 'mbp-1' }, records), 'x.dbn'), Number(tick), until);
}

async function minutesOfFile(file: DbnFile, ticks: number, until: bigint | null): Promise<readonly FlowMinute[]> {
  const minutes: FlowMinute[] = [];
  const feed = new BookFeed({
    tickOf: () => ticks,
    sinkOf: (one) => new MinuteFlow({ ...one, calendar: globexEquity, emit: (minute) => minutes.push(minute) }),
  });
  feed.startFile(file.place, file.header?.schema ?? null);
  for await (const run of file.runs()) feed.push(run);
  feed.end(until);
  return minutes;
}

const states: readonly State[] = [
  [100, 10, 101, 20],
  [100, 15, 101, 20],
  [100, 15, 101, 12],
  [101, 5, 102, 8],
  [100, 30, 102, 8],
  [100, 30, 101, 4],
];

describe('order flow of a minute', () => {
  test('is the sum over its states, while that of seconds sees only the last of each', async () => {
    expect(states.slice(1).map((state, i) => eventFlow(...states[i]!, ...state))).toEqual([5, 8, 17, -5, -4]);
    expect(eventFlow(100, 10, 101, 15, 101, 4, 102, 25)).toBe(19);
    const [minute] = await minutesOf(states.map((state, i) => at(i / 10, state)));
    expect(minute).toMatchObject({ states: 6, ofi: [21], ofiSeconds: 0 });
    const [spread] = await minutesOf(states.map((state, i) => at(i === 5 ? 1 : 0.1 * i, state)));
    expect(spread).toMatchObject({ ofi: [21], ofiSeconds: -4 });
    const [ends] = await minutesOf([at(0, states[0]!), at(7, states[5]!)]);
    expect(ends).toMatchObject({ ofi: [36], ofiSeconds: 36 });
  });

  test('goes on from the state before the minute, over minutes without a state, but not into the next session', async () => {
    const minutes = await minutesOf([at(1, states[0]!), at(150, states[1]!), at(24 * 3600, states[5]!)], open + 86_401n * second);
    expect(minutes.slice(0, 3).map(({ ofi, ofiSeconds }) => [ofi[0], ofiSeconds])).toEqual([
      [0, 0],
      [0, 0],
      [5, 5],
    ]);
    expect(minutes).toHaveLength(23 * 60 + 1);
    expect(minutes.at(-2)).toMatchObject({ time: Date.parse('2024-01-03T21:59Z'), session: { date: '2024-01-03' }, validNs: 60e9 });
    expect(minutes.at(-1)).toMatchObject({ session: { date: '2024-01-04' }, ofi: [0], ofiSeconds: 0, states: 1, validNs: 1e9 });
  });

  test.each([
    ['a cleared book', at(2, [Number.NaN, 0, Number.NaN, 0], { action: 'R' })],
    ['a crossed book', at(2, [102, 1, 101, 1])],
    ['a locked book', at(2, [101, 1, 101, 1])],
    ['a book without asks', at(2, [101, 1, Number.NaN, 0])],
    ['a book that the feed doubts', at(2, states[3]!, { flags: recordFlags.last | recordFlags.maybeBadBook })],
    ['a snapshot', at(2, states[3]!, { flags: recordFlags.last | recordFlags.snapshot })],
    ['a doubt in the middle of an event', at(2, states[3]!, { flags: recordFlags.maybeBadBook })],
  ])('starts anew after %s', async (_, record) => {
    const [minute] = await minutesOf([at(0, states[0]!), at(1, states[1]!), record, at(3, states[4]!), at(4, states[5]!)]);
    expect(minute).toMatchObject({ ofi: [5 - 4], ofiSeconds: 5 - 4 });
  });

  const order = (seconds: number, id: bigint, more: DbnRecord) =>
    [
      mbo,
      { ...none, ts_recv: open + BigInt(Math.round(seconds * 1e9)), channel_id: 0, order_id: id, size: 10, price: 100n * tick, ...more },
    ] as const;
  const far = { price: 1n * tick };
  const standing = (from: bigint) => [
    order(-2, from, {}),
    ...Array.from({ length: 10 }, (_, i) => order(-2, from + 1n + BigInt(i), { price: BigInt(99 - i) * tick })),
    order(-1, from + 11n, { side: 'A', price: 101n * tick }),
  ];

  test.each([
    ['the open', []],
    ['a doubt of the feed', [order(1, 90n, { ...far, flags: recordFlags.last | recordFlags.maybeBadBook })]],
    ['a snapshot', [order(1, 90n, { ...far, flags: recordFlags.last | recordFlags.snapshot })]],
    ['a doubt in the middle of an event', [order(1, 90n, { ...far, flags: recordFlags.maybeBadBook })]],
  ])('of orders begins again after %s with the next event, also if it leaves ten levels as they are', async (_, broken) => {
    const records = [...standing(1n), ...broken, order(30, 91n, far), order(40, 92n, { size: 5 })];
    const file = await dbnOfBytes(dbnBytes({ schema: 'mbo' }, records), 'x.dbn');
    const [minute] = await minutesOfFile(file, Number(tick), null);
    expect(minute).toMatchObject({ ofi: [5, 0, 0, 0, 0, 0, 0, 0, 0, 0], ofiSeconds: 5 });
    expect(minute!.validNs).toBeGreaterThanOrEqual(30e9);
  });

  test('reads the book only at the end of an event and by the time of receipt, of the event where that is undefined', async () => {
    const [minute, second_] = await minutesOf([
      at(0, states[0]!),
      at(1, [90, 1, 91, 1], { flags: 0 }),
      at(2, states[1]!, { ts_event: 5n }),
      at(3, states[2]!, { ts_recv: undefinedTime, ts_event: open + 61n * second }),
    ]);
    expect(minute).toMatchObject({ states: 2, ofi: [5] });
    expect(second_).toMatchObject({ states: 1, ofi: [8] });
  });
});

describe('means over time', () => {
  test('weight each valid state with the time it stood, also before the minute, and leave out the time without one', async () => {
    const [first, next] = await minutesOf([
      at(30, [100, 3, 101, 1]),
      at(40, [100, 1, 102, 1]),
      at(50, [101, 1, 101, 1]),
      at(55, [100, 3, 102, 1]),
      at(70, [100, 2, 101, 2]),
    ]);
    expect(first).toMatchObject({
      validNs: 25e9,
      spread: (1 * 10 + 2 * 10 + 2 * 5) / 25,
      microDev: 0.5,
      microDevMean: (0.25 * 10 + 0.5 * 5) / 25,
    });
    expect(next).toMatchObject({ validNs: 60e9, spread: (2 * 10 + 50) / 60, microDev: 0, microDevMean: 5 / 60 });
    expect(next!.close).toEqual({ bidPrice: 100e9, bidSize: 2, askPrice: 101e9, askSize: 2 });
  });

  test('end where the data do, and are undefined without a valid state', async () => {
    expect((await minutesOf([at(10, states[0]!)], open + 25n * second))[0]).toMatchObject({ validNs: 15e9 });
    const [crossed] = await minutesOf([at(10, [101, 1, 100, 1])]);
    expect(crossed).toMatchObject({
      validNs: 0,
      states: 0,
      spread: Number.NaN,
      microDev: Number.NaN,
      microDevMean: Number.NaN,
      close: null,
    });
  });
});

describe('trades', () => {
  test('count by the side that took, and make the bar', async () => {
    const [first, second_] = await minutesOf([trade(0, 101, 3, 'B'), trade(1, 99, 2, 'A'), trade(2, 100, 7, 'N'), trade(61, 100, 1, 'B')]);
    expect(first).toMatchObject({
      bought: 3,
      sold: 2,
      unsided: 7,
      trades: 3,
      states: 0,
      bar: { open: 101e9, high: 101e9, low: 99e9, close: 100e9 },
    });
    expect(second_).toMatchObject({ bought: 1, trades: 1, bar: { open: 100e9 } });
  });

  test('outside sessions do not count, nor do states; nothing stands when the session opens', async () => {
    const minutes = await minutesOf([at(-60, states[0]!), trade(-1, 100, 1, 'B'), at(1, states[1]!)]);
    expect(minutes).toHaveLength(1);
    expect(minutes[0]).toMatchObject({ time: Number(open / 1_000_000n), trades: 0, states: 1, ofi: [0], validNs: 59e9 });
  });
});

test('times that go back over a minute are refused', async () => {
  await expect(minutesOf([at(61, states[0]!), at(59, states[1]!)])).rejects.toThrow(/times go back from 2024-01-02T23:01:00.000Z/);
});

test('events of several venues are refused', async () => {
  await expect(minutesOf([at(1, states[0]!), at(2, states[1]!, { publisher_id: 2 })])).rejects.toThrow(/several publishers: 1 and 2/);
});

test('levels below the best count by rank, a missing one 0', async () => {
  const levels = (deep: State): DbnRecord => ({
    ...Object.fromEntries(
      Array.from({ length: 10 }, (_, rank) => {
        const name = `0${rank}`;
        const isThere = rank < 2;
        const [bid, bidSize, ask, askSize] = rank === 1 ? deep : [100, 10, 101, 20];
        return [
          [`bid_px_${name}`, isThere ? BigInt(bid) * tick : undefinedPrice],
          [`ask_px_${name}`, isThere ? BigInt(ask) * tick : undefinedPrice],
          [`bid_sz_${name}`, isThere ? bidSize : 0],
          [`ask_sz_${name}`, isThere ? askSize : 0],
          [`bid_ct_${name}`, 1],
          [`ask_ct_${name}`, 1],
        ];
      }).flat(),
    ),
  });
  const record = (seconds: number, deep: State) => [mbp10, { ...at(seconds, states[0]!)[1], ...levels(deep) }] as const;
  const [minute] = await minutesOf([record(0, [99, 20, 102, 25]), record(30, [100, 10, 103, 30])]);
  expect(minute!.ofi).toEqual([0, 35, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect(minute).toMatchObject({ depth5: (75 + 70) / 2, depth10: (75 + 70) / 2 });
});

test('seconds and nanoseconds of a time are exact', () => {
  for (const time of [0n, 999_999_999n, 1_703_545_200_107_000_001n, 2n ** 63n + 12_345n, 2n ** 64n - 1n]) {
    const [low, high] = [Number(time & 0xffffffffn), Number(time >> 32n)];
    expect([secondsOf(low, high), nanosOf(low, high)]).toEqual([Number(time / second), Number(time % second)]);
  }
});

test.skipIf(!hasSharedData)(`orders give the same minutes as the derived levels of the same day${sharedDataNote}`, async () => {
  const folder = 'orderbook/';
  const [orders, levels] = await Promise.all(
    ['esh4-glbx-mdp3-20231225.mbo.dbn.zst', 'DERIVED_esh4-20231225.mbp-10.v3.dbn.zst'].map(async (name) =>
      minutesOfFile(await openDbn(sharedDataFile(folder + name)), 250_000_000, null),
    ),
  );
  expect(orders!.length).toBe(60);
  const withoutStates = (minutes: readonly FlowMinute[]) => minutes.map((minute) => ({ ...minute, states: null }));
  expect(withoutStates(orders!)).toEqual(withoutStates(levels!));
});
