import type { Storage } from '../../search/study/storage.ts';

/** One call of a verb that is about to be made. */
export interface StorageCall {
  readonly verb: keyof Storage;
  /** The verb's first argument: the lease of a fenced verb, else the study or the request. */
  readonly subject: unknown;
}

export type StorageAnswer = { readonly kind: 'answered'; readonly answer: unknown } | { readonly kind: 'failed'; readonly error: unknown };

/** Hears of each call before it is made; what it returns hears how it ended. Must not throw. */
export type StorageObserver = (call: StorageCall) => (ended: StorageAnswer) => void;

/** The same storage under observation. Every verb, those still to be invented too. */
export function observed(storage: Storage, observers: readonly StorageObserver[]): Storage {
  if (observers.length === 0) return storage;
  const watched = Object.entries(storage).map(([name, verb]: [string, (...args: readonly unknown[]) => Promise<unknown>]) => [
    name,
    async (...args: readonly unknown[]): Promise<unknown> => {
      const listeners = observers.map((observe) => observe({ verb: name as keyof Storage, subject: args[0] }));
      const tell = (ended: StorageAnswer): void => {
        for (const listener of listeners) listener(ended);
      };
      try {
        const answer = await verb(...args);
        tell({ kind: 'answered', answer });
        return answer;
      } catch (error) {
        tell({ kind: 'failed', error });
        throw error;
      }
    },
  ]);
  return Object.fromEntries(watched) as unknown as Storage;
}
