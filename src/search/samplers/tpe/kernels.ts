import type { FlatParam } from '../../space/compile.ts';
import { axesOf, kernelConstant, largestCell, type TpeAxis } from './axis.ts';
import { CellMasses } from './cell-masses.ts';
import { grown } from './columns.ts';
import { KernelOrder } from './kernel-order.ts';
import type { TpeOptions } from './options.ts';

export type KernelOptions = Pick<TpeOptions, 'magicClip' | 'endpoints' | 'release' | 'multivariate'>;

/** Values of the trials: those of slot s start at s * stride. */
export interface Rows {
  readonly values: Float64Array;
  readonly stride: number;
}

/**
 * Kernels of a Parzen estimator, one per trial in the order of the trials. `follow` updates them to another set of trials incrementally,
 * since only one or two trials change between asks: at 10,000 trials x 20 parameters an ask takes 100 ms if they are built from scratch,
 * 2 to 4 if updated. The result is the same to the last bit.
 */
export class Kernels {
  readonly axes: readonly TpeAxis[];
  /** Number of numeric axes, which come before the choices. */
  readonly numeric: number;
  /** One per stepped axis. */
  readonly cellMasses: readonly CellMasses[];
  count = 0;
  /** The trials' slots, ascending. */
  slots: Int32Array = new Int32Array(16);
  /** Position and 1 / width (0 for choices) by kernel, then by axis; interleaved for one pass over memory. */
  cells: Float64Array;
  /** Constant part of the log density over all numeric axes, by kernel. */
  constants: Float64Array = new Float64Array(16);
  /** The same plus the largest log mass of a cell on stepped axes: an upper bound of the log density over numeric axes at any point. */
  peaks: Float64Array = new Float64Array(16);

  readonly #options: KernelOptions;
  readonly #indices: Int32Array;
  readonly #orders: readonly KernelOrder[];
  /** Constants by kernel and numeric axis, so that a new width on one axis costs one logarithm, not one for each axis. */
  #axisConstants: Float64Array;
  /** Number of kernels after the update in progress. */
  #followed = 0;

  constructor(params: readonly FlatParam[], options: KernelOptions) {
    this.axes = axesOf(params);
    this.numeric = this.axes.filter(({ kind }) => kind !== 'choice').length;
    this.cellMasses = this.axes.filter(({ kind }) => kind === 'stepped').map((axis) => new CellMasses(axis));
    this.#options = options;
    this.#indices = Int32Array.from(this.axes, ({ at }) => params[at]!.index);
    this.#orders = this.axes.slice(0, this.numeric).map((_, axis) => new KernelOrder(this, axis));
    this.cells = new Float64Array(16 * 2 * this.axes.length);
    this.#axisConstants = new Float64Array(16 * this.numeric);
  }

  position(kernel: number, axis: number): number {
    return this.cells[2 * (kernel * this.axes.length + axis)]!;
  }

  width(kernel: number, axis: number): number {
    return 1 / this.cells[2 * (kernel * this.axes.length + axis) + 1]!;
  }

  /**
   * Updates the kernels to another set of trials.
   * @param slots ascending; each has a value for every parameter.
   */
  follow(slots: Int32Array, rows: Rows): void {
    const before = this.#followed;
    this.#followed = slots.length;
    const changes = this.#changesTo(slots, 8 + (slots.length >> 4));
    if (changes === null) this.#rebuild(slots, rows);
    else {
      const everyWidth = widthRule(before, this.#options) !== widthRule(slots.length, this.#options);
      for (const kernel of changes.gone.reverse()) this.#remove(kernel, everyWidth);
      for (const slot of changes.come) this.#insert(slot, rows, everyWidth);
      if (everyWidth) this.#setEveryWidth();
    }
  }

  /** Returns the kernels to remove and the slots to add, both ascending (null if they are more than `most`). */
  #changesTo(slots: Int32Array, most: number): { readonly gone: number[]; readonly come: readonly number[] } | null {
    const gone: number[] = [];
    const come: number[] = [];
    let kernel = 0;
    let i = 0;
    while (kernel < this.count || i < slots.length) {
      const own = kernel < this.count ? this.slots[kernel]! : Number.POSITIVE_INFINITY;
      const other = i < slots.length ? slots[i]! : Number.POSITIVE_INFINITY;
      if (own < other) gone.push(kernel);
      if (other < own) come.push(other);
      if (gone.length + come.length > most) return null;
      if (own <= other) kernel++;
      if (other <= own) i++;
    }
    return { gone, come };
  }

  #rebuild(slots: Int32Array, rows: Rows): void {
    this.#reserve(slots.length);
    this.count = slots.length;
    this.slots.set(slots);
    for (let kernel = 0; kernel < this.count; kernel++) this.#place(kernel, rows);
    for (const order of this.#orders) order.rebuild();
    this.#setEveryWidth();
  }

  #insert(slot: number, rows: Rows, widthsLater: boolean): void {
    this.#reserve(this.count + 1);
    let kernel = this.count;
    while (kernel > 0 && this.slots[kernel - 1]! > slot) kernel--;
    this.#shift(kernel, 1);
    this.count++;
    this.slots[kernel] = slot;
    this.#place(kernel, rows);
    this.#orders.forEach((order, axis) => {
      const place = order.insert(kernel);
      if (!widthsLater) for (let i = place - 1; i <= place + 1; i++) this.#setWidth(axis, i);
    });
  }

  #remove(kernel: number, widthsLater: boolean): void {
    const places = this.#orders.map((order) => order.remove(kernel));
    this.#shift(kernel + 1, -1);
    this.count--;
    if (widthsLater) return;
    places.forEach((place, axis) => {
      for (let i = place - 1; i <= place; i++) this.#setWidth(axis, i);
    });
  }

  /** Moves the kernels from `kernel` on by one: usually the last ones only, since the latest trial is the one that is added. */
  #shift(kernel: number, by: 1 | -1): void {
    const move = (array: Float64Array | Int32Array, each: number): void => {
      array.copyWithin((kernel + by) * each, kernel * each, this.count * each);
    };
    move(this.slots, 1);
    move(this.cells, 2 * this.axes.length);
    move(this.constants, 1);
    move(this.peaks, 1);
    move(this.#axisConstants, this.numeric);
  }

  #place(kernel: number, { values, stride }: Rows): void {
    const row = this.slots[kernel]! * stride;
    this.axes.forEach(({ scale }, axis) => {
      const cell = 2 * (kernel * this.axes.length + axis);
      this.cells[cell] = scale(values[row + this.#indices[axis]!]!);
      this.cells[cell + 1] = 0;
    });
  }

  #setEveryWidth(): void {
    for (let axis = 0; axis < this.numeric; axis++)
      for (let place = 0; place < this.count; place++) this.#setConstant(axis, this.#orders[axis]!.at(place), this.#widthAt(axis, place));
    for (let kernel = 0; kernel < this.count; kernel++) this.#sumConstants(kernel);
  }

  /** Sets the width of the kernel at a place of the sorted axis, if there is one and its width has changed. */
  #setWidth(axis: number, place: number): void {
    if (place < 0 || place >= this.count) return;
    const kernel = this.#orders[axis]!.at(place);
    if (this.#setConstant(axis, kernel, this.#widthAt(axis, place))) this.#sumConstants(kernel);
  }

  #widthAt(axis: number, place: number): number {
    const { low, high } = this.axes[axis]!;
    const range = high - low;
    const narrowest = this.#options.magicClip ? range / Math.min(100, this.#followed + 2) : 1e-12;
    const width = this.#joint
      ? 0.2 * this.#followed ** (-1 / (this.axes.length + 4)) * range
      : this.#orders[axis]!.gap(place, this.#options.endpoints);
    return Math.min(Math.max(width, narrowest), range);
  }

  /** True if all kernels have the same width, as in joint estimators of release 4.9. */
  get #joint(): boolean {
    return this.#options.release === '4.9' && this.#options.multivariate;
  }

  #setConstant(axis: number, kernel: number, width: number): boolean {
    const cell = 2 * (kernel * this.axes.length + axis);
    const inverseWidth = 1 / width;
    if (this.cells[cell + 1] === inverseWidth) return false;
    this.cells[cell + 1] = inverseWidth;
    this.#axisConstants[kernel * this.numeric + axis] = kernelConstant(this.axes[axis]!, this.cells[cell]!, inverseWidth);
    return true;
  }

  #sumConstants(kernel: number): void {
    let constant = 0;
    let peak = 0;
    for (let axis = 0; axis < this.numeric; axis++) {
      const part = this.#axisConstants[kernel * this.numeric + axis]!;
      const inverseWidth = this.cells[2 * (kernel * this.axes.length + axis) + 1]!;
      constant += part;
      peak += part + (this.axes[axis]!.kind === 'stepped' ? largestCell(this.axes[axis]!, inverseWidth) : 0);
    }
    this.constants[kernel] = constant;
    this.peaks[kernel] = peak;
  }

  #reserve(count: number): void {
    if (count <= this.slots.length) return;
    const capacity = Math.max(count, 2 * this.slots.length);
    this.slots = grown(this.slots, new Int32Array(capacity));
    this.cells = grown(this.cells, new Float64Array(capacity * 2 * this.axes.length));
    this.constants = grown(this.constants, new Float64Array(capacity));
    this.peaks = grown(this.peaks, new Float64Array(capacity));
    this.#axisConstants = grown(this.#axisConstants, new Float64Array(capacity * this.numeric));
  }
}

/** Returns what the widths depend on besides neighbours; while it is unchanged, only the neighbours of a change need new widths. */
function widthRule(count: number, { magicClip, release, multivariate }: KernelOptions): number {
  if (release === '4.9' && multivariate) return count;
  return magicClip ? Math.min(100, count + 2) : 0;
}
