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

/** Runs `task` every `periodMs`, never twice at once: a slow round delays the next. Returns how to stop. */
export function repeat(periodMs: number, task: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const schedule = (): void => {
    timer = setTimeout(() => {
      task()
        .catch((error: unknown) => {
          if (!stopped) onError(error);
        })
        .finally(() => {
          if (!stopped) schedule();
        });
    }, periodMs);
  };
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
