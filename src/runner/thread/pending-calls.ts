/** What an objective has asked of its host and is not yet answered, whether or not it awaits the answer. */
export interface PendingCalls {
  /** The promise to hand to the objective. It may ignore it: a rejection that it never looks at ends no thread. */
  readonly track: <T>(call: Promise<T>) => Promise<T>;
  /** Resolves when every call is answered, those made meanwhile as well; to the first error that the objective never looked at, if any. */
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

/** A promise that knows whether anything waits for it. */
class HandedPromise<T> extends Promise<T> {
  /** What `then` returns is an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  #awaited = false;

  // biome-ignore lint/suspicious/noThenProperty: a promise has it; this one notes its use.
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

  /** Not counted as waiting. */
  ignoreRejection(): void {
    super.then(undefined, () => undefined);
  }
}
