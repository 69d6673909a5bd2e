import type { StopRequest } from '../worker/events.ts';

/** An order to stop, which can only become stricter: drain, then release or cancel. */
export interface StopState {
  /** Null while nobody said stop. */
  readonly request: () => StopRequest | null;
  readonly by: () => string;
  readonly stop: (request: StopRequest, by: string) => void;
  /** Returns how to unsubscribe. */
  readonly onRequest: (listener: (request: StopRequest) => void) => () => void;
}

const strictness: Readonly<Record<StopRequest, number>> = { drain: 0, release: 1, cancel: 2 };

export function createStopState(): StopState {
  let current: { readonly order: StopRequest; readonly by: string } | null = null;
  const listeners = new Set<(request: StopRequest) => void>();
  return {
    request: () => current?.order ?? null,
    by: () => current?.by ?? '',
    stop: (request, by) => {
      if (current !== null && strictness[request] <= strictness[current.order]) return;
      current = { order: request, by };
      for (const listener of listeners) listener(request);
    },
    onRequest: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
