import { recordFlags, undefinedPrice } from '../../../market/dbn/kinds.ts';
import type { Layout } from '../../../market/dbn/layout.ts';
import { encodeRecord } from '../../../market/dbn/record.ts';
import { layouts } from '../../../market/dbn/records.ts';
import { recordTypes } from '../progress.ts';
import type { LiveRecord } from '../record-reader.ts';
import type { StreamNews } from './dialect.ts';

const newest = (name: string): Layout => layouts.find((one) => one.name === name && one.versions.endsWith('3'))!;
const [ohlcv, book, status] = [newest('ohlcv'), newest('mbp-1'), newest('status')];
const nanosPerUnit = 1e9;

/** A price as the encoding has it; both sides round alike, to a billionth. */
function priceOf(price: number): bigint {
  return BigInt(Math.round(price * nanosPerUnit));
}

/**
 * A bar, quote or halt as a record of the Databento encoding, so that everything behind a feed is the same for every vendor.
 * @param receivedAt nanoseconds since the epoch
 */
export function recordOf(
  news: Extract<StreamNews, { readonly kind: 'bar' | 'quote' | 'status' }>,
  instrument: number,
  sequence: number,
  receivedAt: bigint,
): LiveRecord {
  const head = { publisher_id: 0, instrument_id: instrument, ts_event: news.time };
  switch (news.kind) {
    case 'bar': {
      const { open, high, low, close, volume } = news;
      const prices = { open: priceOf(open), high: priceOf(high), low: priceOf(low), close: priceOf(close) };
      return lying(ohlcv, encodeRecord(ohlcv, { ...head, rtype: recordTypes['ohlcv-1m'], ...prices, volume: BigInt(Math.round(volume)) }));
    }
    case 'quote': {
      const { bid, ask } = news;
      return lying(
        book,
        encodeRecord(book, {
          ...{ ...head, price: undefinedPrice, size: 0, action: 'M', side: 'N', flags: recordFlags.last, depth: 0 },
          ...{ ts_recv: receivedAt, ts_in_delta: 0, sequence },
          ...{
            bid_px_00: bid === null ? undefinedPrice : priceOf(bid.price),
            ask_px_00: ask === null ? undefinedPrice : priceOf(ask.price),
          },
          ...{ bid_sz_00: bid?.size ?? 0, ask_sz_00: ask?.size ?? 0, bid_ct_00: 0, ask_ct_00: 0 },
        }),
      );
    }
    case 'status': {
      const said = news.isTrading ? 'Y' : 'N';
      const empty = Object.fromEntries(
        status.fields.map(({ name, kind, bytes }) => [name, kind === 'char' || kind === 'text' ? '' : bytes === 8 ? 0n : 0]),
      );
      return lying(status, encodeRecord(status, { ...empty, ...head, ts_recv: receivedAt, is_trading: said, is_quoting: said }));
    }
  }
}

/** A record by itself in memory of its own. */
export function lying(layout: Layout, bytes: Uint8Array): LiveRecord {
  return { layout, rtype: bytes[1]!, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), start: 0, length: bytes.length };
}
