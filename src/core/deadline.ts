/** A timer that fires later than this after its time was held up with the whole process: suspended, or behind a long computation. */
const heldUpMs = 500;
/** Time for a process that was held up to read what has arrived meanwhile. */
const secondLookMs = 1000;

/**
 * Calls once when an answer is overdue, after `ms`. Where the process itself was held up, the answer may have arrived long ago and lie
 * unread: then it waits a second longer, once. Returns how to call it off.
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
