import type { Schema } from '../../market/dbn/kinds.ts';
import type { Layout } from '../../market/dbn/layout.ts';
import { layouts } from '../../market/dbn/records.ts';
import type { Subscription } from './control-lines.ts';
import type { LiveRecord } from './record-reader.ts';

/** Type of the records of each schema. */
export const recordTypes: Readonly<Record<Schema, number>> = {
  mbo: 0xa0,
  'mbp-1': 0x01,
  'mbp-10': 0x0a,
  tbbo: 0x01,
  trades: 0x00,
  'ohlcv-1s': 0x20,
  'ohlcv-1m': 0x21,
  'ohlcv-1h': 0x22,
  'ohlcv-1d': 0x23,
  definition: 0x13,
  statistics: 0x18,
  status: 0x12,
  imbalance: 0x14,
  'ohlcv-eod': 0x24,
  'cmbp-1': 0xb1,
  'cbbo-1s': 0xc0,
  'cbbo-1m': 0xc1,
  tcbbo: 0xc2,
  'bbo-1s': 0xc3,
  'bbo-1m': 0xc4,
};

/** Error, symbol mapping and system messages: of the session, not of the market. */
const messageTypes: ReadonlySet<number> = new Set([0x15, 0x16, 0x17]);
const idOffset = 4;
const eventTimeOffset = 8;

/** Where records that show a book at the end of an interval have the time that a start is compared with. */
const intervalTimes: ReadonlyMap<Layout | null, number> = new Map(
  layouts
    .filter(({ name }) => name === 'bbo' || name === 'cbbo')
    .map((layout) => [layout, layout.fields.find(({ name }) => name === 'ts_recv')!.offset]),
);

/** The time that the start of a subscription is compared with. */
export function startTimeOf({ layout, view, start }: LiveRecord): bigint {
  return view.getBigUint64(start + (intervalTimes.get(layout) ?? eventTimeOffset), true);
}

function isMarketRecord({ rtype }: LiveRecord): boolean {
  return !messageTypes.has(rtype);
}

/** Newest time of one instrument's records of one type, and how many had it. */
interface Newest {
  readonly time: bigint;
  readonly count: number;
}

/**
 * How far a feed has come, by record type and instrument, so that a later session can go on without loss or repetition: it asks for records
 * from the oldest of the newest times on, and leaves out those that it had, exactly as many as there were at the newest time.
 */
export interface FeedProgress {
  /** A session begins that repeats what there was since the starts of {@link resume}; or, without a replay, one that goes on from now. */
  readonly begin: (isReplay: boolean) => void;
  /** False for a record that an earlier session brought. */
  readonly take: (record: LiveRecord) => boolean;
  /**
   * The subscription with the start from which it goes on.
   * @param since the start where no record came yet and the subscription has none.
   */
  readonly resume: (subscription: Subscription, since: bigint | null) => Subscription;
}

export function createFeedProgress(): FeedProgress {
  const newest = new Map<number, Newest>();
  /** What the session under way repeats and is not past yet. */
  let repeated = new Map<number, Newest>();
  /** Types whose next session begins with a snapshot of the book: all of it is wanted. */
  const anew = new Set<number>();

  return {
    begin: (isReplay) => {
      repeated = new Map(isReplay ? [...newest].filter(([key]) => !anew.has(Math.floor(key / 2 ** 32))) : []);
    },
    take: (record) => {
      if (!isMarketRecord(record)) return true;
      const { view, start, rtype } = record;
      const key = rtype * 2 ** 32 + view.getUint32(start + idOffset, true);
      const time = startTimeOf(record);
      const known = repeated.get(key);
      if (known !== undefined) {
        if (time < known.time) return false;
        if (time === known.time && known.count > 0) {
          repeated.set(key, { time, count: known.count - 1 });
          return false;
        }
        repeated.delete(key);
      }
      const last = newest.get(key);
      if (last === undefined || time > last.time) newest.set(key, { time, count: 1 });
      else if (time === last.time) newest.set(key, { time, count: last.count + 1 });
      return true;
    },
    resume: (subscription, since) => {
      const type = recordTypes[subscription.schema];
      if (subscription.snapshot) {
        anew.add(type);
        return subscription;
      }
      let oldest: bigint | null = null;
      for (const [key, { time }] of newest) if (Math.floor(key / 2 ** 32) === type && (oldest === null || time < oldest)) oldest = time;
      return { ...subscription, start: oldest ?? subscription.start ?? since };
    },
  };
}

/** Nanoseconds of the bars of a record type, which are known at their end. */
export const barNanos: Readonly<Record<number, bigint>> = {
  32: 1_000_000_000n,
  33: 60_000_000_000n,
  34: 3_600_000_000_000n,
  35: 86_400_000_000_000n,
};
const receiveTimes = new Map<Layout | null, number | null>([[null, null]]);

/** Nanoseconds since the epoch at which a record could be known at the earliest, by its own times. */
export function availableAt({ layout, view, start, rtype }: LiveRecord): bigint {
  let offset = receiveTimes.get(layout);
  if (offset === undefined) {
    offset = layout?.fields.find(({ name }) => name === 'ts_recv')?.offset ?? null;
    receiveTimes.set(layout, offset);
  }
  return view.getBigUint64(start + (offset ?? eventTimeOffset), true) + (barNanos[rtype] ?? 0n);
}
