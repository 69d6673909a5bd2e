import { setTimeout as sleep } from 'node:timers/promises';
import type { Vitals } from '../engine/events.ts';

export interface Agreement {
  /** Asks the broker for what is due. */
  readonly ask: () => Promise<void> | void;
  readonly reconciled: () => Vitals['reconciled'];
  /** True once the run is to end, whatever the broker says. */
  readonly isOver: () => boolean;
  readonly onLine: (text: string) => void;
}

const askEveryMs = 5;
/** Time without an answer after which a line says what is waited for. */
const saidAfterMs = 5000;

/** Waits until orders and positions of earlier lives agree with the broker's, or do not, or the run is over. */
export async function agreement(
  { ask, reconciled, isOver, onLine }: Agreement,
  now: () => number = performance.now.bind(performance),
): Promise<void> {
  const since = now();
  let isSaid = false;
  while (reconciled() === 'unknown' && !isOver()) {
    await ask();
    if (!isSaid && now() - since >= saidAfterMs) {
      isSaid = true;
      onLine('waiting for the broker to say what became of the orders and positions of before');
    }
    await sleep(askEveryMs);
  }
}
