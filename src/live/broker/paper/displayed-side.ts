import type { Level } from './market-record.ts';

interface TakenLevel extends Level {
  /** What we took of it since it last changed. */
  taken: number;
}

/** Lots taken of one level. */
export interface Taken {
  readonly ticks: number;
  readonly lots: number;
}

/**
 * One side of the displayed book, with what we took of it: the same displayed size is filled once. A level counts as changed when its size
 * changes or when it has been away. The book itself is never changed by us.
 */
export class DisplayedSide {
  #levels: readonly TakenLevel[] = [];

  show(levels: readonly Level[]): void {
    const before = this.#levels;
    this.#levels = levels.map(({ ticks, size }) => {
      const old = before.find((one) => one.ticks === ticks);
      return { ticks, size, taken: old !== undefined && old.size === size ? old.taken : 0 };
    });
  }

  clear(): void {
    this.#levels = [];
  }

  /** The best level; null for an empty side. */
  get best(): Level | null {
    return this.#levels[0] ?? null;
  }

  /** Displayed at a price, whatever we took of it; 0 where nothing is. */
  sizeAt(ticks: number): number {
    return this.#levels.find((one) => one.ticks === ticks)?.size ?? 0;
  }

  /** Takes up to `lots` of the levels within a limit, best first. */
  take(lots: number, isWithin: (ticks: number) => boolean): readonly Taken[] {
    const fills: Taken[] = [];
    let left = lots;
    for (const level of this.#levels) {
      if (left === 0 || !isWithin(level.ticks)) break;
      const filled = Math.min(left, level.size - level.taken);
      if (filled <= 0) continue;
      level.taken += filled;
      left -= filled;
      fills.push({ ticks: level.ticks, lots: filled });
    }
    return fills;
  }

  /** What {@link take} could take. */
  available(isWithin: (ticks: number) => boolean): number {
    let lots = 0;
    for (const { ticks, size, taken } of this.#levels) {
      if (!isWithin(ticks)) break;
      lots += Math.max(0, size - taken);
    }
    return lots;
  }
}
