import type { Rng } from '../../../core/rng.ts';
import type { Feeds } from '../../../tensor/executors/executor.ts';
import type { Transitions } from '../agent.ts';
import { start } from '../live-memory.ts';
import type { SacOptions } from './options.ts';
import { correctingWeights, createPriorities, drawRows } from './priorities.ts';

/** The last transitions of all copies, in a ring of float32 columns, and the batches that are drawn from them. */
export interface ReplayBuffer {
  /** Number of transitions held. */
  readonly size: () => number;
  /** One step of all copies; `starts` says what each copy's observation begins. */
  readonly add: (transitions: Transitions, starts: Uint8Array) => void;
  /**
   * Draws a batch with replacement; the arrays are overwritten by the next. The buffer must not be empty. `correction` is used with
   * priorities only.
   */
  readonly sample: (rng: Rng, correction?: number) => Feeds;
  /** Updates the priorities of the last batch's rows from the critics' squared errors. */
  readonly updatePriorities: (squaredErrors: Float32Array) => void;
  /** The filled rows and the place of the next one: see {@link restore}. */
  readonly save: () => { readonly columns: Readonly<Record<string, Float32Array>>; readonly next: number };
  readonly restore: (columns: Readonly<Record<string, Float32Array>>, next: number) => void;
}

export interface ReplayOptions
  extends Pick<SacOptions, 'capacity' | 'batchSize' | 'gamma' | 'returnSteps' | 'memory' | 'memoryReach' | 'window' | 'priorityExponent'> {
  readonly observationSize: number;
  readonly actionSize: number;
  /** Copies of the environment that are stepped as one batch. */
  readonly environments: number;
}

/** Columns that a saved replay must have; those of priorities and sessions are optional. */
export const replayColumns = ['observation', 'action', 'reward', 'nextObservation', 'terminated', 'start'] as const;
/** 1 where the memory is cleared within an episode: before the observation, and before the next one. */
export const sessionColumns = ['cleared', 'nextCleared'] as const;
const allColumns = [...replayColumns, ...sessionColumns] as const;
type Column = (typeof allColumns)[number];

/** Added to an error, so that rows of error 0 are still drawn. */
const smallestError = 1e-6;

/**
 * Rows lie time first: one step of all copies, then the next. Each holds the next observation as well, because the last observation of an
 * episode is not the first of the next. A batch holds, for rows drawn uniformly or by priority:
 *
 * - `action`, and `reward`: the sum of up to `returnSteps` rewards within the episode, discounted by gamma per step;
 * - `discount` of the value that follows: gamma to the number of those steps, 0 after a termination;
 * - without a memory `observation` and `nextObservation`; with one `observations`, time first: the last `window` up to the row, zeros
 *   before its episode (with the reach `session` before its session), then those up to the end of the return.
 */
export function createReplayBuffer(options: ReplayOptions): ReplayBuffer {
  const { batchSize, observationSize, actionSize, environments, gamma, returnSteps, window, priorityExponent } = options;
  const capacity = Math.max(1, Math.floor(options.capacity / environments)) * environments;
  const widths: Readonly<Record<Column, number>> = {
    observation: observationSize,
    action: actionSize,
    reward: 1,
    nextObservation: observationSize,
    terminated: 1,
    start: 1,
    cleared: 1,
    nextCleared: 1,
  };
  const columns = Object.fromEntries(allColumns.map((name) => [name, new Float32Array(capacity * widths[name])])) as Record<
    Column,
    Float32Array
  >;
  const priorities = priorityExponent > 0 ? createPriorities(capacity) : null;
  const steps = window + returnSteps;
  const drawn = new Int32Array(batchSize);
  const batch = {
    action: new Float32Array(batchSize * actionSize),
    reward: new Float32Array(batchSize),
    discount: new Float32Array(batchSize),
  };
  const rows = {
    observation: new Float32Array(batchSize * observationSize),
    nextObservation: new Float32Array(batchSize * observationSize),
  };
  const windows =
    options.memory === 'none'
      ? null
      : {
          observations: new Float32Array(steps * batchSize * observationSize),
          starts: new Float32Array(steps * batchSize),
          reached: new Float32Array(steps * batchSize),
        };
  const weight = new Float32Array(batchSize);
  const ofSession = options.memory !== 'none' && options.memoryReach === 'session';
  let size = 0;
  let next = 0;
  let largestPriority = 1;

  const stepOf = (row: number): number => row - (row % environments);
  /** Row of the same copy's step before or after (-1: none in the same episode is held). */
  const before = (row: number): number => {
    const oldest = size < capacity ? 0 : next;
    return columns.start[row] === 1 || stepOf(row) === oldest ? -1 : (row - environments + capacity) % capacity;
  };
  const after = (row: number): number => {
    const newest = (next - environments + capacity) % capacity;
    const following = (row + environments) % capacity;
    return stepOf(row) === newest || columns.start[following] === 1 ? -1 : following;
  };
  const show = (from: 'observation' | 'nextObservation', row: number, into: Float32Array, place: number): void => {
    const column = columns[from];
    for (let i = 0; i < observationSize; i++) into[place * observationSize + i] = column[row * observationSize + i]!;
  };
  const put = (name: Column, source: ArrayLike<number>, copy: number): void => {
    const width = widths[name];
    for (let i = 0; i < width; i++) columns[name][(next + copy) * width + i] = source[copy * width + i]!;
  };

  /** Fills place `at` of the batch from a row; returns the rows of its return. */
  const take = (row: number, at: number): readonly number[] => {
    for (let i = 0; i < actionSize; i++) batch.action[at * actionSize + i] = columns.action[row * actionSize + i]!;
    const passed = [row];
    let reward = columns.reward[row]!;
    let discount = gamma;
    let current = row;
    while (passed.length < returnSteps && columns.terminated[current] === 0) {
      current = after(current);
      if (current === -1) break;
      passed.push(current);
      reward += discount * columns.reward[current]!;
      discount *= gamma;
    }
    batch.reward[at] = reward;
    batch.discount[at] = columns.terminated[passed.at(-1)!] === 1 ? 0 : discount;
    return passed;
  };
  const takeWindow = (passed: readonly number[], at: number, { observations, starts, reached }: NonNullable<typeof windows>): void => {
    const place = (step: number): number => step * batchSize + at;
    let row = passed[0]!;
    for (let step = window - 1; step >= 0; step--) {
      show('observation', row, observations, place(step));
      const earlier = columns.cleared[row] === 1 ? -1 : before(row);
      if (earlier === -1) {
        starts[place(step)] = 1;
        break;
      }
      row = earlier;
    }
    for (const [i, later] of passed.slice(1).entries()) {
      show('observation', later, observations, place(window + i));
      starts[place(window + i)] = columns.cleared[later]!;
    }
    const end = place(window - 1 + passed.length);
    show('nextObservation', passed.at(-1)!, observations, end);
    starts[end] = columns.nextCleared[passed.at(-1)!]!;
    reached[end] = 1;
  };

  return {
    size: () => size,
    add: ({ observations, actions, rewards, nextObservations, terminated, opensSession }, starts) => {
      for (let copy = 0; copy < environments; copy++) {
        put('observation', observations, copy);
        put('action', actions, copy);
        put('reward', rewards, copy);
        put('nextObservation', nextObservations, copy);
        put('terminated', terminated, copy);
        columns.start[next + copy] = starts[copy] === start.episode ? 1 : 0;
        columns.cleared[next + copy] = ofSession && starts[copy] === start.session ? 1 : 0;
        columns.nextCleared[next + copy] = ofSession ? (opensSession?.[copy] ?? 0) : 0;
        priorities?.set(next + copy, largestPriority);
      }
      next = (next + environments) % capacity;
      size = Math.min(size + environments, capacity);
    },
    sample: (rng, correction = 1) => {
      if (priorities === null) for (let i = 0; i < batchSize; i++) drawn[i] = rng.int(size);
      else {
        drawRows(priorities, batchSize, rng, drawn);
        correctingWeights(priorities, drawn, size, correction, weight);
      }
      if (windows !== null) for (const array of Object.values(windows)) array.fill(0);
      for (let at = 0; at < batchSize; at++) {
        const passed = take(drawn[at]!, at);
        if (windows !== null) takeWindow(passed, at, windows);
        else {
          show('observation', passed[0]!, rows.observation, at);
          show('nextObservation', passed.at(-1)!, rows.nextObservation, at);
        }
      }
      return { ...batch, ...(windows ?? rows), ...(priorities && { weight }) };
    },
    updatePriorities: (squaredErrors) => {
      for (const [i, row] of drawn.entries()) {
        const priority = Math.fround((Math.sqrt(squaredErrors[i]!) + smallestError) ** priorityExponent);
        priorities?.set(row, priority);
        largestPriority = Math.max(largestPriority, priority);
      }
    },
    save: () => {
      const filled: Record<string, Float32Array> = Object.fromEntries(
        (ofSession ? allColumns : replayColumns).map((name) => [name, columns[name].slice(0, size * widths[name])]),
      );
      if (priorities !== null) {
        filled['priority'] = Float32Array.from({ length: size }, (_, row) => priorities.get(row));
        filled['largestPriority'] = Float32Array.of(largestPriority);
      }
      return { columns: filled, next };
    },
    restore: (saved, position) => {
      for (const name of replayColumns) columns[name].set(saved[name]!);
      for (const name of sessionColumns) columns[name].set(saved[name] ?? new Float32Array(columns[name].length));
      size = saved['reward']!.length;
      next = position;
      if (priorities === null) return;
      // Rows that were saved without priorities get the priority of new ones.
      largestPriority = saved['largestPriority']?.[0] ?? 1;
      const priorityOf = (row: number): number => saved['priority']?.[row] ?? largestPriority;
      for (let row = 0; row < capacity; row++) priorities.set(row, row < size ? priorityOf(row) : 0);
    },
  };
}
