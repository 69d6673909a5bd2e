import { encodeHeader } from '../../market/dbn/header.ts';
import { undefinedTime } from '../../market/dbn/kinds.ts';
import type { Layout } from '../../market/dbn/layout.ts';
import { encodeRecord } from '../../market/dbn/record.ts';
import { layouts, sendTimeBytes } from '../../market/dbn/records.ts';

/** Codes of system messages and errors that a gateway sends. */
export const systemCodes = { heartbeat: 0, subscribed: 1, slowReader: 2, replayed: 3, intervalEnd: 4 } as const;
export const errorCodes = { unknownSymbol: 4, wrongSubscription: 5, internal: 6, skipped: 7 } as const;
/** Errors after which a session goes on. */
export const mildErrors: ReadonlySet<number> = new Set([errorCodes.unknownSymbol, errorCodes.skipped]);

const newest = (name: string): Layout => layouts.find((one) => one.name === name && one.versions.endsWith('3'))!;
const [system, error, mapping] = [newest('system'), newest('error'), newest('symbol-mapping')];
const head = { publisher_id: 0, instrument_id: 0 };

export function systemMessage(time: bigint, msg: string, code: number): Uint8Array {
  return encodeRecord(system, { ...head, ts_event: time, msg, code });
}

export function errorMessage(time: bigint, err: string, code: number): Uint8Array {
  return encodeRecord(error, { ...head, ts_event: time, err: err.slice(0, 300), code, is_last: 1 });
}

/** Says which instrument a symbol stands for. @param stypeIn number of the symbol's kind. */
export function mappingMessage(time: bigint, id: number, stypeIn: number, symbol: string, raw: string): Uint8Array {
  return encodeRecord(mapping, {
    ...{
      publisher_id: 0,
      instrument_id: id,
      ts_event: time,
      stype_in: stypeIn,
      stype_in_symbol: symbol,
      stype_out: 1,
      stype_out_symbol: raw,
    },
    ...{ start_ts: undefinedTime, end_ts: undefinedTime },
  });
}

/** The metadata of a session: 128 bytes, without symbols. */
export function sessionMetadata(dataset: string, start: bigint, tsOut: boolean): Uint8Array {
  return encodeHeader({
    ...{ version: 3, dataset, schema: null, start, end: null, limit: 0n, stypeIn: 255, stypeOut: 0, tsOut, symbolLength: 71 },
    ...{ symbols: [], partial: [], notFound: [], mappings: [] },
  });
}

/** The record with a send time at its end. */
export function withSendTime(record: Uint8Array, time: bigint): Uint8Array {
  const bytes = new Uint8Array(record.length + sendTimeBytes);
  bytes.set(record);
  bytes[0] = bytes.length / 4;
  new DataView(bytes.buffer).setBigUint64(record.length, time, true);
  return bytes;
}

/** Beginning of a frame of Zstandard without an end, with a window of 2 MiB. */
export const frameHead: Uint8Array = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x58);
const largestBlock = 2 ** 17;

/** Bytes as blocks that are not compressed: there is no compressor in Node 20. */
export function rawBlocks(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += largestBlock) {
    const block = bytes.subarray(at, at + largestBlock);
    const header = Buffer.alloc(3);
    header.writeUIntLE(block.length * 8, 0, 3);
    parts.push(header, block);
  }
  return Buffer.concat(parts);
}
