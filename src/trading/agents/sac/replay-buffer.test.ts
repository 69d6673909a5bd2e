import { describe, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { startsAfter } from '../live-memory.ts';
import type { ReplayBuffer, ReplayOptions } from './replay-buffer.ts';
import { createReplayBuffer } from './replay-buffer.ts';

const usual: ReplayOptions = {
  capacity: 5,
  batchSize: 4,
  observationSize: 2,
  actionSize: 1,
  environments: 1,
  gamma: 0.5,
  returnSteps: 1,
  memory: 'none',
  memoryReach: 'session',
  window: 4,
  priorityExponent: 0,
};
type Batch = Readonly<Record<string, Float32Array>>;
const column = (batch: Batch, name: string): Float32Array => batch[name]!;

/** Adds steps whose values all follow from `n`, one copy each; `ends` is the last step of an episode. */
function filled(
  options: Partial<ReplayOptions>,
  steps: readonly (readonly { n: number; ends?: 'terminated' | 'truncated'; opens?: boolean }[])[],
): ReplayBuffer {
  const buffer = createReplayBuffer({ ...usual, environments: steps[0]!.length, ...options });
  const starts = new Uint8Array(steps[0]!.length).fill(1);
  for (const environments of steps) {
    const terminated = Uint8Array.from(environments, ({ ends }) => Number(ends === 'terminated'));
    const truncated = Uint8Array.from(environments, ({ ends }) => Number(ends === 'truncated'));
    const opensSession = Uint8Array.from(environments, ({ opens }) => Number(opens ?? false));
    buffer.add(
      {
        observations: Float32Array.from(environments.flatMap(({ n }) => [n, n + 0.5])),
        actions: Float32Array.from(environments, ({ n }) => n / 100),
        rewards: Float32Array.from(environments, ({ n }) => 10 * n),
        nextObservations: Float32Array.from(environments.flatMap(({ n }) => [n + 1, n + 1.5])),
        terminated,
        truncated,
        opensSession,
      },
      starts,
    );
    startsAfter({ terminated, truncated, opensSession }, starts);
  }
  return buffer;
}

const line = (from: number, to: number, ends: Readonly<Record<number, 'terminated' | 'truncated'>> = {}) =>
  Array.from({ length: to - from + 1 }, (_, i) => [{ n: from + i, ...(ends[from + i] && { ends: ends[from + i]! }) }]);

/** Draws until a row of the batch holds the action of `n`; returns the batch and the row. */
function drawnOf(buffer: ReplayBuffer, n: number): { readonly batch: Batch; readonly at: number } {
  const rng = createRng(`draw/${n}`);
  for (let draw = 0; draw < 500; draw++) {
    const batch = buffer.sample(rng);
    const at = column(batch, 'action').findIndex((action) => Math.abs(action - n / 100) < 1e-6);
    if (at >= 0) return { batch, at };
  }
  throw new Error(`${n} was never drawn`);
}

function drawnActions(buffer: ReplayBuffer): readonly number[] {
  const rng = createRng('replay');
  const seen = new Set<number>();
  for (let i = 0; i < 200; i++) for (const action of column(buffer.sample(rng), 'action')) seen.add(Math.round(100 * action));
  return [...seen].sort((a, b) => a - b);
}

describe('replay buffer', () => {
  test('draws whole transitions', () => {
    const buffer = filled({}, line(1, 3));
    for (const n of [1, 2, 3]) {
      const { batch, at } = drawnOf(buffer, n);
      expect([...column(batch, 'observation').subarray(2 * at, 2 * at + 2)]).toEqual([n, n + 0.5]);
      expect([...column(batch, 'nextObservation').subarray(2 * at, 2 * at + 2)]).toEqual([n + 1, n + 1.5]);
      expect([column(batch, 'reward')[at], column(batch, 'discount')[at]]).toEqual([10 * n, 0.5]);
    }
  });

  test('draws every held transition about equally often', () => {
    const buffer = filled({}, line(1, 4));
    const rng = createRng('uniform');
    const counts = new Map<number, number>();
    for (let i = 0; i < 1000; i++)
      for (const action of column(buffer.sample(rng), 'action')) counts.set(action, (counts.get(action) ?? 0) + 1);
    // 4,000 draws of 4: the standard deviation of a count is 27.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * 27);
    expect(counts.size).toBe(4);
  });

  test('forgets the oldest when it is full', () => {
    const buffer = filled({}, line(1, 7));
    expect(buffer.size()).toBe(5);
    expect(drawnActions(buffer)).toEqual([3, 4, 5, 6, 7]);
  });

  test('has discount 0 after a termination, and gamma after a time limit', () => {
    expect(column(filled({}, line(1, 1, { 1: 'terminated' })).sample(createRng(1)), 'discount')[0]).toBe(0);
    expect(column(filled({}, line(1, 1, { 1: 'truncated' })).sample(createRng(1)), 'discount')[0]).toBe(0.5);
  });

  test('draws the same batches after a restore', () => {
    for (const priorityExponent of [0, 0.6]) {
      const [buffer, copy] = [filled({ priorityExponent }, line(1, 7)), createReplayBuffer({ ...usual, priorityExponent })];
      buffer.sample(createRng(2));
      buffer.updatePriorities(Float32Array.of(1, 4, 9, 16));
      const { columns, next } = buffer.save();
      copy.restore(columns, next);
      expect(copy.save()).toEqual(buffer.save());
      expect(copy.sample(createRng(3))).toEqual(buffer.sample(createRng(3)));
    }
  });
});

describe('returns of several steps', () => {
  const returned = (buffer: ReplayBuffer, n: number) => {
    const { batch, at } = drawnOf(buffer, n);
    return [column(batch, 'reward')[at], column(batch, 'discount')[at], column(batch, 'nextObservation')[2 * at]];
  };

  test('sum the discounted rewards, and end with the episode or the newest row', () => {
    const buffer = filled({ returnSteps: 3, capacity: 20 }, line(1, 9, { 4: 'terminated', 7: 'truncated' }));
    expect(returned(buffer, 1)).toEqual([10 + 0.5 * 20 + 0.25 * 30, 0.125, 4]);
    expect(returned(buffer, 3)).toEqual([30 + 0.5 * 40, 0, 5]);
    expect(returned(buffer, 6)).toEqual([60 + 0.5 * 70, 0.25, 8]);
    expect(returned(buffer, 7)).toEqual([70, 0.5, 8]);
    expect(returned(buffer, 9)).toEqual([90, 0.5, 10]);
  });

  test('do not run from the newest row into the oldest, or from one copy into another', () => {
    const buffer = filled({ returnSteps: 3, capacity: 4 }, line(1, 6));
    expect(returned(buffer, 6)).toEqual([60, 0.5, 7]);
    expect(returned(buffer, 4)).toEqual([40 + 0.5 * 50 + 0.25 * 60, 0.125, 7]);
    const both = Array.from({ length: 4 }, (_, i) => [{ n: 1 + i }, { n: 51 + i }]);
    expect(returned(filled({ returnSteps: 2, capacity: 6 }, both), 52)).toEqual([520 + 0.5 * 530, 0.25, 54]);
  });
});

describe('windows', () => {
  /** First feature of the window's steps; the step that begins an episode; the one that the return reaches. */
  const windowOf = (buffer: ReplayBuffer, n: number, steps: number) => {
    const { batch, at } = drawnOf(buffer, n);
    const stepsOf = (name: string, width: number) =>
      Array.from({ length: steps }, (_, step) => column(batch, name)[(step * usual.batchSize + at) * width]!);
    return { seen: stepsOf('observations', 2), begins: stepsOf('starts', 1).indexOf(1), reached: stepsOf('reached', 1).indexOf(1) };
  };
  const memory = 'mamba-2' as const;

  test('hold the last steps of the episode, and the next observation', () => {
    const buffer = filled({ memory, capacity: 20 }, line(1, 9));
    expect(windowOf(buffer, 7, 5)).toEqual({ seen: [4, 5, 6, 7, 8], begins: -1, reached: 4 });
  });

  test('are zero before an episode begins, and end on its last observation', () => {
    const buffer = filled({ memory, capacity: 20 }, line(1, 9, { 5: 'truncated' }));
    expect(windowOf(buffer, 2, 5)).toEqual({ seen: [0, 0, 1, 2, 3], begins: 2, reached: 4 });
    expect(windowOf(buffer, 5, 5)).toEqual({ seen: [2, 3, 4, 5, 6], begins: -1, reached: 4 });
    expect(windowOf(buffer, 6, 5)).toEqual({ seen: [0, 0, 0, 6, 7], begins: 3, reached: 4 });
    expect(windowOf(buffer, 8, 5)).toEqual({ seen: [0, 6, 7, 8, 9], begins: 1, reached: 4 });
  });

  test('begin with their session where the memory reaches no further, and returns go on past it', () => {
    // After step 5 a session opens, within the episode.
    const steps = line(1, 9).map(([one]) => [{ ...one!, opens: one!.n === 5 }]);
    const windowsOf = (memoryReach: 'session' | 'account', n: number) => {
      const { batch, at } = drawnOf(filled({ memory, memoryReach, returnSteps: 2, capacity: 20 }, steps), n);
      const stepsOf = (name: string, width: number) =>
        Array.from({ length: 6 }, (_, step) => column(batch, name)[(step * usual.batchSize + at) * width]!);
      return { seen: stepsOf('observations', 2), starts: stepsOf('starts', 1), reward: column(batch, 'reward')[at] };
    };
    for (const [n, seen, starts] of [
      // The session opens with the observation at the end of the return.
      [4, [1, 2, 3, 4, 5, 6], [1, 0, 0, 0, 0, 1]],
      // Within the return.
      [5, [2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 1, 0]],
      // With the step itself, and before it.
      [6, [0, 0, 0, 6, 7, 8], [0, 0, 0, 1, 0, 0]],
      [7, [0, 0, 6, 7, 8, 9], [0, 0, 1, 0, 0, 0]],
    ] as const)
      expect(windowsOf('session', n), `step ${n}`).toEqual({ seen, starts, reward: 10 * n + 5 * (n + 1) });
    expect(windowsOf('account', 6)).toEqual({ seen: [3, 4, 5, 6, 7, 8], starts: [0, 0, 0, 0, 0, 0], reward: 95 });
    // A saved replay keeps where sessions opened; one from before they were kept has none.
    const [buffer, copy] = [filled({ memory, capacity: 20 }, steps), createReplayBuffer({ ...usual, memory, capacity: 20 })];
    const { columns, next } = buffer.save();
    copy.restore(columns, next);
    expect(copy.sample(createRng(3))).toEqual(buffer.sample(createRng(3)));
    const { cleared: _, nextCleared: __, ...old } = columns;
    copy.restore(old, next);
    expect(windowOf(copy, 6, 5)).toEqual({ seen: [3, 4, 5, 6, 7], begins: -1, reached: 4 });
  });

  test('start at the oldest held row at the earliest, in a ring that has wrapped round', () => {
    const buffer = filled({ memory, capacity: 6 }, line(1, 9));
    expect(windowOf(buffer, 5, 5)).toEqual({ seen: [0, 0, 4, 5, 6].with(2, 4).with(1, 0), begins: 2, reached: 4 });
    expect(windowOf(buffer, 9, 5)).toEqual({ seen: [6, 7, 8, 9, 10], begins: -1, reached: 4 });
  });

  test('keep environments apart at a capacity that is not a multiple of their number', () => {
    const steps = Array.from({ length: 9 }, (_, i) => [
      { n: 1 + i, ...(i === 4 && { ends: 'terminated' as const }) },
      { n: 51 + i },
      { n: 81 + i },
    ]);
    const buffer = filled({ memory, capacity: 20 }, steps);
    expect(buffer.size()).toBe(18);
    expect(windowOf(buffer, 8, 5)).toEqual({ seen: [0, 6, 7, 8, 9], begins: 1, reached: 4 });
    expect(windowOf(buffer, 58, 5)).toEqual({ seen: [55, 56, 57, 58, 59], begins: -1, reached: 4 });
  });

  test('reach to the end of the return', () => {
    const buffer = filled({ memory, returnSteps: 3, capacity: 20 }, line(1, 9, { 6: 'terminated' }));
    expect(windowOf(buffer, 3, 7)).toEqual({ seen: [0, 1, 2, 3, 4, 5, 6], begins: 1, reached: 6 });
    expect(windowOf(buffer, 5, 7)).toEqual({ seen: [2, 3, 4, 5, 6, 7, 0], begins: -1, reached: 5 });
  });
});

describe('priorities', () => {
  const prioritised = (exponent: number) => {
    const buffer = filled({ priorityExponent: exponent, capacity: 20, batchSize: 4 }, line(1, 4));
    // New rows have equal priorities; each of the four equal shares of the total then holds one row, for any rng.
    const first = buffer.sample(createRng(1));
    expect([...column(first, 'action')].map((a) => Math.round(100 * a))).toEqual([1, 2, 3, 4]);
    expect([...column(first, 'weight')]).toEqual([1, 1, 1, 1]);
    // Errors 1, 2, 3 and 4.
    buffer.updatePriorities(Float32Array.of(1, 4, 9, 16));
    return buffer;
  };

  test('draw a row in proportion to its error to the power of the exponent', () => {
    for (const exponent of [1, 0.5]) {
      const buffer = prioritised(exponent);
      const rng = createRng('proportional');
      const counts = [0, 0, 0, 0];
      for (let i = 0; i < 2500; i++)
        for (const action of column(buffer.sample(rng, 1), 'action')) counts[Math.round(100 * action) - 1]! += 1;
      const total = [1, 2, 3, 4].reduce((sum, error) => sum + error ** exponent, 0);
      // 10,000 draws: a deviation of at most 49 where they are independent, less in equal shares.
      for (const [i, count] of counts.entries()) expect(Math.abs(count - (10_000 * (i + 1) ** exponent) / total)).toBeLessThan(4 * 49);
    }
  });

  test('weight a row by its inverse probability to the power of the correction, scaled to a largest weight of 1', () => {
    const batch = prioritised(1).sample(createRng(4), 0.5);
    const errors = [...column(batch, 'action')].map((action) => Math.round(100 * action));
    const smallest = Math.min(...errors);
    for (const [i, error] of errors.entries()) expect(column(batch, 'weight')[i]).toBeCloseTo((error / smallest) ** -0.5, 5);
  });
});
