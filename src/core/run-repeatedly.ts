/**
 * Runs `task` repeatedly, one run at a time, after a pause of `pauseMs` or of the number that the last run returned. Returns the function
 * that stops it.
 */
export function runRepeatedly(pauseMs: number, task: () => Promise<unknown>, onError: (error: unknown) => void): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const schedule = (delayMs: number): void => {
    timer = setTimeout(() => {
      task()
        .catch((error: unknown) => {
          if (!stopped) onError(error);
        })
        .then((nextMs) => {
          if (!stopped) schedule(typeof nextMs === 'number' ? nextMs : pauseMs);
        }, onError);
    }, delayMs);
  };
  schedule(pauseMs);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
