import { afterEach, describe, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { identityBox } from '../../env/reference/identity-box.ts';
import { train } from '../../training/loop.ts';
import type { Agent, Transitions } from '../agent.ts';
import { decodeSnapshot, encodeSnapshot } from '../checkpoint.ts';
import type { Policy } from '../policy.ts';
import { loadPolicy } from '../policy.ts';
import type { SacOptions } from './options.ts';
import type { SacDefinition } from './sac.ts';
import { createSac } from './sac.ts';

const open: (Agent | Policy)[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.dispose();
});

async function sac(definition: Partial<Omit<SacDefinition, 'options'>> & { options?: Partial<SacOptions> } = {}): Promise<Agent> {
  const options = { hidden: [8, 8], batchSize: 16, capacity: 500, warmupSteps: 20, learningRate: 1e-3, ...definition.options };
  const agent = await createSac({ observationSize: 3, actionSize: 2, environments: 4, seed: 1, ...definition, options });
  open.push(agent);
  return agent;
}

async function policyOf(agent: Agent, ...options: Parameters<Agent['exportPolicy']>): Promise<Policy> {
  const policy = await loadPolicy(agent.exportPolicy(...options));
  open.push(policy);
  return policy;
}

/** One step of four environments from seeded noise. */
function transitionsFrom(rng: ReturnType<typeof createRng>, change: Partial<Transitions> = {}): Transitions {
  const normal = (length: number) => Float32Array.from({ length }, () => rng.normal());
  return {
    observations: normal(12),
    actions: normal(8).map(Math.tanh),
    rewards: normal(4),
    nextObservations: normal(12),
    terminated: Uint8Array.of(0, 0, 1, 0),
    truncated: Uint8Array.of(0, 1, 0, 0),
    ...change,
  };
}

async function learn(agent: Agent, steps: number, seed: string): Promise<readonly unknown[]> {
  const rng = createRng(seed);
  const seen: unknown[] = [];
  for (let i = 0; i < steps; i++) {
    const transitions = transitionsFrom(rng);
    const actions = (await agent.act(transitions.observations, 'explore')).slice();
    agent.observe({ ...transitions, actions });
    seen.push([...actions], await agent.update());
  }
  return seen;
}

describe('SAC', () => {
  test('learns to repeat its observation: at least 90 of 100 after 400 steps', async () => {
    const options = { hidden: [64, 64], batchSize: 256, learningRate: 1e-3, gamma: 0.95, warmupSteps: 100 };
    const agent = await sac({ observationSize: 1, actionSize: 1, environments: 1, seed: 7, options });
    await train({ env: identityBox(1), agent, rng: createRng('train'), until: { environmentSteps: 400 } });
    const policy = await policyOf(agent);
    const env = identityBox(20);
    env.reset(createRng('test'));
    let reward = 0;
    for (let step = 0; step < 100; step++) {
      env.step(await policy.act(env.observations));
      reward += env.rewards.reduce((total, r) => total + r, 0) / env.count;
    }
    expect(reward).toBeGreaterThanOrEqual(90);
  });

  test('saves a policy that acts as the agent does, with the normalisation inside', async () => {
    const agent = await sac();
    await learn(agent, 40, 'policy');
    const normalisation = { mean: [1, -2, 30], scale: [0.5, 2, 10] };
    const raw = transitionsFrom(createRng('raw')).observations.map((x, i) => x * normalisation.scale[i % 3]! + normalisation.mean[i % 3]!);
    const normalised = raw.map((x, i) => (x - normalisation.mean[i % 3]!) / normalisation.scale[i % 3]!);
    const expected = (await agent.act(normalised, 'exploit')).slice();
    const policy = await policyOf(agent, { normalisation, metadata: { study: 'a', trial: '7' } });
    const plain = await policyOf(agent);
    const actions = [await policy.act(raw), await plain.act(normalised)];
    for (const given of actions) for (const [i, action] of given.entries()) expect(Math.abs(action - expected[i]!)).toBeLessThan(1e-6);
    expect(policy).toMatchObject({ observationSize: 3, actionSize: 2, metadata: { study: 'a', trial: '7' } });
    expect(expected.some((action) => Math.abs(action) > 1e-3)).toBe(true);
  });

  test('has the same bits for the same seed, and other bits for another seed', async () => {
    const runs = [];
    for (const seed of [5, 5, 6]) runs.push(await learn(await sac({ seed }), 15, 'same'));
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).not.toEqual(runs[0]);
  });

  test('continues from a checkpoint with the same bits', async () => {
    const [whole, first, second] = [await sac(), await sac(), await sac({ seed: 99 })];
    await learn(whole, 150, 'before');
    await learn(first, 150, 'before');
    second.restore(first.checkpoint());
    expect(await learn(second, 20, 'after')).toEqual(await learn(whole, 20, 'after'));
    expect(second.checkpoint()).toEqual(whole.checkpoint());
  });

  test('continues with other settings from the checkpoint of another agent, as a fork does', async () => {
    const settings = { learningRate: 3e-3, gamma: 0.9, batchSize: 8 };
    const [parent, fork] = [await sac(), await sac({ options: settings })];
    await learn(parent, 30, 'before');
    fork.restore(parent.checkpoint());
    expect(fork.checkpoint()).toEqual(parent.checkpoint());
    expect(await learn(fork, 5, 'after')).not.toEqual(await learn(parent, 5, 'after'));
  });

  test.each<readonly [string, Partial<SacOptions>]>([
    ['priorities', { priorityExponent: 0.6 }],
    ['another optimizer', { optimizer: 'sgd' }],
    ['a rate that falls', { schedule: 'linear', decayUpdates: 30 }],
  ])('continues with %s from the checkpoint of an agent without, and the other way round', async (_what, options) => {
    const [parent, fork, grandchild] = [await sac(), await sac({ options, seed: 2 }), await sac({ seed: 3 })];
    await learn(parent, 30, 'before');
    fork.restore(parent.checkpoint());
    const weights = (agent: Agent) => decodeSnapshot('sac', agent.checkpoint()).arrays['state:actor'];
    expect(weights(fork)).toEqual(weights(parent));
    await learn(fork, 5, 'after');
    expect(weights(fork)).not.toEqual(weights(parent));
    grandchild.restore(fork.checkpoint());
    expect(weights(grandchild)).toEqual(weights(fork));
    await learn(grandchild, 5, 'later');
  });

  test('counts the gradient steps of the checkpoint in its own schedule', async () => {
    const parent = await sac({ options: { warmupSteps: 0 } });
    const fork = await sac({ options: { warmupSteps: 0, schedule: 'linear', decayUpdates: 12 } });
    await learn(parent, 10, 'before');
    fork.restore(parent.checkpoint());
    const steps = () => [...decodeSnapshot('sac', fork.checkpoint()).arrays['state:learningRate/updates']!];
    expect(steps()).toEqual([10]);
    await learn(fork, 2, 'after');
    expect(steps()).toEqual([12]);
  });

  test('is unchanged after a refused checkpoint', async () => {
    const agent = await sac();
    await learn(agent, 10, 'before');
    const before = agent.checkpoint();
    const { facts, arrays } = decodeSnapshot('sac', (await sac({ seed: 2 })).checkpoint());
    for (const name of ['state:critic', 'replay:reward', 'live:exploring']) {
      const { [name]: _, ...others } = arrays;
      expect(() => agent.restore(encodeSnapshot({ agent: 'sac', facts, arrays: others }))).toThrow(
        expect.objectContaining({ code: 'data_invalid', message: `the checkpoint holds no ${name}` }),
      );
      expect(agent.checkpoint()).toEqual(before);
    }
  });

  test('refuses a checkpoint of other sizes, and bytes that are not a checkpoint', async () => {
    const checkpoint = (await sac({ options: { hidden: [8, 9] } })).checkpoint();
    const agent = await sac();
    const restore = (bytes: Uint8Array) => () => agent.restore(bytes);
    expect(restore(checkpoint)).toThrow('[8,9]');
    expect(restore(new Uint8Array(3))).toThrow('too short');
    expect(restore(agent.checkpoint().subarray(0, 900))).toThrow('cut off');
    expect(restore(Buffer.from('    {"format":"other"}'))).toThrow('not a checkpoint of sac');
  });

  test('acts uniformly at random and does not learn until the warm-up is over', async () => {
    const agent = await sac();
    const rng = createRng('warm-up');
    const actions: number[] = [];
    const updates = [];
    for (let step = 0; step < 6; step++) {
      const transitions = transitionsFrom(rng);
      if (step < 5) actions.push(...(await agent.act(transitions.observations, 'explore')));
      agent.observe(transitions);
      updates.push((await agent.update())?.gradientSteps ?? 0);
    }
    expect(updates).toEqual([0, 0, 0, 0, 1, 1]);
    expect(new Set(actions).size).toBe(40);
    expect(Math.max(...actions.map(Math.abs))).toBeLessThan(1);
    expect(Math.max(...actions)).toBeGreaterThan(0.8);
  });

  test('runs the gradient steps that are due after a step of the environments', async () => {
    for (const [updatesPerStep, expected] of [
      [3, [3, 3, 3, 3]],
      [0.5, [0, 1, 0, 1]],
    ] as const) {
      const agent = await sac({ options: { updatesPerStep, warmupSteps: 0 } });
      const rng = createRng('ratio');
      const done = [];
      for (let step = 0; step < 4; step++) {
        agent.observe(transitionsFrom(rng));
        done.push((await agent.update())?.gradientSteps ?? 0);
      }
      expect(done).toEqual(expected);
    }
  });

  test('lowers the temperature while the entropy is above its target', async () => {
    const agent = await sac({ options: { targetEntropy: -20, initialTemperature: 0.02, warmupSteps: 0 } });
    const [first, last] = (await learn(agent, 30, 'temperature'))
      .filter((x) => !Array.isArray(x))
      .flatMap((x, i) => (i === 0 || i === 29 ? [x] : []));
    const alpha = (report: unknown) => (report as { metrics: { alpha: number } }).metrics.alpha;
    expect(alpha(first)).toBeCloseTo(0.02, 6);
    expect(alpha(last)).toBeLessThan(0.0197);
  });

  test.each([
    ['observation', { observations: new Float32Array(12).fill(Number.NaN, 7, 8) }, 'observation is NaN in row 2, column 1'],
    [
      'next observation',
      { nextObservations: new Float32Array(12).fill(Number.POSITIVE_INFINITY, 0, 1) },
      'next observation is Infinity in row 0',
    ],
    ['reward', { rewards: Float32Array.of(0, 0, 0, Number.NaN) }, 'reward is NaN in row 3'],
    ['action', { actions: new Float32Array(8).fill(Number.NaN) }, 'action is NaN in row 0'],
  ])('refuses a %s that is not finite, naming the step', async (_what, change, message) => {
    const agent = await sac();
    agent.observe(transitionsFrom(createRng(1)));
    const observe = () => agent.observe(transitionsFrom(createRng(1), change));
    expect(observe).toThrow(
      expect.objectContaining({ code: 'not_finite', place: 'environment step 5', message: expect.stringContaining(message) }),
    );
  });

  test('refuses to act on an observation that is not finite', async () => {
    const agent = await sac();
    const observations = new Float32Array(12).fill(Number.NaN, 0, 1);
    await expect(agent.act(observations, 'exploit')).rejects.toMatchObject({ code: 'not_finite' });
    await expect((await policyOf(agent)).act(observations)).rejects.toMatchObject({ code: 'not_finite' });
  });

  test('fails with the name of the loss and the gradient step when a loss overflows', async () => {
    const agent = await sac({ options: { warmupSteps: 0 } });
    await learn(agent, 2, 'fine');
    agent.observe(transitionsFrom(createRng(1), { rewards: new Float32Array(4).fill(1e30) }));
    const update = async () => {
      for (let i = 0; i < 10; i++) {
        await agent.update();
        agent.observe(transitionsFrom(createRng(i), { rewards: new Float32Array(4).fill(1e30) }));
      }
    };
    await expect(update()).rejects.toMatchObject({
      code: 'not_finite',
      message: expect.stringContaining('criticLoss is Infinity'),
      place: expect.stringContaining('gradient step 3'),
    });
  });

  test('stops moving when the schedule has reached 0, and so does an agent from its checkpoint', async () => {
    const options: Partial<SacOptions> = { schedule: 'linear', decayUpdates: 6, weightDecay: 0.01, warmupSteps: 0 };
    const [agent, copy] = [await sac({ options }), await sac({ options, seed: 2 })];
    const actionsOf = async (each: Agent) => [...(await each.act(transitionsFrom(createRng('look')).observations, 'exploit'))];
    const fresh = await actionsOf(agent);
    await learn(agent, 8, 'moving');
    const settled = await actionsOf(agent);
    expect(settled).not.toEqual(fresh);
    copy.restore(agent.checkpoint());
    for (const each of [agent, copy]) {
      await learn(each, 5, 'after');
      expect(await actionsOf(each)).toEqual(settled);
    }
  });

  test('refuses a schedule without an end', async () => {
    await expect(sac({ options: { schedule: 'cosine' } })).rejects.toMatchObject({ place: 'sac decayUpdates' });
  });

  test('refuses invalid options, naming the option', async () => {
    const wrong: Partial<Record<keyof SacOptions, unknown>> = {
      hidden: [],
      batchSize: 0,
      learningRate: Number.NaN,
      gamma: 1,
      tau: 0,
      initialTemperature: 0,
      targetEntropy: Number.NaN,
      capacity: 1.5,
      warmupSteps: -1,
      updatesPerStep: 0,
      optimizer: 'lion',
      schedule: 'steps',
      warmupUpdates: -1,
      decayUpdates: 0.5,
      lastRate: 2,
      weightDecay: -1,
      momentum: 1,
    };
    for (const [name, value] of Object.entries(wrong))
      await expect(sac({ options: { [name]: value } })).rejects.toMatchObject({ code: 'params_invalid', place: `sac ${name}` });
  });
});
