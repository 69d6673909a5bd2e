import { recordFlags, undefinedPrice } from '../../market/dbn/kinds.ts';
import { type DbnRecord, decodeRecord, encodeRecord } from '../../market/dbn/record.ts';
import { mboLayout } from '../../market/dbn/records.ts';
import { recordTypes } from '../feed/progress.ts';
import { mergeRecordings } from './recorded.ts';

const snapshotFlags = recordFlags.snapshot | recordFlags.badReceiveTime;

/**
 * The orders that rested before an instant, as a gateway's snapshot has them: for each instrument a record that clears its book, then an
 * added order for each that rests, in the order of their priority; the last one ends the event.
 * @param before nanoseconds since the epoch; null: nothing was before.
 */
export async function snapshotsOf(
  paths: readonly string[],
  instruments: readonly number[],
  before: bigint | null,
  now: bigint,
): Promise<readonly Uint8Array[]> {
  const books = new Map(instruments.map((id) => [id, { resting: new Map<bigint, DbnRecord>(), publisher: 0, time: before ?? now }]));
  if (before !== null)
    for await (const { rtype, instrument, knownAt, bytes } of mergeRecordings(paths)) {
      if (knownAt >= before) break;
      const book = books.get(instrument);
      if (rtype !== recordTypes.mbo || book === undefined) continue;
      const record = decodeRecord(mboLayout, bytes, 0);
      book.publisher = Number(record['publisher_id']);
      book.time = record['ts_event'] as bigint;
      apply(book.resting, record);
    }
  return [...books].flatMap(([id, { resting, publisher, time }]) => {
    const orders = [...resting.values()];
    const common = { instrument_id: id, ts_recv: before ?? now, ts_in_delta: 0, channel_id: 0 };
    const cleared = {
      publisher_id: publisher,
      ts_event: time,
      order_id: 0n,
      price: undefinedPrice,
      size: 0,
      action: 'R',
      side: 'N',
      sequence: 0,
    };
    return [{ ...cleared, ...common }, ...orders.map((order) => ({ ...order, ...common, action: 'A' }))].map((record, at) =>
      encodeRecord(mboLayout, { ...record, rtype: recordTypes.mbo, flags: snapshotFlags | (at === orders.length ? recordFlags.last : 0) }),
    );
  });
}

/** A map keeps the order of insertion, which is that of priority: an order that moves, or grows, goes to the end. */
function apply(resting: Map<bigint, DbnRecord>, record: DbnRecord): void {
  const id = record['order_id'] as bigint;
  const old = resting.get(id);
  switch (String(record['action'])) {
    case 'R':
      resting.clear();
      return;
    case 'A':
      resting.delete(id);
      resting.set(id, record);
      return;
    case 'M': {
      const keepsPlace = old !== undefined && old['price'] === record['price'] && Number(record['size']) <= Number(old['size']);
      if (!keepsPlace) resting.delete(id);
      if (Number(record['size']) > 0) resting.set(id, record);
      else resting.delete(id);
      return;
    }
    case 'C': {
      const left = old === undefined ? 0 : Number(old['size']) - Number(record['size']);
      if (left > 0) resting.set(id, { ...old!, size: left });
      else resting.delete(id);
      return;
    }
    default:
  }
}
