import { describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import type { Agent, Transitions } from '../agents/agent.ts';
import type { VectorEnv } from '../env/env.ts';
import { identityBox } from '../env/reference/identity-box.ts';
import type { TrainProgress } from './loop.ts';
import { train } from './loop.ts';

const copyOf = (t: Transitions): Transitions => ({
  observations: t.observations.slice(),
  actions: t.actions.slice(),
  rewards: t.rewards.slice(),
  nextObservations: t.nextObservations.slice(),
  terminated: t.terminated.slice(),
  truncated: t.truncated.slice(),
});

/** An agent that repeats its observation and counts one gradient step per call, after two calls without. */
function parrot() {
  const seen: Transitions[] = [];
  const begun: (Uint8Array | undefined)[] = [];
  let calls = 0;
  const unused = (): never => {
    throw new Error('not part of training');
  };
  const agent: Agent = {
    id: 'parrot',
    act: (observations, _mode, starts) => {
      begun.push(starts?.slice());
      return Promise.resolve(observations.slice());
    },
    observe: (transitions) => {
      seen.push(copyOf(transitions));
    },
    update: () => {
      calls += 1;
      return Promise.resolve(calls <= 2 ? null : { gradientSteps: 2, metrics: { calls } });
    },
    checkpoint: unused,
    restore: unused,
    exportPolicy: unused,
    dispose: unused,
  };
  return { agent, seen, begun };
}

/** Counts up; copy 0 terminates at 3 steps, copy 1 is truncated at 5. */
function counter(): VectorEnv {
  const [age, limits] = [
    [0, 0],
    [3, 5],
  ];
  const env = {
    count: 2,
    observationSize: 1,
    actionSize: 1,
    observations: new Float32Array(2),
    rewards: new Float32Array(2),
    terminated: new Uint8Array(2),
    truncated: new Uint8Array(2),
    finalObservations: new Float32Array(2).fill(Number.NaN),
    reset: () => {
      age.fill(0);
      env.observations.fill(0);
    },
    step: () => {
      for (const i of [0, 1]) {
        age[i]! += 1;
        const ended = age[i] === limits[i] ? 1 : 0;
        env.rewards[i] = age[i]!;
        [env.terminated[i], env.truncated[i]] = i === 0 ? [ended, 0] : [0, ended];
        env.finalObservations[i] = ended ? age[i]! : Number.NaN;
        if (ended) age[i] = 0;
        env.observations[i] = age[i]!;
      }
    },
  };
  return env;
}

describe('train', () => {
  test('shows the agent the last observation of an ended episode, not the first of the next', async () => {
    const { agent, seen } = parrot();
    await train({ env: counter(), agent, rng: createRng(1), until: { environmentSteps: 12 } });
    expect(seen.map((t) => [...t.observations])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [0, 3],
      [1, 4],
      [2, 0],
    ]);
    expect(seen.map((t) => [...t.nextObservations])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [1, 4],
      [2, 5],
      [3, 1],
    ]);
    expect(seen.map((t) => [...t.terminated])).toEqual([
      [0, 0],
      [0, 0],
      [1, 0],
      [0, 0],
      [0, 0],
      [1, 0],
    ]);
    expect(seen[4]!.truncated).toEqual(Uint8Array.of(0, 1));
  });

  test('reports after every n gradient steps and at the end, with the episodes since the last report', async () => {
    const reports: TrainProgress[] = [];
    const onProgress = (progress: TrainProgress) => void reports.push(progress);
    await train({ env: counter(), agent: parrot().agent, rng: createRng(1), until: { updates: 10 }, progressEvery: 4, onProgress });
    expect(reports).toEqual([
      { updates: 4, environmentSteps: 8, episodes: 1, meanEpisodeReward: 6, metrics: { calls: 4 } },
      { updates: 8, environmentSteps: 12, episodes: 2, meanEpisodeReward: (15 + 6) / 2, metrics: { calls: 6 } },
      { updates: 10, environmentSteps: 14, episodes: 0, meanEpisodeReward: null, metrics: { calls: 7 } },
    ]);
  });

  test('ends with the exception of a report', async () => {
    const { agent, seen } = parrot();
    const onProgress = () => Promise.reject(new Error('pruned'));
    const training = train({ env: counter(), agent, rng: createRng(1), until: { updates: 100 }, progressEvery: 2, onProgress });
    await expect(training).rejects.toThrow('pruned');
    expect(seen.length).toBe(3);
  });

  test('marks all episodes as begun at the reset only; the agent observes later starts itself', async () => {
    const { agent, begun } = parrot();
    await train({ env: counter(), agent, rng: createRng(1), until: { environmentSteps: 6 } });
    expect(begun).toEqual([Uint8Array.of(1, 1), undefined, undefined]);
  });

  test('stops when its signal is aborted', async () => {
    const stop = new AbortController();
    const { agent, seen } = parrot();
    const onProgress = () => stop.abort(new Error('cancelled'));
    const training = train({
      env: identityBox(1),
      agent,
      rng: createRng(1),
      until: { updates: 100 },
      progressEvery: 2,
      onProgress,
      signal: stop.signal,
    });
    await expect(training).rejects.toThrow('cancelled');
    expect(seen.length).toBe(3);
  });
});
