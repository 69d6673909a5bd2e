import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { type DbnHeader, encodeHeader } from '../../market/dbn/header.ts';
import type { LiveRecord } from '../feed/record-reader.ts';

/** Writes a session as it is received: a DBN file, and beside it the nanoseconds at which each record was received. */
export interface RecordingWriter {
  /** Metadata of the session; only the first of a file is written. */
  readonly header: (header: DbnHeader) => void;
  readonly record: (record: LiveRecord, receivedAt: bigint) => void;
  /** Hands what is kept to the operating system. */
  readonly flush: () => void;
  readonly close: () => void;
}

const pieceBytes = 1 << 16;

/** @param path of the DBN file, which must not be there; the times go to `<path>.received`. */
export function writeRecording(path: string): RecordingWriter {
  const files = [openSync(path, 'wx', 0o600), openSync(`${path}.received`, 'wx', 0o600)] as const;
  const kept: [Uint8Array[], Uint8Array[]] = [[], []];
  let keptBytes = 0;
  let hasHeader = false;
  const flush = (): void => {
    for (const [i, file] of files.entries()) {
      const bytes = Buffer.concat(kept[i]!);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      kept[i] = [];
    }
    keptBytes = 0;
  };
  return {
    header: (header) => {
      if (hasHeader) return;
      hasHeader = true;
      kept[0].push(encodeHeader(header));
    },
    record: ({ view, start, length }, receivedAt) => {
      // The reader uses its memory again.
      kept[0].push(new Uint8Array(view.buffer, view.byteOffset + start, length).slice());
      kept[1].push(new Uint8Array(BigUint64Array.of(receivedAt).buffer));
      keptBytes += length;
      if (keptBytes >= pieceBytes) flush();
    },
    flush,
    close: () => {
      flush();
      for (const file of files) {
        fsyncSync(file);
        closeSync(file);
      }
    },
  };
}
