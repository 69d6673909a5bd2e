/** Hands out the current instance. After `replace` the old one is destroyed when its last user is done. */
export interface ReplaceableResource<T> {
  readonly use: <Result>(work: (current: T) => Promise<Result>) => Promise<Result>;
  /** Does nothing if `old` is replaced already. */
  readonly replace: (old: T) => void;
  /** Destroys all instances, in use or not. */
  readonly close: () => Promise<void>;
}

export function createReplaceable<T extends { readonly destroy: () => Promise<void> }>(open: () => T): ReplaceableResource<T> {
  let current = open();
  /** Number of users of each living instance. */
  const users = new Map<T, number>([[current, 0]]);
  const endings: Promise<void>[] = [];
  const end = (one: T): void => {
    users.delete(one);
    endings.push(one.destroy());
  };
  const endIfOver = (one: T): void => {
    if (one !== current && users.get(one) === 0) end(one);
  };
  return {
    use: async (work) => {
      const one = current;
      users.set(one, (users.get(one) ?? 0) + 1);
      try {
        return await work(one);
      } finally {
        if (users.has(one)) users.set(one, users.get(one)! - 1);
        endIfOver(one);
      }
    },
    replace: (old) => {
      if (old !== current) return;
      current = open();
      users.set(current, 0);
      endIfOver(old);
    },
    close: async () => {
      for (const one of [...users.keys()]) end(one);
      await Promise.all(endings);
    },
  };
}
