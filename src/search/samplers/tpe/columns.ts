import type { CompiledSpace } from '../../space/compile.ts';
import { encodeValue } from '../../space/leaf.ts';
import { type Direction, hasResult, type Observation } from '../../trial/history.ts';
import { rankOf, stages } from './rank.ts';

/** A set of active parameters; there are few, however many trials there are. */
export interface Pattern {
  /** 1 for each active parameter. */
  readonly present: Uint8Array;
  /** Number of complete or pruned trials with exactly these parameters. */
  finished: number;
}

/**
 * A history in typed arrays, one slot per trial in the order of the trials. `advance` compares the observations with the known ones by
 * identity and reads only what is new. Slots of trials that are no longer in the history stay, marked as gone.
 */
export class Columns {
  readonly space: CompiledSpace;
  readonly directions: readonly Direction[];
  /** Slots in use. */
  count = 0;
  /** Number of complete or pruned trials. */
  finished = 0;
  /** Number of those that reported constraints. */
  constrained = 0;
  readonly observations: (Observation | null)[] = [];
  /** Internal values by slot, then by parameter; NaN if absent. */
  values: Float64Array;
  /** Rank of each slot, see `rankOf`. */
  stages: Uint8Array = new Uint8Array(16);
  majors: Float64Array = new Float64Array(16);
  minors: Float64Array = new Float64Array(16);
  /** Index into `patterns` of each slot. */
  patternOf: Int32Array = new Int32Array(16);
  readonly patterns: Pattern[] = [];
  #gone = 0;

  constructor(space: CompiledSpace, directions: readonly Direction[]) {
    this.space = space;
    this.directions = directions;
    this.values = new Float64Array(16 * space.params.length);
  }

  /** Values per slot. */
  get stride(): number {
    return this.space.params.length;
  }

  /**
   * Updates the columns to a newer history.
   * @returns false if too much has changed: the columns are then invalid and must be built again.
   */
  advance(observations: readonly Observation[]): boolean {
    let slot = 0;
    for (const observation of observations) {
      for (; slot < this.count && this.observations[slot]?.number !== observation.number; slot++) {
        // An unknown trial between known ones: the histories are unrelated.
        if ((this.observations[slot]?.number ?? -1) > observation.number) return false;
        this.#drop(slot);
      }
      if (slot === this.count) this.#append(observation);
      else if (this.observations[slot] !== observation && !this.#change(slot, observation)) return false;
      slot++;
    }
    for (; slot < this.count; slot++) this.#drop(slot);
    return this.#gone <= 32 + this.count / 8;
  }

  #append(observation: Observation): void {
    this.#reserve(this.count + 1);
    const slot = this.count++;
    const row = this.#rowOf(observation);
    this.values.set(row, slot * this.stride);
    this.patternOf[slot] = this.#patternOf(row);
    this.stages[slot] = stages.gone;
    this.#rank(slot, observation);
  }

  /** Updates the slot of a trial that has finished, whose parameters must be unchanged. */
  #change(slot: number, observation: Observation): boolean {
    const row = this.#rowOf(observation);
    const at = slot * this.stride;
    if (!row.every((value, i) => Object.is(value, this.values[at + i]))) return false;
    this.#rank(slot, observation);
    return true;
  }

  #drop(slot: number): void {
    if (this.observations[slot] === null) return;
    this.#gone++;
    this.#rank(slot, null);
  }

  #rank(slot: number, observation: Observation | null): void {
    this.#tally(slot, -1);
    this.observations[slot] = observation;
    const rank = observation === null ? { stage: stages.gone, major: 0, minor: 0 } : rankOf(observation, this.directions[0]!);
    this.stages[slot] = rank.stage;
    this.majors[slot] = rank.major;
    this.minors[slot] = rank.minor;
    this.#tally(slot, 1);
  }

  #tally(slot: number, by: 1 | -1): void {
    if (this.stages[slot]! >= stages.failed) return;
    this.finished += by;
    this.patterns[this.patternOf[slot]!]!.finished += by;
    if (isConstrained(this.observations[slot])) this.constrained += by;
  }

  #rowOf({ params }: Observation): Float64Array {
    const row = new Float64Array(this.stride);
    for (const { index, name, param } of this.space.params) {
      const value = encodeValue(param, params[name]);
      // A value without a logarithm belongs to another space.
      row[index] = param.type !== 'choice' && param.log && value - (param.step ?? 0) / 2 <= 0 ? Number.NaN : value;
    }
    return row;
  }

  #patternOf(row: Float64Array): number {
    const known = this.patterns.findIndex(({ present }) => row.every((value, i) => Number.isNaN(value) === (present[i] === 0)));
    if (known >= 0) return known;
    return this.patterns.push({ present: Uint8Array.from(row, (value) => (Number.isNaN(value) ? 0 : 1)), finished: 0 }) - 1;
  }

  #reserve(count: number): void {
    if (count <= this.stages.length) return;
    const capacity = 2 * this.stages.length;
    this.values = grown(this.values, new Float64Array(capacity * this.stride));
    this.stages = grown(this.stages, new Uint8Array(capacity));
    this.majors = grown(this.majors, new Float64Array(capacity));
    this.minors = grown(this.minors, new Float64Array(capacity));
    this.patternOf = grown(this.patternOf, new Int32Array(capacity));
  }
}

export function isConstrained(trial: Observation | null | undefined): boolean {
  return trial !== null && trial !== undefined && hasResult(trial) && (trial.constraints?.length ?? 0) > 0;
}

/** Copies an array into a larger one and returns the larger one. */
export function grown<Numbers extends Uint8Array | Int32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
