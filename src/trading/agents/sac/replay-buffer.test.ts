import { describe, expect, it } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { createReplayBuffer } from './replay-buffer.ts';

const sizes = { capacity: 5, batchSize: 4, observationSize: 2, actionSize: 1 };

/** One transition of one environment whose numbers all follow from `n`. */
function transition(n: number, ended: { terminated?: number; truncated?: number } = {}) {
  return {
    observations: Float32Array.of(n, n + 0.5),
    actions: Float32Array.of(n / 100),
    rewards: Float32Array.of(10 * n),
    nextObservations: Float32Array.of(n + 1, n + 1.5),
    terminated: Uint8Array.of(ended.terminated ?? 0),
    truncated: Uint8Array.of(ended.truncated ?? 0),
  };
}

function drawnRewards(buffer: ReturnType<typeof createReplayBuffer>, draws = 200): readonly number[] {
  const rng = createRng('replay');
  const seen = new Set<number>();
  for (let i = 0; i < draws; i++) for (const reward of buffer.sample(rng).reward) seen.add(reward);
  return [...seen].sort((a, b) => a - b);
}

describe('replay buffer', () => {
  it('draws whole transitions', () => {
    const buffer = createReplayBuffer(sizes);
    for (const n of [1, 2, 3]) buffer.add(transition(n));
    const { observation, action, reward, nextObservation } = buffer.sample(createRng(1));
    for (const row of [0, 1, 2, 3]) {
      const n = reward[row]! / 10;
      expect([observation[2 * row], observation[2 * row + 1]]).toEqual([n, n + 0.5]);
      expect(action[row]).toBeCloseTo(n / 100, 6);
      expect([nextObservation[2 * row], nextObservation[2 * row + 1]]).toEqual([n + 1, n + 1.5]);
    }
  });

  it('draws every held transition about equally often', () => {
    const buffer = createReplayBuffer(sizes);
    for (const n of [1, 2, 3, 4]) buffer.add(transition(n));
    const rng = createRng('uniform');
    const counts = new Map<number, number>();
    for (let i = 0; i < 1000; i++) for (const reward of buffer.sample(rng).reward) counts.set(reward, (counts.get(reward) ?? 0) + 1);
    // 4,000 draws of 4: the standard deviation of a count is 27.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * 27);
    expect(counts.size).toBe(4);
  });

  it('forgets the oldest when it is full', () => {
    const buffer = createReplayBuffer(sizes);
    for (let n = 1; n <= 7; n++) buffer.add(transition(n));
    expect(buffer.size()).toBe(5);
    expect(drawnRewards(buffer)).toEqual([30, 40, 50, 60, 70]);
  });

  it('marks a termination as the end of value, and a time limit not', () => {
    const buffer = createReplayBuffer(sizes);
    buffer.add(transition(1, { terminated: 1 }));
    expect(buffer.sample(createRng(1)).terminated[0]).toBe(1);
    const other = createReplayBuffer(sizes);
    other.add(transition(1, { truncated: 1 }));
    expect(other.sample(createRng(1)).terminated[0]).toBe(0);
  });

  it('goes on after a restore as it would have without', () => {
    const buffer = createReplayBuffer(sizes);
    for (let n = 1; n <= 7; n++) buffer.add(transition(n));
    const copy = createReplayBuffer(sizes);
    const { columns, next } = buffer.save();
    copy.restore(columns, next);
    for (const each of [buffer, copy]) each.add(transition(8));
    expect(drawnRewards(copy)).toEqual([40, 50, 60, 70, 80]);
    expect(copy.sample(createRng(3))).toEqual(buffer.sample(createRng(3)));
  });
});
