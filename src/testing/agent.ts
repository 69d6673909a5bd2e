import { afterEach, describe, expect, test } from 'vitest';
import { createRng, type Rng } from '../core/rng.ts';
import type { Agent, Normalisation, Transitions } from '../trading/agents/agent.ts';
import { loadPolicy } from '../trading/agents/policy.ts';

/** What an agent is created for. */
export interface AgentPlace {
  /** Copies of the environment that are stepped as one batch. */
  readonly environments: number;
  readonly observationSize: number;
  readonly actionSize: number;
  /** Number of choices of each action (absent: actions in [-1, 1]). */
  readonly choices?: readonly number[];
  readonly seed: number;
}

/** What an agent says of itself where it is not what most are. */
export interface AgentTraits {
  /** Its actions are indices of n choices each. Default: numbers in [-1, 1]. */
  readonly choices?: readonly number[];
  /** Steps of all copies until it has certainly learnt twice; default 64. */
  readonly steps?: number;
  /** Its saved policy takes normalised features only. */
  readonly leavesNormalisationOut?: true;
}

const size = { environments: 4, observationSize: 3, actionSize: 2 } as const;

/** A policy file holds numbers of 32 bits, which other programs add up in another order. */
const tolerance = 1e-5;

/**
 * Declares tests of what every agent promises: actions in range, the same bits for the same seed and after a restart from a checkpoint, refusal of
 * what is not finite or not its own, and a saved policy that acts as the agent does.
 *
 * @param name in the titles of the tests
 * @param create makes a new agent each time; it learns on random transitions of 4 environments, so small networks and batches save time
 *
 * @example
 * ```ts
 * import { agentConformance } from 'assay/testing';
 * import { createMine } from './mine.ts';
 *
 * agentConformance('mine', (place) => createMine(place, { batchSize: 16 }));
 * ```
 */
export function agentConformance(name: string, create: (place: AgentPlace) => Promise<Agent>, traits: AgentTraits = {}): void {
  const { choices, steps = 64 } = traits;
  const open: Agent[] = [];
  afterEach(async () => {
    for (const agent of open.splice(0)) await agent.dispose();
  });
  const agentOf = async (seed = 1): Promise<Agent> => {
    const agent = await create({ ...size, seed, ...(choices && { choices }) });
    open.push(agent);
    return agent;
  };
  const isAction = (value: number, index: number): boolean =>
    choices === undefined ? Math.abs(value) <= 1 : Number.isInteger(value) && value >= 0 && value < choices[index % size.actionSize]!;

  describe(`agent ${name}`, () => {
    test('acts within the range of its actions, and leaves what it is shown as it is', async () => {
      const agent = await agentOf();
      for (const mode of ['explore', 'exploit'] as const) {
        const { observations } = transitionsFrom(createRng(mode));
        const shown = observations.slice();
        const actions = await agent.act(observations, mode);
        expect(actions).toHaveLength(size.environments * size.actionSize);
        expect(actions.every(isAction)).toBe(true);
        expect(observations).toEqual(shown);
      }
    });

    test('learns from what it observes, once, and says how by numbers', async () => {
      const agent = await agentOf();
      expect(await agent.update()).toBeNull();
      let learnt = 0;
      for (const { report } of await live(agent, steps, 'learn')) {
        if (report === null) continue;
        learnt += report.gradientSteps;
        expect(report.gradientSteps).toBeGreaterThan(0);
        expect(Object.values(report.metrics).every(Number.isFinite)).toBe(true);
      }
      expect(learnt).toBeGreaterThan(0);
      expect(await agent.update()).toBeNull();
    });

    test('acts and learns with the same bits for the same seed, and with others for another', async () => {
      const lives = [];
      for (const seed of [5, 5, 6]) lives.push(await live(await agentOf(seed), steps, 'same'));
      expect(lives[1]).toEqual(lives[0]);
      expect(lives[2]).not.toEqual(lives[0]);
    });

    test('does the same again without exploring, whatever it did in between', async () => {
      const agent = await agentOf();
      await live(agent, steps, 'before');
      const { observations } = transitionsFrom(createRng('exploit'));
      const first = (await agent.act(observations, 'exploit')).slice();
      await agent.act(transitionsFrom(createRng('other')).observations, 'exploit');
      expect((await agent.act(observations, 'exploit')).slice()).toEqual(first);
    });

    test('goes on from a checkpoint with the same bits, in an agent of another seed', async () => {
      const [whole, first, second] = [await agentOf(), await agentOf(), await agentOf(99)];
      await live(whole, steps, 'before');
      await live(first, steps, 'before');
      second.restore(first.checkpoint());
      expect(await live(second, steps, 'after')).toEqual(await live(whole, steps, 'after'));
      expect(second.checkpoint()).toEqual(whole.checkpoint());
    });

    test('refuses a checkpoint that is none, and changes nothing then', async () => {
      const agent = await agentOf();
      await live(agent, steps, 'before');
      const kept = agent.checkpoint().slice();
      for (const bytes of [new Uint8Array(0), new Uint8Array(100), new TextEncoder().encode('{"agent":"another"}'), kept.subarray(0, 40)])
        expect(() => agent.restore(bytes)).toThrow(expect.objectContaining({ code: 'data_invalid' }));
      expect(agent.checkpoint()).toEqual(kept);
    });

    test.each(['observations', 'rewards'] as const)('does not learn from %s that are not finite', async (what) => {
      for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const agent = await agentOf();
        const poisoned = async (): Promise<unknown> =>
          live(agent, steps, 'poisoned', (given) => ({ ...given, [what]: given[what].map(() => wrong) }));
        await expect(poisoned()).rejects.toMatchObject({ code: 'not_finite' });
      }
    });

    test('saves a policy that acts as it does without exploring, with the metadata that it is given', async () => {
      const agent = await agentOf();
      await live(agent, steps, 'before');
      const { observations } = transitionsFrom(createRng('policy'));
      const expected = (await agent.act(observations, 'exploit')).slice();
      const policy = await loadPolicy(agent.exportPolicy({ metadata: { study: 'a', trial: '7' } }));
      try {
        expect(policy).toMatchObject({ observationSize: size.observationSize, actionSize: size.actionSize });
        expect(policy.metadata).toMatchObject({ study: 'a', trial: '7' });
        expect(furthest(await policy.act(observations), expected)).toBeLessThan(tolerance);
      } finally {
        await policy.dispose();
      }
    });

    if (traits.leavesNormalisationOut !== true)
      test('saves a policy with the normalisation inside, so that it takes raw features', async () => {
        const agent = await agentOf();
        await live(agent, steps, 'before');
        const normalisation: Normalisation = { mean: [1, -2, 30], scale: [0.5, 2, 10] };
        const { observations } = transitionsFrom(createRng('normalised'));
        const raw = observations.map(
          (x, i) => x * normalisation.scale[i % size.observationSize]! + normalisation.mean[i % size.observationSize]!,
        );
        const expected = (await agent.act(observations, 'exploit')).slice();
        const policy = await loadPolicy(agent.exportPolicy({ normalisation }));
        try {
          expect(furthest(await policy.act(raw), expected)).toBeLessThan(tolerance);
        } finally {
          await policy.dispose();
        }
      });
  });
}

interface Lived {
  readonly actions: readonly number[];
  readonly report: Awaited<ReturnType<Agent['update']>>;
}

/** Steps of the agent on random transitions; what it did and learnt at each. */
async function live(
  agent: Agent,
  steps: number,
  seed: string,
  change: (transitions: Transitions) => Transitions = (given) => given,
): Promise<readonly Lived[]> {
  const rng = createRng(seed);
  const lived: Lived[] = [];
  for (let i = 0; i < steps; i++) {
    const transitions = change(transitionsFrom(rng));
    const actions = (await agent.act(transitions.observations, 'explore')).slice();
    agent.observe({ ...transitions, actions });
    lived.push({ actions: [...actions], report: await agent.update() });
  }
  return lived;
}

/** A step of all environments: one ends by its own rule, one by time. */
function transitionsFrom(rng: Rng): Transitions {
  const { environments, observationSize, actionSize } = size;
  const normal = (length: number): Float32Array => Float32Array.from({ length }, () => rng.normal());
  return {
    observations: normal(environments * observationSize),
    actions: new Float32Array(environments * actionSize),
    rewards: normal(environments),
    nextObservations: normal(environments * observationSize),
    terminated: Uint8Array.of(0, 0, 1, 0),
    truncated: Uint8Array.of(0, 1, 0, 0),
  };
}

function furthest(values: Float32Array, from: Float32Array): number {
  expect(values).toHaveLength(from.length);
  return values.reduce((most, value, i) => Math.max(most, Math.abs(value - from[i]!)), 0);
}
