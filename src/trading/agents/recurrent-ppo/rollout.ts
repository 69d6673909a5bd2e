import type { Rng } from '../../../core/rng.ts';

interface RolloutSizes {
  readonly steps: number;
  readonly environments: number;
  /** Steps of a sequence, and sequences of a batch. */
  readonly sequenceSteps: number;
  readonly batchSequences: number;
  readonly observationSize: number;
  readonly actionSize: number;
  readonly stateSize: number;
}

const perStep = ['observation', 'action', 'start', 'reward', 'ended', 'value', 'logProbability', 'advantage', 'target'] as const;
/** Inputs of a gradient step, besides the states. */
const fed = ['observation', 'action', 'start', 'logProbability', 'advantage', 'target'] as const;
type Column = (typeof perStep)[number];

/** One rollout: columns [steps, environments, width], and the memory before each sequence's first step. */
export interface Rollout {
  readonly columns: Readonly<Record<Column, Float32Array>>;
  /** [sequences of an environment, environments, stateSize]. */
  readonly states: Float32Array;
  /** The sequences in random order, `batchSequences` per batch; the arrays are overwritten by the next batch. */
  readonly batches: (rng: Rng) => Generator<Readonly<Record<string, Float32Array>>>;
}

export function createRollout(sizes: RolloutSizes): Rollout {
  const { steps, environments, sequenceSteps, batchSequences, stateSize } = sizes;
  const widths: Readonly<Record<string, number>> = { observation: sizes.observationSize, action: sizes.actionSize };
  const widthOf = (name: string): number => widths[name] ?? 1;
  const allocate = <Name extends string>(names: readonly Name[], rows: number) =>
    Object.fromEntries(names.map((name) => [name, new Float32Array(rows * widthOf(name))])) as Record<Name, Float32Array>;
  const columns = allocate(perStep, steps * environments);
  const batch = allocate(fed, sequenceSteps * batchSequences);
  const states = new Float32Array((steps / sequenceSteps) * environments * stateSize);
  const state = new Float32Array(batchSequences * stateSize);
  const sequences = (steps / sequenceSteps) * environments;

  /** Copies sequence `from` into place `to` of the batch; both lie time first. */
  const place = (from: number, to: number): void => {
    state.set(states.subarray(from * stateSize, (from + 1) * stateSize), to * stateSize);
    const first = Math.floor(from / environments) * sequenceSteps;
    const environment = from % environments;
    for (const name of fed) {
      const width = widthOf(name);
      for (let step = 0; step < sequenceSteps; step++) {
        const row = (first + step) * environments + environment;
        batch[name].set(columns[name].subarray(row * width, (row + 1) * width), (step * batchSequences + to) * width);
      }
    }
  };

  function* batches(rng: Rng) {
    const order = shuffled(sequences, rng);
    for (let start = 0; start < sequences; start += batchSequences) {
      for (let i = 0; i < batchSequences; i++) place(order[start + i]!, i);
      yield { ...batch, state };
    }
  }
  return { columns, states, batches };
}

/** 0 to count - 1 in random order (Fisher & Yates). */
function shuffled(count: number, rng: Rng): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
