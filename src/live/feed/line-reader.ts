import { AssayError } from '../../core/errors.ts';

/** Bytes of the longest line taken: 500 symbols of 71 characters, and the rest. */
const longestLine = 2 ** 16;
const newline = 10;

/** Cuts lines off bytes that arrive in pieces of any length. */
export interface LineReader {
  /**
   * @param onLine gets each line without its end, and returns false if it was the last: what follows are not lines.
   * @returns the bytes behind the last line; empty if there may be more lines.
   * @throws AssayError `data_invalid` for a line that does not end.
   */
  readonly push: (piece: Uint8Array, onLine: (line: string) => boolean) => Uint8Array;
}

export function createLineReader(place: string): LineReader {
  let held = Buffer.alloc(0);
  return {
    push: (piece, onLine) => {
      let rest: Uint8Array = piece;
      for (;;) {
        const end = rest.indexOf(newline);
        const length = held.length + (end === -1 ? rest.length : end);
        if (length > longestLine)
          throw new AssayError('data_invalid', `a line has more than ${longestLine} bytes`, {
            place,
            hint: 'the other side is no gateway',
          });
        held = Buffer.concat([held, end === -1 ? rest : rest.subarray(0, end)]);
        if (end === -1) return new Uint8Array();
        const line = held.toString('utf8').replace(/\r$/, '');
        held = Buffer.alloc(0);
        rest = rest.subarray(end + 1);
        if (!onLine(line)) return rest;
      }
    },
  };
}
