/**
 * Runs `task` again and again, never twice at once, after a pause of `pauseMs` or as long as the run before has said, as a number. Returns how to stop.
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
