const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborted by the first of the process's signals; after that they end the process at once, as they do by default. */
export function stopSignal(): AbortSignal {
  const stopped = new AbortController();
  const stop = (): void => {
    for (const signal of signals) process.off(signal, stop);
    stopped.abort();
  };
  for (const signal of signals) process.on(signal, stop);
  return stopped.signal;
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
