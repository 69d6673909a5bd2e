/** Number of levels that are read of each side. */
export const depth = 10;

/** The best levels of one side, the best first; without a level the price is NaN, size and count are 0. */
export interface Levels {
  /** In units of 1e-9. */
  readonly price: Float64Array;
  readonly size: Float64Array;
  /** Number of orders. */
  readonly count: Float64Array;
}

export function emptyLevels(): Levels {
  return { price: new Float64Array(depth).fill(Number.NaN), size: new Float64Array(depth), count: new Float64Array(depth) };
}

/** Ticks that a window holds; a power of 2. */
const windowTicks = 4096;
/** Place of the best level when a window is laid: a quarter of it is room for better prices. */
const bestPlace = 0.75 * windowTicks;

interface FarLevel {
  size: number;
  count: number;
}

/**
 * One side of a book: total size and number of orders at each tick, in dense arrays over a window of ticks that holds the best level, and in
 * a map for levels far from it. A bit a tick says where something rests, so that the next level is found at 32 ticks a step. The window is
 * laid anew when the best price leaves it. Levels are known by keys: the tick for bids, its negative for asks, so the best has the highest.
 */
export class BookSide {
  readonly #sizes = new Float64Array(windowTicks);
  readonly #counts = new Int32Array(windowTicks);
  readonly #bits = new Int32Array(windowTicks / 32);
  readonly #far = new Map<number, FarLevel>();
  /** Keys of the far levels, best first; null after a change. */
  #farKeys: readonly number[] | null = null;
  /** Key of the window's first place. */
  #base = 0;
  /** Place of the best level; -1 without any. */
  #best = -1;
  /** Number of levels in the window. */
  #held = 0;
  /** True if a change may have reached the levels that were read last. */
  isChanged = false;
  /** Key of the worst level that was read. */
  #worst = Number.NEGATIVE_INFINITY;

  /** Adds orders at a level, or with negative numbers takes them away. */
  change(key: number, size: number, orders: number): void {
    if (key >= this.#worst) this.isChanged = true;
    const place = key - this.#base;
    if (place < 0 || place >= windowTicks || this.#held === 0) {
      this.#changeOutside(key, size, orders);
      return;
    }
    this.#changeAt(place, size, orders);
    if (this.#held === 0 && this.#far.size > 0) this.#lay(this.#sortedFar()[0]!);
  }

  #changeAt(place: number, size: number, orders: number): void {
    const before = this.#counts[place]!;
    const after = before + orders;
    this.#counts[place] = after;
    this.#sizes[place] = this.#sizes[place]! + size;
    if (before === 0) {
      this.#bits[place >> 5] = this.#bits[place >> 5]! | (1 << (place & 31));
      this.#held++;
      if (place > this.#best) this.#best = place;
    } else if (after === 0) {
      this.#bits[place >> 5] = this.#bits[place >> 5]! & ~(1 << (place & 31));
      this.#sizes[place] = 0;
      this.#held--;
      if (place === this.#best) this.#best = this.#placeBelow(place);
    }
  }

  #changeOutside(key: number, size: number, orders: number): void {
    const isNewBest = this.#held === 0 || key >= this.#base + windowTicks;
    if (isNewBest) {
      this.#lay(key);
      this.#changeAt(key - this.#base, size, orders);
      return;
    }
    this.#farKeys = null;
    const level = this.#far.get(key);
    if (level === undefined) this.#far.set(key, { size, count: orders });
    else {
      level.size += size;
      level.count += orders;
      if (level.count === 0) this.#far.delete(key);
    }
  }

  /** Lays the window so that a key lies at {@link bestPlace}; levels change between the arrays and the map. */
  #lay(key: number): void {
    const far = this.#far;
    for (let place = this.#best; place >= 0; place = this.#placeBelow(place))
      far.set(this.#base + place, { size: this.#sizes[place]!, count: this.#counts[place]! });
    this.#empty();
    this.#base = key - bestPlace;
    for (const [at, { size, count }] of far) {
      const place = at - this.#base;
      if (place < 0 || place >= windowTicks) continue;
      this.#changeAt(place, size, count);
      far.delete(at);
    }
    this.#farKeys = null;
  }

  #empty(): void {
    this.#sizes.fill(0);
    this.#counts.fill(0);
    this.#bits.fill(0);
    this.#held = 0;
    this.#best = -1;
  }

  clear(): void {
    this.#empty();
    this.#far.clear();
    this.#farKeys = null;
    this.isChanged = true;
  }

  /** The next place with orders below one; -1 if there is none. */
  #placeBelow(place: number): number {
    let word = place >> 5;
    let bits = this.#bits[word]! & ((1 << (place & 31)) - 1);
    while (bits === 0) {
      if (--word < 0) return -1;
      bits = this.#bits[word]!;
    }
    return (word << 5) | (31 - Math.clz32(bits));
  }

  #sortedFar(): readonly number[] {
    this.#farKeys ??= [...this.#far.keys()].sort((a, b) => b - a);
    return this.#farKeys;
  }

  /**
   * Reads the best levels.
   * @param unit a key's price: the tick in units of 1e-9, negative for asks. (Adding 0 makes -0 to 0.)
   * @returns true if any level differs from what `into` held.
   */
  read(into: Levels, unit: number): boolean {
    this.isChanged = false;
    let hasChanged = false;
    let rank = 0;
    let place = this.#best;
    for (; rank < depth && place >= 0; rank++, place = this.#placeBelow(place)) {
      if (put(into, rank, (this.#base + place) * unit + 0, this.#sizes[place]!, this.#counts[place]!)) hasChanged = true;
      this.#worst = this.#base + place;
    }
    if (rank < depth && this.#far.size > 0)
      for (const key of this.#sortedFar().slice(0, depth - rank)) {
        const { size, count } = this.#far.get(key)!;
        if (put(into, rank++, key * unit + 0, size, count)) hasChanged = true;
        this.#worst = key;
      }
    if (rank < depth) this.#worst = Number.NEGATIVE_INFINITY;
    for (; rank < depth; rank++) if (put(into, rank, Number.NaN, 0, 0)) hasChanged = true;
    return hasChanged;
  }
}

function put({ price, size, count }: Levels, rank: number, newPrice: number, newSize: number, newCount: number): boolean {
  const isSame = size[rank] === newSize && count[rank] === newCount && (price[rank] === newPrice || newCount === 0);
  price[rank] = newPrice;
  size[rank] = newSize;
  count[rank] = newCount;
  return !isSame;
}
