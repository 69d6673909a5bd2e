/** `setTimeout` fires at once for longer delays; they are chained. */
const longestMs = 2 ** 31 - 1;

/** Calls `call` once after `ms`, of any length. Returns a function that cancels it. */
export function longTimeout(ms: number, call: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    timer = setTimeout(() => (leftMs > longestMs ? wait(leftMs - longestMs) : call()), Math.min(leftMs, longestMs));
  };
  wait(ms);
  return () => clearTimeout(timer);
}
