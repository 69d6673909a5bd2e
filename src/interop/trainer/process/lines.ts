/** Largest length of a line from a trainer, in bytes: numbers of a step, never whole arrays, which go by files. */
export const longestLine = 2 ** 20;

/**
 * Cuts arriving bytes into lines.
 * @param onLine called with each line, without its end; not for empty lines.
 * @param onTooLong called once for a line that is longer than {@link longestLine}; what follows is dropped.
 */
export function createLineCutter(onLine: (line: string) => void, onTooLong: () => void): (bytes: Uint8Array) => void {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let hasFailed = false;
  const end = (last: Uint8Array): void => {
    const line = Buffer.concat([...pieces, last])
      .toString()
      .trimEnd();
    pieces = [];
    length = 0;
    if (line !== '') onLine(line);
  };
  return (bytes) => {
    let from = 0;
    while (!hasFailed) {
      const at = bytes.indexOf(10, from);
      length += (at === -1 ? bytes.length : at) - from;
      if (length > longestLine) {
        hasFailed = true;
        pieces = [];
        onTooLong();
        return;
      }
      if (at === -1) {
        if (from < bytes.length) pieces.push(bytes.subarray(from));
        return;
      }
      end(bytes.subarray(from, at));
      from = at + 1;
    }
  };
}
