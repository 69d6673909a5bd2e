import type { CompiledSpace } from '../../space/compile.ts';
import { encodeValue } from '../../space/leaf.ts';
import { type Direction, hasResult, type Observation } from '../../trial/history.ts';
import { rankOf, stages } from './rank.ts';

/** A set of parameters that trials have: few, however many trials there are. */
export interface Pattern {
  /** 1 for each parameter that is there. */
  readonly present: Uint8Array;
  /** How many complete or pruned trials have exactly these. */
  finished: number;
}

/**
 * A history in typed arrays, a slot per trial in the order of the trials. What an earlier history had is kept: `advance`
 * compares the two lists of observations by identity and reads only what is new. Slots of trials that vanished (running ones
 * that failed) stay, marked as gone.
 */
export class Columns {
  readonly space: CompiledSpace;
  readonly directions: readonly Direction[];
  /** Slots in use. */
  count = 0;
  /** How many trials are complete or pruned. */
  finished = 0;
  /** How many of those were told constraints. */
  constrained = 0;
  readonly observations: (Observation | null)[] = [];
  /** Slot by slot, parameter by parameter: internal values, NaN where there is none. */
  values: Float64Array;
  /** Rank of each slot, see `rankOf`. */
  stages: Uint8Array = new Uint8Array(16);
  majors: Float64Array = new Float64Array(16);
  minors: Float64Array = new Float64Array(16);
  /** Which of `patterns` a slot has. */
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

  /** @returns false if so much has changed that new columns are needed; these are then of no use. */
  advance(observations: readonly Observation[]): boolean {
    let slot = 0;
    for (const observation of observations) {
      for (; slot < this.count && this.observations[slot]?.number !== observation.number; slot++) {
        // A trial that was not known among known ones: the lists are hardly related.
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

  /** A trial went from running to finished: its parameters stay. */
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
      // There is no logarithm of what is not positive: a value of some other space.
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

/** The contents of an array in a larger one. */
export function grown<Numbers extends Uint8Array | Int32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
