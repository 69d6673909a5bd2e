import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { writeFault } from '../../core/free-space.ts';
import { type BarColumns, barFields } from '../bars.ts';
import type { BarBlock, BarStream } from '../stream.ts';

/** Rows that are kept in memory before they are written, and in one block of the stream. */
const blockRows = 65_536;

/** One symbol's bars on their way from a file to a data set, on disk: memory does not grow with their number. */
export interface Spool {
  /** Appends a bar; `extra` is parallel to the names that the spool was made with. */
  readonly push: (
    startMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    extra?: ArrayLike<number>,
  ) => void;
  /** Number of bars. */
  readonly rows: () => number;
  /** The bars so far, in the order in which they were pushed or, of a file that runs backwards, from the last to the first. */
  readonly stream: (order?: 'pushed' | 'reversed') => BarStream;
  /** Removes the files. */
  readonly remove: () => void;
}

/**
 * A spool in an existing folder, one file per column.
 * @throws AssayError `disk_full` or `unavailable` from `push` and `stream` if the folder cannot be written.
 */
export function createSpool(folder: string, symbol: string, extra: readonly string[] = []): Spool {
  const width = 1 + barFields.length + extra.length;
  const paths = Array.from({ length: width }, (_, k) => join(folder, `${symbol}-${k}.spool`));
  const files = guarded(folder, () => paths.map((path) => openSync(path, 'w+', 0o600)));
  const pending = Array.from({ length: width }, () => new Float64Array(blockRows));
  let filled = 0;
  let written = 0;

  const flush = (): void => {
    guarded(folder, () => {
      for (const [k, values] of pending.entries()) writeAll(files[k]!, new Uint8Array(values.buffer, 0, filled * 8), written * 8);
    });
    written += filled;
    filled = 0;
  };

  const readBlock = (from: number, count: number, reversed: boolean): BarBlock => {
    const columns = files.map((file) => {
      const values = new Float64Array(count);
      readAll(file, new Uint8Array(values.buffer), from * 8);
      return reversed ? values.reverse() : values;
    });
    const five = Object.fromEntries(barFields.map((field, k) => [field, columns[k + 1]!])) as unknown as BarColumns;
    return { time: columns[0]!, ...five, extra: Object.fromEntries(extra.map((name, k) => [name, columns[1 + barFields.length + k]!])) };
  };

  function* blocks(reversed: boolean): Generator<BarBlock> {
    if (filled > 0) flush();
    const rows = written;
    for (let done = 0; done < rows; done += blockRows) {
      const count = Math.min(blockRows, rows - done);
      yield readBlock(reversed ? rows - done - count : done, count, reversed);
    }
  }

  return {
    push: (startMs, open, high, low, close, volume, more) => {
      const row = filled++;
      pending[0]![row] = startMs;
      pending[1]![row] = open;
      pending[2]![row] = high;
      pending[3]![row] = low;
      pending[4]![row] = close;
      pending[5]![row] = volume;
      for (let k = 0; k < extra.length; k++) pending[6 + k]![row] = more![k]!;
      if (filled === blockRows) flush();
    },
    rows: () => written + filled,
    stream: (order = 'pushed') => ({ symbol, extra, blocks: () => blocks(order === 'reversed') }),
    remove: () => {
      for (const file of files) closeSync(file);
      for (const path of paths) rmSync(path, { force: true });
    },
  };
}

function guarded<T>(folder: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw writeFault(cause, folder);
  }
}

/** Writes all bytes at a position. */
export function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

/** Fills the bytes from a position. @throws RangeError if the file ends before. */
export function readAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(file, bytes, done, bytes.length - done, position + done);
    if (count === 0) throw new RangeError(`the file ends at byte ${position + done}`);
    done += count;
  }
}
