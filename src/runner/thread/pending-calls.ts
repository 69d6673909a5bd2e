/** The calls of an objective that its host has not answered yet, awaited or not. */
export interface PendingCalls {
  /** Returns the promise for the objective. A rejection that the objective ignores does not end the thread. */
  readonly track: <T>(call: Promise<T>) => Promise<T>;
  /** Resolves when every call is answered, including calls made meanwhile, to the first error that the objective ignored (null: none). */
  readonly drained: () => Promise<{ readonly error: unknown } | null>;
}

export function createPendingCalls(): PendingCalls {
  const open = new Set<Promise<unknown>>();
  const failures: { readonly error: unknown; readonly handed: HandedPromise<unknown> }[] = [];
  return {
    track: (call) => {
      const handed = handedPromise(call);
      const answered = call.then(
        () => undefined,
        (error: unknown) => void failures.push({ error, handed }),
      );
      open.add(answered);
      void answered.then(() => open.delete(answered));
      handed.ignoreRejection();
      return handed;
    },
    drained: async () => {
      while (open.size > 0) await Promise.all(open);
      return failures.find(({ handed }) => !handed.isAwaited()) ?? null;
    },
  };
}

function handedPromise<T>(call: Promise<T>): HandedPromise<T> {
  return new HandedPromise<T>((resolve) => resolve(call));
}

/** A promise that knows whether it is awaited. */
class HandedPromise<T> extends Promise<T> {
  /** Makes `then` return an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  #awaited = false;

  // biome-ignore lint/suspicious/noThenProperty: overrides the promise's own, to note its use.
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#awaited = true;
    return super.then(onFulfilled, onRejected);
  }

  isAwaited(): boolean {
    return this.#awaited;
  }

  /** Prevents an unhandled rejection without counting as awaited. */
  ignoreRejection(): void {
    super.then(undefined, () => undefined);
  }
}
