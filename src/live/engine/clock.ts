/**
 * A clock that is moved by whoever feeds an engine, with what is due in the order of time, rank and entry. The engine itself has no clock: its
 * events carry their time, and it asks for timers as effects.
 */
export interface SimulatedClock<Item> {
  readonly now: () => bigint;
  readonly at: (time: bigint, rank: number, item: Item) => void;
  /** The next item that comes before an event of this time and rank, and moves the clock to it; undefined: none. */
  readonly next: (time: bigint, rank: number) => Item | undefined;
  readonly moveTo: (time: bigint) => void;
  /** Everything that is not due yet, in its order. */
  readonly waiting: () => readonly Item[];
}

export function createSimulatedClock<Item>(): SimulatedClock<Item> {
  const due: { readonly time: bigint; readonly rank: number; readonly sequence: number; readonly item: Item }[] = [];
  let now = 0n;
  let sequence = 0;
  const moveTo = (time: bigint): void => {
    if (time > now) now = time;
  };
  return {
    now: () => now,
    moveTo,
    waiting: () => due.map(({ item }) => item),
    at: (time, rank, item) => {
      const entry = { time, rank, sequence: sequence++, item };
      let at = due.length;
      while (at > 0 && isAfter(due[at - 1]!, entry)) at--;
      due.splice(at, 0, entry);
    },
    next: (time, rank) => {
      const first = due[0];
      if (first === undefined || first.time > time || (first.time === time && first.rank >= rank)) return undefined;
      due.shift();
      moveTo(first.time);
      return first.item;
    },
  };
}

interface Key {
  readonly time: bigint;
  readonly rank: number;
}

function isAfter(a: Key, b: Key): boolean {
  return a.time > b.time || (a.time === b.time && a.rank > b.rank);
}
