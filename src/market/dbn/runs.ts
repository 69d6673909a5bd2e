import { AssayError } from '../../core/errors.ts';
import { recordHeaderBytes } from './layout.ts';
import type { ByteSource } from './source.ts';

/**
 * Consecutive records of one type and length in a piece of a file. A file of one schema has one run a piece; a live file, where types
 * alternate, as many as there are changes. The memory is used again for the next piece.
 */
export interface DbnRun {
  readonly rtype: number;
  /** Bytes of each record, a multiple of 4. */
  readonly stride: number;
  readonly count: number;
  /** First byte of the first record in `bytes`, a multiple of 4. */
  readonly start: number;
  /** The same memory, three times. */
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly ints: Int32Array;
  /** Place of the first record in the unpacked file. */
  readonly offset: number;
}

/** Bytes of a piece: a run never needs more memory, whatever the length of the file. */
export const pieceBytes = 2 ** 20;

/** What the end of a file left over. */
export interface CutOff {
  /** Bytes of the last record, which is not complete; 0 for a whole file. */
  bytes: number;
}

export interface RunOptions {
  readonly place: string;
  /** Offset of the first record in the file. */
  readonly offset: number;
  /** An incomplete last record is counted in `cutOff` instead of refused. */
  readonly allowTruncated: boolean;
  readonly cutOff: CutOff;
}

/**
 * Cuts records into runs, one piece in memory at a time; the incomplete record at a piece's end is carried to the next. Closes the source
 * at the end, also where the reader stops early.
 * @throws AssayError `data_invalid`, with the offset, for a record shorter than its header and for an incomplete one at the end.
 */
export async function* cutRuns(source: ByteSource, options: RunOptions): AsyncGenerator<DbnRun> {
  try {
    yield* piecesOf(source, options);
  } finally {
    await source.close();
  }
}

async function* piecesOf(source: ByteSource, { place, offset, allowTruncated, cutOff }: RunOptions): AsyncGenerator<DbnRun> {
  const memory = new ArrayBuffer(pieceBytes);
  const views = { bytes: new Uint8Array(memory), words: new Uint32Array(memory), ints: new Int32Array(memory) };
  const { bytes, words } = views;
  let held = 0;
  let at = 0;
  for (let isEnd = false; !isEnd; ) {
    const room = bytes.length - held;
    const count = await source.read(bytes.subarray(held));
    isEnd = count < room;
    held += count;
    at = 0;
    while (at < held) {
      const key = words[at >> 2]! & 0xffff;
      const stride = (key & 0xff) * 4;
      if (stride < recordHeaderBytes)
        throw new AssayError('data_invalid', `the record at byte ${offset + at} has a length of ${stride} bytes, shorter than its header`, {
          place,
          hint: 'the file is damaged from here on: download it again',
        });
      let end = at + stride;
      if (end > held) break;
      while (end + stride <= held && (words[end >> 2]! & 0xffff) === key) end += stride;
      yield { ...views, rtype: key >> 8, stride, count: (end - at) / stride, start: at, offset: offset + at };
      at = end;
    }
    bytes.copyWithin(0, at, held);
    held -= at;
    offset += at;
  }
  if (held === 0) return;
  if (!allowTruncated)
    throw new AssayError('data_invalid', `the file ends inside the record at byte ${offset}: ${held} bytes are left`, {
      place,
      hint: 'the file is truncated: download it again, or use what there is with --allow-truncated',
    });
  cutOff.bytes = held;
}
