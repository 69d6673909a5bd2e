import type { Rng } from '../../../core/rng.ts';
import type { Transitions } from '../agent.ts';

/** Rows drawn for one gradient step; overwritten by the next draw. */
export interface ReplayBatch {
  readonly observation: Float32Array;
  readonly action: Float32Array;
  readonly reward: Float32Array;
  readonly nextObservation: Float32Array;
  /** 1 only where the environment itself ended the episode; running out of time keeps 0, so that the value goes on. */
  readonly terminated: Float32Array;
}

type Columns = Readonly<Record<keyof ReplayBatch, Float32Array>>;

/** The last `capacity` transitions in a ring of float32 columns. */
export interface ReplayBuffer {
  /** Transitions now held. */
  readonly size: () => number;
  readonly add: (transitions: Transitions) => void;
  /** `batchSize` rows, uniform with replacement. The buffer must not be empty. */
  readonly sample: (rng: Rng) => ReplayBatch;
  /** The filled rows and where the next one goes: see {@link restore}. */
  readonly save: () => { readonly columns: Columns; readonly next: number };
  readonly restore: (columns: Columns, next: number) => void;
}

interface ReplayOptions {
  readonly capacity: number;
  readonly batchSize: number;
  readonly observationSize: number;
  readonly actionSize: number;
}

export function createReplayBuffer({ capacity, batchSize, observationSize, actionSize }: ReplayOptions): ReplayBuffer {
  const widths = { observation: observationSize, action: actionSize, reward: 1, nextObservation: observationSize, terminated: 1 } as const;
  const names = Object.keys(widths) as readonly (keyof ReplayBatch)[];
  const allocate = (rows: number): Columns =>
    Object.fromEntries(names.map((name) => [name, new Float32Array(rows * widths[name])])) as Record<keyof ReplayBatch, Float32Array>;
  const columns = allocate(capacity);
  const batch = allocate(batchSize);
  let size = 0;
  let next = 0;

  const put = (name: keyof ReplayBatch, source: ArrayLike<number>, row: number): void => {
    const width = widths[name];
    const column = columns[name];
    for (let i = 0; i < width; i++) column[next * width + i] = source[row * width + i]!;
  };

  return {
    size: () => size,
    add: ({ observations, actions, rewards, nextObservations, terminated }) => {
      for (let row = 0; row < rewards.length; row++) {
        put('observation', observations, row);
        put('action', actions, row);
        put('reward', rewards, row);
        put('nextObservation', nextObservations, row);
        put('terminated', terminated, row);
        next = (next + 1) % capacity;
        size = Math.min(size + 1, capacity);
      }
    },
    sample: (rng) => {
      for (let row = 0; row < batchSize; row++) {
        const from = rng.int(size);
        for (const name of names) {
          const width = widths[name];
          const [column, out] = [columns[name], batch[name]];
          for (let i = 0; i < width; i++) out[row * width + i] = column[from * width + i]!;
        }
      }
      return batch;
    },
    save: () => {
      const filled = names.map((name) => [name, columns[name].slice(0, size * widths[name])]);
      return { columns: Object.fromEntries(filled) as Columns, next };
    },
    restore: (saved, position) => {
      for (const name of names) columns[name].set(saved[name]);
      size = saved.reward.length;
      next = position;
    },
  };
}
