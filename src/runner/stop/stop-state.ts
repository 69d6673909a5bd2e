/** Finish the running trials (`drain`), give them back to the queue (`release`), or end them as cancelled (`cancel`). */
export type StopRequest = 'drain' | 'release' | 'cancel';

/** The current stop request, which can only become stricter: drain, release, cancel. */
export interface StopState {
  /** The strictest request so far (null: none). */
  readonly request: () => StopRequest | null;
  readonly by: () => string;
  readonly stop: (request: StopRequest, by: string) => void;
  /** Returns the function that unsubscribes. */
  readonly onRequest: (listener: (request: StopRequest) => void) => () => void;
}

const strictness: Readonly<Record<StopRequest, number>> = { drain: 0, release: 1, cancel: 2 };

export function createStopState(): StopState {
  let current: { readonly request: StopRequest; readonly by: string } | null = null;
  const listeners = new Set<(request: StopRequest) => void>();
  return {
    request: () => current?.request ?? null,
    by: () => current?.by ?? '',
    stop: (request, by) => {
      if (current !== null && strictness[request] <= strictness[current.request]) return;
      current = { request, by };
      for (const listener of listeners) listener(request);
    },
    onRequest: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
