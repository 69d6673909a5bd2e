import { AssayError } from '../../core/errors.ts';
import { text } from '../../market/dbn/header.ts';
import { recordFlags } from '../../market/dbn/kinds.ts';
import type { Layout } from '../../market/dbn/layout.ts';
import type { Level, MarketRecord } from '../broker/paper/market-record.ts';
import type { EngineEvent } from '../engine/events.ts';

/** What records are translated for. */
export interface TranslationFacts {
  /** Raw symbols of the instruments that are known beforehand, by id; a live session tells them as it goes. */
  readonly symbolOf: ReadonlyMap<number, string>;
  /** Smallest difference of two prices of the symbols that are traded; others are passed over. */
  readonly tickOf: ReadonlyMap<string, number>;
  readonly barMs: number;
}

/** What one record means to a broker on paper and to an engine; empty for records that neither needs. */
export interface Translation {
  /** Nanoseconds since the epoch at which the record could be known at the earliest, by its own times. */
  readonly time: bigint;
  readonly record: MarketRecord | null;
  readonly event: EngineEvent | null;
}

/** Translates records of the Databento encoding, one after the other: a live session's mapping of symbols is remembered. */
export interface RecordTranslator {
  /**
   * @param layout of the record
   * @param view of the bytes that it lies in, from `start`
   * @param now the time at which it became known, which the results carry
   * @throws AssayError `data_invalid` for a price that is no whole number of ticks.
   */
  readonly translate: (layout: Layout, view: DataView, start: number, now: bigint) => Omit<Translation, 'time'>;
  /** See {@link Translation.time}. */
  readonly earliest: (layout: Layout, view: DataView, start: number) => bigint;
}

const nanosPerMs = 1_000_000n;
const undefinedPrice = 2n ** 63n - 1n;
/** Codes of system and error messages. */
const codes = { intervalEnd: 4, skipped: 7 };
/** Milliseconds of the bars of a record type. */
const barLengths: Readonly<Record<number, number>> = { 32: 1000, 33: 60_000, 34: 3_600_000, 35: 86_400_000 };
const idOffset = 4;
const eventTimeOffset = 8;

const nothing = { record: null, event: null } as const;
const offsetsByLayout = new Map<Layout, ReadonlyMap<string, number>>();

function offsetOf(layout: Layout, field: string): number | undefined {
  let offsets = offsetsByLayout.get(layout);
  if (offsets === undefined) {
    offsets = new Map(layout.fields.map(({ name, offset }) => [name, offset]));
    offsetsByLayout.set(layout, offsets);
  }
  return offsets.get(field);
}

type TradeRecord = Extract<MarketRecord, { kind: 'trade' }>;

function traded(record: TradeRecord): Omit<Translation, 'time'> {
  const { time, symbol, ticks } = record;
  return { record, event: { kind: 'trade', time, symbol, ticks } };
}

export function createTranslator({ symbolOf, tickOf, barMs }: TranslationFacts): RecordTranslator {
  const symbols = new Map(symbolOf);
  const at = (layout: Layout, field: string, start: number): number => start + offsetOf(layout, field)!;

  const ticks = (nanos: bigint, symbol: string): number => {
    const tickNanos = Math.round(tickOf.get(symbol)! * 1e9);
    const price = Number(nanos) / tickNanos;
    if (Number.isSafeInteger(price)) return price;
    throw new AssayError(
      'data_invalid',
      `the price ${Number(nanos) / 1e9} of ${symbol} is no whole number of ticks of ${tickOf.get(symbol)}`,
      {
        hint: 'state the tick of this instrument, or leave records of settlements and averages out',
      },
    );
  };

  const side = (layout: Layout, view: DataView, start: number, name: 'bid' | 'ask', symbol: string): readonly Level[] => {
    const levels: Level[] = [];
    for (let rank = 0; ; rank++) {
      const suffix = `${name}_px_${String(rank).padStart(2, '0')}`;
      const offset = offsetOf(layout, suffix);
      if (offset === undefined) return levels;
      const price = view.getBigInt64(start + offset, true);
      const size = view.getUint32(at(layout, `${name}_sz_${String(rank).padStart(2, '0')}`, start), true);
      if (price !== undefinedPrice && size > 0) levels.push({ ticks: ticks(price, symbol), size });
    }
  };

  const trade = (layout: Layout, view: DataView, start: number, symbol: string, time: bigint): TradeRecord => {
    const taker = String.fromCharCode(view.getUint8(at(layout, 'side', start)));
    return {
      kind: 'trade',
      time,
      symbol,
      ticks: ticks(view.getBigInt64(at(layout, 'price', start), true), symbol),
      size: view.getUint32(at(layout, 'size', start), true),
      aggressor: taker === 'B' ? 'buy' : taker === 'A' ? 'sell' : null,
    };
  };

  /** A book after a change, or the trade that a change will follow. */
  const quote = (layout: Layout, view: DataView, start: number, symbol: string, time: bigint): Omit<Translation, 'time'> => {
    if (view.getUint8(at(layout, 'action', start)) === 'T'.charCodeAt(0)) return traded(trade(layout, view, start, symbol, time));
    const flags = view.getUint8(at(layout, 'flags', start));
    if ((flags & recordFlags.last) === 0) return nothing;
    const bids = side(layout, view, start, 'bid', symbol);
    const asks = side(layout, view, start, 'ask', symbol);
    const suspect = (flags & recordFlags.maybeBadBook) !== 0;
    const [bid, ask] = [bids[0], asks[0]];
    const isSound = !suspect && bid !== undefined && ask !== undefined && bid.ticks < ask.ticks;
    return {
      record: { kind: 'book', time, symbol, bids, asks, suspect },
      event: isSound ? { kind: 'quote', time, symbol, bidTicks: bid.ticks, askTicks: ask.ticks } : null,
    };
  };

  const bar = (layout: Layout, view: DataView, start: number, symbol: string, time: bigint): EngineEvent => {
    const price = (field: string): number => Number(view.getBigInt64(at(layout, field, start), true)) / 1e9;
    return {
      kind: 'bar',
      time,
      symbol,
      startMs: Number(view.getBigUint64(start + eventTimeOffset, true) / nanosPerMs),
      bar: {
        open: price('open'),
        high: price('high'),
        low: price('low'),
        close: price('close'),
        volume: Number(view.getBigUint64(at(layout, 'volume', start), true)),
      },
    };
  };

  const control = (layout: Layout, view: DataView, start: number, time: bigint): Omit<Translation, 'time'> => {
    const offset = offsetOf(layout, 'code');
    const code = offset === undefined ? undefined : view.getUint8(start + offset);
    if (layout.name === 'system' && code === codes.intervalEnd)
      return {
        record: null,
        event: { kind: 'intervalEnd', time, endMs: Number(view.getBigUint64(start + eventTimeOffset, true) / nanosPerMs) },
      };
    return layout.name === 'error' && code === codes.skipped ? { record: null, event: { kind: 'gap', time } } : nothing;
  };

  return {
    earliest: (layout, view, start) => {
      const happened = view.getBigUint64(start + eventTimeOffset, true);
      // A bar is stamped with its start, and known at its end.
      if (layout.name === 'ohlcv') return happened + BigInt(barMs) * nanosPerMs;
      const received = offsetOf(layout, 'ts_recv');
      return received === undefined ? happened : view.getBigUint64(start + received, true);
    },
    translate: (layout, view, start, now) => {
      const id = view.getUint32(start + idOffset, true);
      if (layout.name === 'symbol-mapping') {
        const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
        const field = layout.fields.find(({ name }) => name === 'stype_out_symbol')!;
        symbols.set(id, text(bytes, start + field.offset, field.bytes));
        return nothing;
      }
      if (layout.name === 'system' || layout.name === 'error') return control(layout, view, start, now);
      const symbol = symbols.get(id);
      if (symbol === undefined || !tickOf.has(symbol)) return nothing;
      switch (layout.name) {
        case 'ohlcv':
          // Bars of another length stand beside those that are decided on.
          return barLengths[view.getUint8(start + 1)] === barMs ? { record: null, event: bar(layout, view, start, symbol, now) } : nothing;
        case 'mbp-1':
        case 'mbp-10':
          return quote(layout, view, start, symbol, now);
        case 'trade':
          return traded(trade(layout, view, start, symbol, now));
        case 'status': {
          const trading = String.fromCharCode(view.getUint8(at(layout, 'is_trading', start)));
          return trading === 'Y' || trading === 'N'
            ? { record: { kind: 'halt', time: now, symbol, halted: trading === 'N' }, event: null }
            : nothing;
        }
        default:
          return nothing;
      }
    },
  };
}
