import type { Storage } from '../../search/study/storage.ts';

/** A call of a verb, before it is made. */
export interface StorageCall {
  readonly verb: keyof Storage;
  /** The verb's first argument: the lease of a fenced verb, else the study or the request. */
  readonly subject: unknown;
}

export type StorageAnswer = { readonly kind: 'answered'; readonly answer: unknown } | { readonly kind: 'failed'; readonly error: unknown };

/** Called before each verb; returns a callback that receives the outcome. Neither may throw. */
export type StorageObserver = (call: StorageCall) => (ended: StorageAnswer) => void;

/** Wraps every verb of a storage so that observers see its calls and outcomes. */
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
