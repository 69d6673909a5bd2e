import type { WorkerEvent } from '../events.ts';

const retoldAfterMs = 60_000;

/**
 * Returns a function that reports the paused studies that a worker waits for as `studies-paused`: at once where they are other ones than in
 * the last call, and again after a minute.
 */
export function pausedReporter(
  onEvent: (event: WorkerEvent) => void,
  now: () => number = () => performance.now(),
): (studies: readonly string[]) => void {
  let last = { names: '', atMs: 0 };
  return (studies) => {
    const names = studies.join(' ');
    if (names === last.names && now() < last.atMs + retoldAfterMs) return;
    last = { names, atMs: now() };
    if (studies.length > 0) onEvent({ kind: 'studies-paused', studies });
  };
}
