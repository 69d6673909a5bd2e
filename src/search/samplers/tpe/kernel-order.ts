import type { Kernels } from './kernels.ts';

/** Kernels sorted by their position on one axis, ties by trial, to find neighbours. */
export class KernelOrder {
  readonly #kernels: Kernels;
  readonly #axis: number;
  #order: Int32Array = new Int32Array(16);
  #count = 0;

  constructor(kernels: Kernels, axis: number) {
    this.#kernels = kernels;
    this.#axis = axis;
  }

  /** Returns the kernel at a place. */
  at(place: number): number {
    return this.#order[place]!;
  }

  rebuild(): void {
    this.#count = this.#kernels.count;
    this.#reserve(this.#count);
    const positions = Float64Array.from({ length: this.#count }, (_, kernel) => this.#position(kernel));
    for (let kernel = 0; kernel < this.#count; kernel++) this.#order[kernel] = kernel;
    this.#order.subarray(0, this.#count).sort((a, b) => positions[a]! - positions[b]! || a - b);
  }

  /**
   * Inserts a kernel under its final index, where later kernels have already moved up by one.
   * @returns its place.
   */
  insert(kernel: number): number {
    this.#reserve(this.#count + 1);
    // Only if an older trial is inserted, which is rare: the latest kernel moves no other.
    if (kernel < this.#count) for (let place = 0; place < this.#count; place++) if (this.#order[place]! >= kernel) this.#order[place]!++;
    const place = this.#placeOf(kernel);
    this.#order.copyWithin(place + 1, place, this.#count);
    this.#order[place] = kernel;
    this.#count++;
    return place;
  }

  /**
   * Removes a kernel before later kernels move down by one.
   * @returns the place that it had.
   */
  remove(kernel: number): number {
    const place = this.#placeOf(kernel);
    this.#order.copyWithin(place, place + 1, this.#count);
    this.#count--;
    if (kernel < this.#count) for (let i = 0; i < this.#count; i++) if (this.#order[i]! > kernel) this.#order[i]!--;
    return place;
  }

  /**
   * Returns the larger of the gaps to the neighbours on either side. The range's ends are neighbours of the outermost kernels if there is
   * only one kernel or `endpoints` is set.
   */
  gap(place: number, endpoints: boolean): number {
    const { low, high } = this.#kernels.axes[this.#axis]!;
    const here = this.#position(this.#order[place]!);
    const first = place === 0;
    const last = place === this.#count - 1;
    const left = here - (first ? low : this.#position(this.#order[place - 1]!));
    const right = (last ? high : this.#position(this.#order[place + 1]!)) - here;
    const open = this.#count > 1 && !endpoints;
    if (first && open) return right;
    if (last && open) return left;
    return Math.max(left, right);
  }

  /** Returns the number of kernels before a kernel. */
  #placeOf(kernel: number): number {
    const position = this.#position(kernel);
    let from = 0;
    let to = this.#count;
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = this.#order[middle]!;
      const distance = this.#position(other) - position;
      if (distance < 0 || (distance === 0 && other < kernel)) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #position(kernel: number): number {
    return this.#kernels.position(kernel, this.#axis);
  }

  #reserve(count: number): void {
    if (count <= this.#order.length) return;
    const order = new Int32Array(Math.max(count, 2 * this.#order.length));
    order.set(this.#order);
    this.#order = order;
  }
}
