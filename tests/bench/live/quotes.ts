/** A recording of one future's quotes, trades, bars and ends of intervals, of any number of records, written a minute at a time. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { createRng } from '../../../src/core/rng.ts';
import { dbnBytes, layoutNamed } from '../../fixtures/dbn.ts';
import { symbol } from '../../fixtures/live/mnq.ts';

const instrumentId = 42;
/** 15:30 to 16:50 New York on a Wednesday: one session. */
const startMs = Date.parse('2024-01-17T20:30:00Z');
const minutes = 80;
const minuteMs = 60_000;
const ns = (ms: number): bigint => BigInt(Math.round(ms * 1e3)) * 1000n;
const nanos = (ticks: number): bigint => BigInt(ticks) * 250_000_000n;

export interface WrittenQuotes {
  readonly quotes: number;
  /** Market time that they cover. */
  readonly seconds: number;
  readonly bars: number;
}

/** @param quotes records of mbp-1, a quarter of them trades; at least one a minute. */
export function writeQuotes(path: string, quotes: number): WrittenQuotes {
  const rng = createRng('bench-live');
  const head = { publisher_id: 1, instrument_id: instrumentId };
  const layout = layoutNamed('mbp-1');
  const offsets = new Map(layout.fields.map(({ name, offset }) => [name, offset]));
  const at = (name: string): number => offsets.get(name)!;
  const [event, price, size, action, side, flags] = ['ts_event', 'price', 'size', 'action', 'side', 'flags'].map(at) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [received, bid, ask, bids, asks] = ['ts_recv', 'bid_px_00', 'ask_px_00', 'bid_sz_00', 'ask_sz_00'].map(at) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const perMinute = Math.ceil(quotes / minutes);
  const piece = new Uint8Array(perMinute * layout.bytes);
  const view = new DataView(piece.buffer);
  const mappings = [{ symbol, intervals: [{ start: 20240117, end: 20240119, symbol: String(instrumentId) }] }];
  const file = openSync(path, 'w');
  let best = 80_000;
  let left = quotes;
  try {
    writeSync(file, dbnBytes({ schema: null, start: ns(startMs), symbols: [symbol], notFound: [], mappings }, []));
    for (let minute = 0; minute < minutes; minute++) {
      const from = startMs + minute * minuteMs;
      const count = Math.min(perMinute, left - (minutes - 1 - minute));
      left -= count;
      const [open, before] = [best, best];
      let [high, low] = [best, before];
      for (let i = 0; i < count; i++) {
        const start = i * layout.bytes;
        const time = ns(from + (i * minuteMs) / count);
        const isTrade = i % 4 === 0;
        if (!isTrade) best += rng.int(3) - 1;
        high = Math.max(high, best);
        low = Math.min(low, best);
        piece[start] = layout.bytes / 4;
        piece[start + 1] = 1;
        view.setUint16(start + 2, 1, true);
        view.setUint32(start + 4, instrumentId, true);
        view.setBigUint64(start + event, time, true);
        view.setBigUint64(start + received, time, true);
        view.setBigInt64(start + price, nanos(best), true);
        view.setUint32(start + size, 1 + rng.int(5), true);
        piece[start + action] = isTrade ? 84 : 77;
        piece[start + side] = 65;
        piece[start + flags] = isTrade ? 0 : 128;
        view.setBigInt64(start + bid, nanos(best), true);
        view.setBigInt64(start + ask, nanos(best + 1), true);
        view.setUint32(start + bids, 1 + rng.int(9), true);
        view.setUint32(start + asks, 1 + rng.int(9), true);
      }
      writeSync(file, piece, 0, count * layout.bytes);
      const prices = { open: nanos(open), high: nanos(high), low: nanos(low), close: nanos(best) };
      const bar = { ...head, rtype: 0x21, ts_event: ns(from), ...prices, volume: BigInt(count) };
      writeSync(file, dbnBytes(null, [[layoutNamed('ohlcv'), bar]]));
    }
  } finally {
    closeSync(file);
  }
  return { quotes, seconds: (minutes * minuteMs) / 1000, bars: minutes };
}
