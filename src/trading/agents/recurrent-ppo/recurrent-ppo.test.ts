import { afterEach, describe, expect, test } from 'vitest';
import type { Rng } from '../../../core/rng.ts';
import { createRng } from '../../../core/rng.ts';
import { loadRuntime } from '../../../tensor/executors/onnx/runtime.ts';
import { readMetadata } from '../../../tensor/executors/onnx/serialise.ts';
import type { Agent, Transitions } from '../agent.ts';
import { decodeSnapshot, encodeSnapshot } from '../checkpoint.ts';
import type { RecurrentPpoOptions } from './options.ts';
import type { RecurrentPpoDefinition } from './recurrent-ppo.ts';
import { createRecurrentPpo } from './recurrent-ppo.ts';

const open: Agent[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.dispose();
});

const small: Partial<RecurrentPpoOptions> = {
  memoryWidth: 6,
  hidden: [5],
  rolloutSteps: 8,
  sequenceSteps: 4,
  batchSequences: 2,
  epochs: 2,
  learningRate: 1e-2,
};
const continuous: RecurrentPpoDefinition = { observationSize: 3, actionSize: 2, environments: 3, seed: 1 };
const discrete: RecurrentPpoDefinition = { ...continuous, choices: [3, 2] };

async function ppo(definition: RecurrentPpoDefinition = continuous, options: Partial<RecurrentPpoOptions> = {}): Promise<Agent> {
  const agent = await createRecurrentPpo({ ...definition, options: { ...small, ...options } });
  open.push(agent);
  return agent;
}

/** Observations and episode ends from seeded noise. */
function transitionsFrom(rng: Rng, change: Partial<Transitions> = {}): Omit<Transitions, 'actions'> {
  const normal = (length: number) => Float32Array.from({ length }, () => rng.normal());
  const observations = normal(9);
  return {
    observations,
    rewards: normal(3),
    nextObservations: normal(9),
    terminated: Uint8Array.from({ length: 3 }, () => Number(rng.uniform() < 0.2)),
    truncated: new Uint8Array(3),
    opensSession: Uint8Array.from({ length: 3 }, (_, copy) => Number(observations[3 * copy]! > 0.8)),
    ...change,
  };
}

async function live(agent: Agent, steps: number, rng: Rng, change: Partial<Transitions> = {}): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  for (let i = 0; i < steps; i++) {
    const transitions = transitionsFrom(rng, change);
    const actions = (await agent.act(transitions.observations, 'explore')).slice();
    agent.observe({ ...transitions, actions });
    seen.push([...actions], await agent.update());
  }
  return seen;
}

const metricsOf = (seen: readonly unknown[]) =>
  seen.flatMap((x) => (x !== null && typeof x === 'object' && 'metrics' in x ? [x.metrics as Readonly<Record<string, number>>] : []));

describe('recurrent PPO', () => {
  test.each([
    ['an LSTM, continuous actions', continuous, {}],
    ['an LSTM, choices', discrete, {}],
    ['an LSTM that is carried over sessions', discrete, { memoryReach: 'account' }],
    ['Mamba-1', continuous, { memory: 'mamba-1', memoryWidth: 4 }],
    ['Mamba-2', discrete, { memory: 'mamba-2', memoryWidth: 4, memoryLayers: 2 }],
    ['attention', continuous, { memory: 'attention', memoryWidth: 4, memoryLayers: 2, heads: 2, window: 5 }],
    ['no memory', discrete, { memory: 'none' }],
  ] as const)(
    'before learning, recomputed probabilities of the taken actions equal those while acting: %s',
    async (_name, definition, options) => {
      // A learning rate that changes nothing keeps the first parameters through every gradient step and rollout.
      const agent = await ppo(definition, { ...options, learningRate: 1e-12 });
      const metrics = metricsOf(await live(agent, 24, createRng('ratio')));
      expect(metrics.length).toBe(3);
      for (const { largestRatioError, approximateKl } of metrics) {
        expect(largestRatioError).toBeLessThan(1e-5);
        expect(Math.abs(approximateKl!)).toBeLessThan(1e-6);
      }
    },
  );

  test('moves the probabilities when it learns', async () => {
    const metrics = metricsOf(await live(await ppo(), 24, createRng('ratio')));
    expect(metrics.at(-1)!['largestRatioError']).toBeGreaterThan(1e-3);
  });

  test('learns after every full rollout, epochs x batches at a time', async () => {
    const seen = await live(await ppo(), 17, createRng('due'));
    const steps = seen.filter((_, i) => i % 2 === 1).map((report) => (report as { gradientSteps: number } | null)?.gradientSteps ?? 0);
    // 3 environments x 2 sequences in batches of 2, twice.
    expect(steps).toEqual([0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 6, 0]);
  });

  test('values what comes after a rollout with the memory that it is seen with: cleared where a session opens, if it reaches no further', async () => {
    const lossAfter = async (memoryReach: 'session' | 'account', opens: number) => {
      const agent = await ppo(continuous, { memoryReach, normalise: false, learningRate: 1e-12, batchSequences: 6, epochs: 1 });
      const rng = createRng('open');
      const closed = { terminated: new Uint8Array(3), opensSession: new Uint8Array(3) };
      await live(agent, 7, rng, closed);
      return metricsOf(await live(agent, 1, rng, { ...closed, opensSession: new Uint8Array(3).fill(opens) }))[0]!['valueLoss']!;
    };
    expect(await lossAfter('session', 1)).not.toBe(await lossAfter('session', 0));
    expect(await lossAfter('account', 1)).toBe(await lossAfter('account', 0));
  });

  test('ends the passes over a rollout once the policy has moved by targetKl', async () => {
    const stepsAt = async (targetKl: number) => {
      const reports = (await live(await ppo(continuous, { targetKl }), 8, createRng('kl'))).filter((_, i) => i % 2 === 1);
      return reports.at(-1) as { gradientSteps: number; metrics: Readonly<Record<string, number>> };
    };
    const whole = await stepsAt(0);
    expect(whole.gradientSteps).toBe(6);
    const early = await stepsAt(1e-6);
    // The first batch sees the policy unchanged.
    expect(early.gradientSteps).toBe(2);
    expect(early.metrics['approximateKl']).toBeGreaterThan(1.5e-6);
    expect((await stepsAt(1e3)).metrics).toEqual(whole.metrics);
  });

  test('clears the memory when an episode ends, and not before', async () => {
    const agent = await ppo(continuous, { normalise: false });
    const rng = createRng('forget');
    await live(agent, 8, rng);
    const [first, second] = [transitionsFrom(rng).observations, transitionsFrom(rng).observations];
    const [begin, goOn] = [new Uint8Array(3).fill(1), new Uint8Array(3)];
    const fresh = (await agent.act(second, 'exploit', begin)).slice();
    await agent.act(first, 'exploit', begin);
    const later = (await agent.act(second, 'exploit', goOn)).slice();
    await agent.act(first, 'exploit', begin);
    const partly = (await agent.act(second, 'exploit', Uint8Array.of(0, 1, 0))).slice();
    expect(later).not.toEqual(fresh);
    expect([...partly]).toEqual([...later.slice(0, 2), ...fresh.slice(2, 4), ...later.slice(4)]);
  });

  test('adds the value of the final observation after a truncation, and nothing after a termination', async () => {
    const lossAfter = async (change: Partial<Transitions>) => {
      const agent = await ppo(continuous, {
        normalise: false,
        learningRate: 1e-12,
        rolloutSteps: 4,
        batchSequences: 3,
        epochs: 1,
        gamma: 0.9,
      });
      const ends = { rewards: new Float32Array(3), ...change };
      return metricsOf(await live(agent, 4, createRng('cut'), ends))[0]!['valueLoss']!;
    };
    const over = await lossAfter({ terminated: Uint8Array.of(1, 1, 1) });
    const cut = await lossAfter({ terminated: new Uint8Array(3), truncated: Uint8Array.of(1, 1, 1) });
    expect(cut).not.toBeCloseTo(over, 6);
  });

  test.each([
    ['continuous', continuous, {}],
    ['discrete', discrete, {}],
    ['Mamba-1', discrete, { memory: 'mamba-1', memoryWidth: 4 }],
    ['Mamba-2, a rate that falls', continuous, { memory: 'mamba-2', memoryWidth: 4, schedule: 'cosine', decayUpdates: 60 }],
    ['attention, SGD', discrete, { memory: 'attention', memoryWidth: 4, heads: 2, window: 5, optimizer: 'sgd' }],
    ['no memory', continuous, { memory: 'none' }],
  ] as const)('continues from a checkpoint with the same bits, in the middle of a rollout: %s', async (_name, definition, options) => {
    const [whole, first, second] = [
      await ppo(definition, options),
      await ppo(definition, options),
      await ppo({ ...definition, seed: 99 }, options),
    ];
    const [rngA, rngB] = [createRng('same'), createRng('same')];
    await live(whole, 21, rngA);
    await live(first, 21, rngB);
    second.restore(first.checkpoint());
    expect(await live(second, 30, rngB)).toEqual(await live(whole, 30, rngA));
    expect(second.checkpoint()).toEqual(whole.checkpoint());
  });

  test('continues with another optimizer and a schedule from the checkpoint of an agent without them', async () => {
    const [parent, fork] = [await ppo(), await ppo(continuous, { optimizer: 'sgd', schedule: 'linear', decayUpdates: 20 })];
    await live(parent, 17, createRng('before'));
    fork.restore(parent.checkpoint());
    const { arrays } = decodeSnapshot('recurrent-ppo', fork.checkpoint());
    expect(arrays['state:networks']).toEqual(decodeSnapshot('recurrent-ppo', parent.checkpoint()).arrays['state:networks']);
    expect([...arrays['state:learningRate/updates']!]).toEqual([12]);
    expect(metricsOf(await live(fork, 8, createRng('after'))).length).toBe(1);
  });

  test('is unchanged after a refused checkpoint', async () => {
    const agent = await ppo();
    await live(agent, 10, createRng('before'));
    const before = agent.checkpoint();
    const { facts, arrays } = decodeSnapshot('recurrent-ppo', (await ppo({ ...continuous, seed: 2 })).checkpoint());
    for (const name of ['state:networks', 'rollout:reward', 'live:state']) {
      const { [name]: _, ...others } = arrays;
      expect(() => agent.restore(encodeSnapshot({ agent: 'recurrent-ppo', facts, arrays: others }))).toThrow(
        expect.objectContaining({ code: 'data_invalid', message: `the checkpoint holds no ${name}` }),
      );
      expect(agent.checkpoint()).toEqual(before);
    }
  });

  test('refuses a checkpoint of other sizes', async () => {
    const checkpoint = (await ppo(continuous, { memoryWidth: 7 })).checkpoint();
    const agent = await ppo();
    expect(() => agent.restore(checkpoint)).toThrow('"state":28');
  });

  test.each([
    ['continuous', continuous],
    ['discrete', discrete],
  ] as const)(
    'saves a policy that acts as the agent does, step by step, with both normalisations inside: %s',
    async (_name, definition) => {
      const agent = await ppo(definition);
      const rng = createRng('export');
      await live(agent, 24, rng);
      const normalisation = { mean: [1, -2, 30], scale: [0.5, 2, 10] };
      const bytes = agent.exportPolicy({ normalisation, metadata: { trial: '7' } });
      expect(readMetadata(bytes)).toEqual({ trial: '7', memory: 'session' });
      const { open: load, tensor } = await loadRuntime();
      const session = await load(bytes);
      const width = (session.inputMetadata.find(({ name }) => name === 'state') as { shape: readonly number[] }).shape[1]!;
      let state = new Float32Array(width);
      for (let step = 0; step < 5; step++) {
        const { observations } = transitionsFrom(rng);
        const expected = (await agent.act(observations, 'exploit', new Uint8Array(3).fill(step === 0 ? 1 : 0))).slice(0, 2);
        const raw = observations.slice(0, 3).map((x, i) => x * normalisation.scale[i]! + normalisation.mean[i]!);
        const { action, nextState } = await session.run({ observation: tensor(raw, [1, 3]), state: tensor(state, [1, width]) });
        for (const i of [0, 1]) expect(Math.abs((action!.data as Float32Array)[i]! - expected[i]!)).toBeLessThan(2e-6);
        state = Float32Array.from(nextState!.data as Float32Array);
      }
      await session.release();
    },
  );

  test('returns actions in [-1, 1], or indices of choices', async () => {
    const rng = createRng('box');
    const box = (await live(await ppo(), 20, rng)).flatMap((x) => (Array.isArray(x) ? (x as number[]) : []));
    expect(Math.max(...box.map(Math.abs))).toBe(1);
    const picks = (await live(await ppo(discrete), 20, rng)).flatMap((x) => (Array.isArray(x) ? (x as number[]) : []));
    expect(new Set(picks.filter((_, i) => i % 2 === 0).map(Math.abs))).toEqual(new Set([0, 1, 2]));
    expect(new Set(picks.filter((_, i) => i % 2 === 1).map(Math.abs))).toEqual(new Set([0, 1]));
  });

  test('runs observations of two tickers through the cross-ticker encoder', async () => {
    const agent = await createRecurrentPpo({
      observationSize: 26,
      actionSize: 2,
      choices: [3, 3],
      environments: 2,
      seed: 1,
      options: { ...small, encoder: 'cross-ticker', memoryWidth: 128, hidden: [64, 64] },
    });
    open.push(agent);
    const actions = await agent.act(new Float32Array(52), 'exploit');
    expect(actions.length).toBe(4);
  });

  test.each([
    ['observation', { observations: new Float32Array(9).fill(Number.NaN) }],
    ['reward', { rewards: Float32Array.of(0, Number.POSITIVE_INFINITY, 0) }],
    ['next observation', { nextObservations: new Float32Array(9).fill(Number.NaN, 8) }],
  ])('refuses a %s that is not finite, naming it', async (name, change) => {
    const agent = await ppo();
    await expect(live(agent, 1, createRng(1), change)).rejects.toMatchObject({
      code: 'not_finite',
      message: expect.stringContaining(name),
    });
  });

  test('fails with the name of the loss and the gradient step when a loss overflows', async () => {
    const agent = await ppo(continuous, { normalise: false });
    await live(agent, 8, createRng('fine'));
    await expect(live(agent, 8, createRng('overflow'), { rewards: new Float32Array(3).fill(1e30) })).rejects.toMatchObject({
      code: 'not_finite',
      message: expect.stringMatching(/^(loss|valueLoss) is Infinity/),
      place: 'gradient step 7',
      hint: expect.stringContaining('learning rate'),
    });
  });

  test('refuses invalid options, naming the option', async () => {
    const wrong: Partial<Record<keyof RecurrentPpoOptions, unknown>> = {
      memory: 'gru',
      encoder: 'mlp',
      memoryWidth: 0,
      memoryLayers: 0.5,
      hidden: [0],
      rolloutSteps: 0,
      sequenceSteps: 3,
      batchSequences: 4,
      epochs: 0,
      learningRate: Number.NaN,
      gamma: 1,
      lambda: 1.1,
      clip: 0,
      entropyWeight: -1,
      valueWeight: Number.NaN,
      largestGradientNorm: 0,
      targetKl: -1,
      normalise: 1,
    };
    for (const [name, value] of Object.entries(wrong))
      await expect(ppo(continuous, { [name]: value })).rejects.toMatchObject({
        code: 'params_invalid',
        place: `recurrent-ppo ${name === 'hidden' ? 'hidden.0' : name}`,
      });
  });
});
