/** Something to wait for that remembers a ring which came while nobody waited. */
export interface Bell {
  readonly ring: () => void;
  /** Forget earlier rings. */
  readonly reset: () => void;
  /** Resolves at the first ring since the last reset. */
  readonly rung: () => Promise<void>;
}

export function createBell(): Bell {
  let ring = (): void => undefined;
  let rung = Promise.resolve();
  const reset = (): void => {
    rung = new Promise((resolve) => {
      ring = resolve;
    });
  };
  reset();
  return { ring: () => ring(), reset, rung: () => rung };
}
