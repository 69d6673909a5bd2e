interface Kept {
  readonly read: () => string | null;
  /** Null removes it. */
  readonly write: (text: string | null) => void;
}

/** A text that this browser keeps for its person. A browser that keeps nothing (private windows, a full store) has none, and no error. */
export function kept(key: string): Kept {
  return {
    read: () => {
      try {
        return localStorage.getItem(key);
      } catch {
        // Storage is blocked: as if nothing had been kept.
        return null;
      }
    },
    write: (text) => {
      try {
        if (text === null) localStorage.removeItem(key);
        else localStorage.setItem(key, text);
      } catch {
        // Blocked or full: the choice holds until the page is closed.
      }
    },
  };
}
