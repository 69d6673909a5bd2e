/** Something that is in use and can be replaced: the new one is for what begins from then on, the old one ends when nothing uses it any more. */
export interface ReplaceableResource<T> {
  readonly use: <Result>(work: (current: T) => Promise<Result>) => Promise<Result>;
  /** Nothing where it is replaced already. */
  readonly replace: (old: T) => void;
  /** Ends all of them, in use or not. */
  readonly close: () => Promise<void>;
}

export function createReplaceable<T extends { readonly destroy: () => Promise<void> }>(open: () => T): ReplaceableResource<T> {
  let current = open();
  /** How many use each of those that have not ended. */
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
