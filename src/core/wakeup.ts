/** Something to wait for that remembers a ring which came while nobody waited. */
export interface Wakeup {
  readonly notify: () => void;
  /** Forget earlier rings. */
  readonly reset: () => void;
  /** Resolves at the first ring since the last reset. */
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
