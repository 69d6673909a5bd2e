import { afterEach, describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { serialise } from '../../tensor/executors/onnx/serialise.ts';
import { add, input } from '../../tensor/graph/ops/index.ts';
import type { Agent } from './agent.ts';
import { type AgentConfig, createAgent } from './create.ts';
import { clearsMemory, type MemoryReach, start, startsAfter } from './live-memory.ts';
import { loadPolicy, type Policy } from './policy.ts';

const open: (Agent | Policy)[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.dispose();
});

test('a memory is cleared where an episode begins, of the reach session also where a session does, of none always', () => {
  const cleared = (reach: MemoryReach) => [start.nothing, start.episode, start.session, undefined].map((what) => clearsMemory(reach, what));
  expect(cleared('account')).toEqual([false, true, false, false]);
  expect(cleared('session')).toEqual([false, true, true, false]);
  expect(cleared('none')).toEqual([true, true, true, true]);
});

test('after a step an episode begins where one ended, a session where it opens within an episode', () => {
  const into = new Uint8Array(4);
  const flags = { terminated: Uint8Array.of(1, 0, 0, 0), truncated: Uint8Array.of(0, 1, 0, 0), opensSession: Uint8Array.of(1, 0, 1, 0) };
  startsAfter(flags, into);
  expect([...into]).toEqual([start.episode, start.episode, start.session, start.nothing]);
  startsAfter({ ...flags, opensSession: undefined }, into);
  expect([...into]).toEqual([start.episode, start.episode, start.nothing, start.nothing]);
});

const [observationSize, actionSize] = [4, 2];
const sac = { hidden: [8], batchSize: 8, memoryWidth: 8, memoryLayers: 1, stateWidth: 3, taps: 3, headWidth: 8, window: 6 } as const;
const ppo = { id: 'recurrent-ppo', memoryWidth: 8, hidden: [8], rolloutSteps: 8, sequenceSteps: 4, batchSequences: 2 } as const;
const agents: readonly (readonly [string, AgentConfig])[] = [
  ['SAC, a window of Mamba-2', { ...sac, memory: 'mamba-2' }],
  ['SAC, an LSTM over the episode', { ...sac, memory: 'lstm', recall: 'episode' }],
  ['recurrent PPO', { ...ppo, normalise: false }],
];

describe.each(agents)('%s', (_name, config) => {
  test.each(['session', 'account'] as const)('with the reach %s, in the agent and in the saved policy', async (memoryReach) => {
    const env = { observationSize, actionSize, count: 4 };
    const agent = await createAgent({ ...config, memoryReach } as AgentConfig, { env, accounts: 1, seed: 1 });
    const policy = await loadPolicy(agent.exportPolicy());
    open.push(agent, policy);
    expect(policy.memory).toBe(memoryReach);
    expect(policy.metadata).toEqual({ memory: memoryReach });
    const rng = createRng('seen');
    const seen = Array.from({ length: 4 }, () => Float32Array.from({ length: observationSize }, () => rng.normal()));
    const lastAfter = async (starts: readonly number[]) => {
      let [own, saved] = [new Float32Array(), new Float32Array()];
      for (const [step, row] of seen.entries()) {
        own = (await agent.act(row, 'exploit', Uint8Array.of(starts[step]!))).slice();
        saved = (await policy.act(row, Uint8Array.of(starts[step]!))).slice();
      }
      for (const [i, action] of own.entries()) expect(Math.abs(action - saved[i]!)).toBeLessThan(1e-6);
      return [...own];
    };
    const { nothing, episode, session } = start;
    const [carried, anew, ofSession] = [
      await lastAfter([episode, nothing, nothing, nothing]),
      await lastAfter([episode, nothing, nothing, episode]),
      await lastAfter([episode, nothing, nothing, session]),
    ];
    expect(carried).not.toEqual(anew);
    expect(ofSession).toEqual(memoryReach === 'session' ? anew : carried);
  });
});

test('recurrent PPO without a memory clears its LSTM at every observation, in the agent and in the saved policy', async () => {
  const env = { observationSize, actionSize, count: 2 };
  const agent = await createAgent({ ...ppo, normalise: false, memory: 'none' }, { env, accounts: 1, seed: 1 });
  const policy = await loadPolicy(agent.exportPolicy());
  open.push(agent, policy);
  expect(policy.memory).toBe('none');
  const [a, b] = [Float32Array.of(1, -1, 2, 0), Float32Array.of(0, 3, -1, 1)];
  const [first, goesOn] = [Uint8Array.of(start.episode), Uint8Array.of(start.nothing)];
  for (const act of [(row: Float32Array, starts: Uint8Array) => agent.act(row, 'exploit', starts), policy.act]) {
    const fresh = [...(await act(b, first))];
    await act(a, first);
    expect([...(await act(b, goesOn))]).toEqual(fresh);
  }
});

test('a file that does not say was evaluated with a carried memory; one that says something else is refused', async () => {
  const graph = (): { outputs: Record<string, ReturnType<typeof add>> } => {
    const sum = add(input('observation', [1, 2]), input('state', [1, 2]));
    return { outputs: { action: sum, nextState: sum } };
  };
  const policy = await loadPolicy(serialise(graph()).bytes);
  open.push(policy);
  expect(policy.memory).toBe('account');
  await expect(loadPolicy(serialise(graph(), { metadata: { memory: 'week' } }).bytes)).rejects.toMatchObject({
    code: 'data_invalid',
    message: expect.stringContaining('memory week'),
  });
});
