/** A timer that fires later than this after it was due means that the process was suspended or busy. */
const heldUpMs = 500;
/** Time for a delayed process to read an answer that has arrived meanwhile. */
const secondLookMs = 1000;

/**
 * Calls `call` once when an answer is overdue, after `ms`. If the process itself was delayed, the answer may have arrived unread: then it
 * waits one more second, once. Returns a function that cancels it.
 */
export function deadline(ms: number, call: () => void): () => void {
  let timer: NodeJS.Timeout;
  const dueAtMs = performance.now() + ms;
  timer = setTimeout(() => {
    if (performance.now() - dueAtMs < heldUpMs) call();
    else timer = setTimeout(call, secondLookMs);
  }, ms);
  return () => clearTimeout(timer);
}
