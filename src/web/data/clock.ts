import { type ReadonlySignal, signal } from '@preact/signals';

const ticking = signal(Date.now());

/** The present, ms since 1970, renewed every ten seconds while the page is visible: what relative times are counted from. */
export const now: ReadonlySignal<number> = ticking;

const renew = (): void => {
  if (!document.hidden) ticking.value = Date.now();
};

/** Starts the clock of the pages. */
export function startClock(): void {
  setInterval(renew, 10_000);
  document.addEventListener('visibilitychange', renew);
}
