import { Decompress } from 'fzstd';
import { AssayError, messageOf } from '../../core/errors.ts';
import { type DbnHeader, decodeHeader, headerLength, prefixBytes } from '../../market/dbn/header.ts';
import { type Layout, recordHeaderBytes } from '../../market/dbn/layout.ts';
import { layoutOf, sendTimeBytes } from '../../market/dbn/records.ts';
import { followZstdFrames } from '../../market/dbn/zstd-frames.ts';
import type { Compression } from './control-lines.ts';

/** A record as it lies in memory that is used again: whoever keeps it copies it. */
export interface LiveRecord {
  /** Null for a type that this program does not know. */
  readonly layout: Layout | null;
  readonly rtype: number;
  readonly view: DataView;
  /** Its first byte in `view`, and its bytes with the send time, if it has one. */
  readonly start: number;
  readonly length: number;
}

export interface RecordHandlers {
  readonly onHeader: (header: DbnHeader) => void;
  /** False: nothing more is wanted, and what follows is not read. */
  readonly onRecord: (record: LiveRecord) => boolean;
}

/** Reads metadata and records from bytes that arrive in pieces of any length. */
export interface RecordReader {
  /**
   * @throws AssayError `data_invalid` for what is no metadata or no record, for records with a send time where the metadata say that they have none
   * or the reverse, and for damaged blocks.
   */
  readonly push: (piece: Uint8Array) => void;
  /** Bytes of a record, or of the metadata, that is not complete. */
  readonly held: () => number;
}

/** @param compression of the bytes, as it was agreed on. */
export function createRecordReader(compression: Compression, place: string, handlers: RecordHandlers): RecordReader {
  const plain = plainReader(place, handlers);
  if (compression === 'none') return plain;
  // One frame without an end, each block of which is unpacked as soon as it is complete.
  const frames = followZstdFrames(place);
  let refusal: unknown;
  const decoder = new Decompress((block) => {
    try {
      plain.push(block);
    } catch (error) {
      refusal = error;
      throw error;
    }
  });
  return {
    held: plain.held,
    push: (piece) => {
      frames.push(piece);
      try {
        decoder.push(piece);
      } catch (cause) {
        if (cause === refusal) throw cause;
        throw damaged(`a block cannot be unpacked: ${messageOf(cause)}`, place, cause);
      }
    },
  };
}

function plainReader(place: string, { onHeader, onRecord }: RecordHandlers): RecordReader {
  let held: Uint8Array = new Uint8Array();
  let header: DbnHeader | null = null;
  let offset = 0;
  let isWanted = true;

  /** Returns the length of the metadata at the beginning of `bytes`; 0 if there are too few bytes to say, or to decode it. */
  const takeHeader = (bytes: Uint8Array): number => {
    if (bytes.length < prefixBytes) return 0;
    if (Buffer.from(bytes.subarray(0, 3)).toString('latin1') !== 'DBN') throw damaged('it does not begin with metadata', place);
    const length = prefixBytes + headerLength(bytes, place);
    if (bytes.length < length) return 0;
    header = decodeHeader(bytes.subarray(0, length), place);
    onHeader(header);
    return length;
  };

  const takeRecords = (bytes: Uint8Array, from: number, { tsOut }: DbnHeader): number => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = from;
    while (isWanted && at < bytes.length) {
      const length = bytes[at]! * 4;
      if (length < recordHeaderBytes + (tsOut ? sendTimeBytes : 0))
        throw damaged(`the record at byte ${offset + at} has a length of ${length} bytes`, place);
      if (at + length > bytes.length) break;
      const rtype = bytes[at + 1]!;
      const layout = layoutOf(rtype, length, place);
      if (layout !== null && length !== layout.bytes + (tsOut ? sendTimeBytes : 0))
        throw damaged(`the record at byte ${offset + at} ${tsOut ? 'lacks its' : 'has a'} send time, unlike the metadata say`, place);
      isWanted = onRecord({ layout, rtype, view, start: at, length });
      at += length;
    }
    return at;
  };

  return {
    held: () => held.length,
    push: (piece) => {
      if (!isWanted) return;
      const bytes = held.length === 0 ? piece : Buffer.concat([held, piece]);
      let at = header === null ? takeHeader(bytes) : 0;
      if (header !== null) at = takeRecords(bytes, at, header);
      offset += at;
      held = bytes.subarray(at);
    },
  };
}

function damaged(what: string, place: string, cause?: unknown): AssayError {
  return new AssayError('data_invalid', `the feed cannot be read: ${what}`, {
    place,
    hint: 'the other side is no gateway, or the bytes were damaged on their way: the session has to begin anew',
    ...(cause === undefined ? {} : { cause }),
  });
}
