/**
 * Lets callers that come while a read runs share the next one: a read that began before a caller asked might not see what it wrote. However
 * many ask at once, at most one read runs and one waits.
 */
export function sharedRead<Result>(read: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<unknown> | null = null;
  let next: Promise<Result> | null = null;

  const start = (): Promise<Result> => {
    next = null;
    const reading = read();
    running = reading.then(
      () => undefined,
      () => undefined,
    );
    const mine = running;
    void mine.then(() => {
      if (running === mine) running = null;
    });
    return reading;
  };

  return () => {
    if (running === null) return start();
    next ??= running.then(start);
    return next;
  };
}
