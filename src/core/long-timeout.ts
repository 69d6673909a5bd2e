/** A timer of Node that is to wait longer does not wait at all. */
const longestMs = 2 ** 31 - 1;

/** Calls once, after so long, however long that is. Returns how to call it off. */
export function longTimeout(ms: number, call: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    timer = setTimeout(() => (leftMs > longestMs ? wait(leftMs - longestMs) : call()), Math.min(leftMs, longestMs));
  };
  wait(ms);
  return () => clearTimeout(timer);
}
