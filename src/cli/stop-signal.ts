const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs work that the first signal asks to end; a second signal ends the process at once, as by default. */
export async function untilStopped<Result>(work: (stopped: AbortSignal) => Promise<Result>): Promise<Result> {
  const stopped = new AbortController();
  const forget = (): void => {
    for (const signal of signals) process.off(signal, stop);
  };
  const stop = (): void => {
    forget();
    stopped.abort();
  };
  for (const signal of signals) process.on(signal, stop);
  try {
    return await work(stopped.signal);
  } finally {
    forget();
  }
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
