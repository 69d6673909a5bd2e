/** An event that stays set until reset, so that a notification between two waits is not lost. */
export interface Wakeup {
  readonly notify: () => void;
  /** Clears earlier notifications. */
  readonly reset: () => void;
  /** Resolves at the first notification since the last reset. */
  readonly wait: () => Promise<void>;
}

export function createWakeup(): Wakeup {
  let notify = (): void => undefined;
  let woken = Promise.resolve();
  const reset = (): void => {
    woken = new Promise((resolve) => {
      notify = resolve;
    });
  };
  reset();
  return { notify: () => notify(), reset, wait: () => woken };
}
