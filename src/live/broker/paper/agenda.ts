/** Things that are to happen at known times, in the order of time and, at one time, of their entry. */
export class Agenda<Item> {
  readonly #items: { readonly time: bigint; readonly sequence: number; readonly item: Item }[] = [];
  #sequence = 0;

  add(time: bigint, item: Item): void {
    const entry = { time, sequence: this.#sequence++, item };
    // Almost always the last: what is entered later happens later.
    let at = this.#items.length;
    while (at > 0 && this.#items[at - 1]!.time > time) at--;
    this.#items.splice(at, 0, entry);
  }

  /** Takes the next item that is due at `time` or before, or strictly before it; undefined: none. */
  next(time: bigint, strictly: boolean): { readonly time: bigint; readonly item: Item } | undefined {
    const first = this.#items[0];
    if (first === undefined || first.time > time || (strictly && first.time === time)) return undefined;
    return this.#items.shift();
  }

  get length(): number {
    return this.#items.length;
  }
}
