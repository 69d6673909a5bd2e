import type { WorkerEvent } from '../events.ts';

const retoldAfterMs = 60_000;

/**
 * Returns a function that reports the studies that a worker waits for, paused or frozen ones: at once where they are other ones than in the
 * last call, and again after a minute.
 */
export function pausedReporter(
  onEvent: (event: WorkerEvent) => void,
  now: () => number = () => performance.now(),
  kind: 'studies-paused' | 'studies-frozen' = 'studies-paused',
): (studies: readonly string[]) => void {
  let last = { names: '', atMs: 0 };
  return (studies) => {
    const names = studies.join(' ');
    if (names === last.names && now() < last.atMs + retoldAfterMs) return;
    last = { names, atMs: now() };
    if (studies.length > 0) onEvent({ kind, studies });
  };
}
