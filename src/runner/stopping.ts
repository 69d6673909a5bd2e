import type { StopOrder } from './worker/events.ts';

/** An order to stop, which can only become stricter: drain, then release or cancel. */
export interface Stopping {
  /** Null while nobody said stop. */
  readonly order: () => StopOrder | null;
  readonly by: () => string;
  readonly stop: (order: StopOrder, by: string) => void;
  /** Returns how to unsubscribe. */
  readonly onOrder: (listener: (order: StopOrder) => void) => () => void;
}

const strictness: Readonly<Record<StopOrder, number>> = { drain: 0, release: 1, cancel: 2 };

export function createStopping(): Stopping {
  let current: { readonly order: StopOrder; readonly by: string } | null = null;
  const listeners = new Set<(order: StopOrder) => void>();
  return {
    order: () => current?.order ?? null,
    by: () => current?.by ?? '',
    stop: (order, by) => {
      if (current !== null && strictness[order] <= strictness[current.order]) return;
      current = { order, by };
      for (const listener of listeners) listener(order);
    },
    onOrder: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
