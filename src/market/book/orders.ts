/** Words of a slot: the two halves of the id, the size, and the price in ticks. */
const slotWords = 4;
const firstCapacity = 1024;

/** The side of an order, as {@link OrderTable.sides} keeps it; 0 is an empty slot. */
export const bidSide = 1;
export const askSide = 2;

/**
 * Resting orders by their 64-bit id: a table of open addressing with linear probing, at most half full. Ids are two words, so no BigInt is
 * made for a record. A removed order leaves no tombstone: the orders behind it move up (Knuth, The Art of Computer Programming 3, 6.4,
 * algorithm R), so a table through which millions of orders pass stays as fast as a new one.
 */
export class OrderTable {
  /** Number of orders. */
  count = 0;
  #slots = new Int32Array(firstCapacity * slotWords);
  #sides = new Uint8Array(firstCapacity);
  #mask = firstCapacity - 1;

  /** Index of an order's slot, or -1. An index is valid until the next add or remove. */
  find(low: number, high: number): number {
    const slots = this.#slots;
    const sides = this.#sides;
    const mask = this.#mask;
    for (let slot = hashOf(low, high) & mask; ; slot = (slot + 1) & mask) {
      if (sides[slot] === 0) return -1;
      const at = slot * slotWords;
      if (slots[at] === low && slots[at + 1] === high) return slot;
    }
  }

  /** Adds an order whose id is not in the table. Halves of the id are signed 32-bit numbers. */
  add(low: number, high: number, side: number, size: number, tick: number): void {
    if (2 * (this.count + 1) > this.#sides.length) this.#grow();
    this.#put(low, high, side, size, tick);
    this.count++;
  }

  sideOf(slot: number): number {
    return this.#sides[slot]!;
  }

  sizeOf(slot: number): number {
    return this.#slots[slot * slotWords + 2]! >>> 0;
  }

  tickOf(slot: number): number {
    return this.#slots[slot * slotWords + 3]!;
  }

  resize(slot: number, size: number): void {
    this.#slots[slot * slotWords + 2] = size;
  }

  move(slot: number, side: number, size: number, tick: number): void {
    this.#sides[slot] = side;
    this.#slots[slot * slotWords + 2] = size;
    this.#slots[slot * slotWords + 3] = tick;
  }

  remove(slot: number): void {
    const slots = this.#slots;
    const sides = this.#sides;
    const mask = this.#mask;
    this.count--;
    let hole = slot;
    for (let next = (hole + 1) & mask; sides[next] !== 0; next = (next + 1) & mask) {
      const at = next * slotWords;
      const home = hashOf(slots[at]!, slots[at + 1]!) & mask;
      // An order may move into the hole if its own place is not behind it.
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      const to = hole * slotWords;
      slots[to] = slots[at]!;
      slots[to + 1] = slots[at + 1]!;
      slots[to + 2] = slots[at + 2]!;
      slots[to + 3] = slots[at + 3]!;
      sides[hole] = sides[next]!;
      hole = next;
    }
    sides[hole] = 0;
  }

  clear(): void {
    this.#sides.fill(0);
    this.count = 0;
  }

  /** Removes all orders of a side. */
  clearSide(side: number): void {
    const [slots, sides] = [this.#slots, this.#sides];
    this.#allocate(sides.length);
    for (let slot = 0; slot < sides.length; slot++) if (sides[slot] !== 0 && sides[slot] !== side) this.#copyIn(slots, slot, sides[slot]!);
    this.count = this.#sides.reduce((sum, each) => sum + (each === 0 ? 0 : 1), 0);
  }

  #grow(): void {
    const [slots, sides] = [this.#slots, this.#sides];
    this.#allocate(2 * sides.length);
    for (let slot = 0; slot < sides.length; slot++) if (sides[slot] !== 0) this.#copyIn(slots, slot, sides[slot]!);
  }

  #allocate(capacity: number): void {
    this.#slots = new Int32Array(capacity * slotWords);
    this.#sides = new Uint8Array(capacity);
    this.#mask = capacity - 1;
  }

  #copyIn(slots: Int32Array, slot: number, side: number): void {
    const at = slot * slotWords;
    this.#put(slots[at]!, slots[at + 1]!, side, slots[at + 2]!, slots[at + 3]!);
  }

  #put(low: number, high: number, side: number, size: number, tick: number): void {
    let slot = hashOf(low, high) & this.#mask;
    while (this.#sides[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#sides[slot] = side;
    const at = slot * slotWords;
    const slots = this.#slots;
    slots[at] = low;
    slots[at + 1] = high;
    slots[at + 2] = size;
    slots[at + 3] = tick;
  }
}

/** Mixes the halves of an id (multipliers of MurmurHash3's finaliser); ids of an exchange are often consecutive. */
function hashOf(low: number, high: number): number {
  const mixed = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
}
