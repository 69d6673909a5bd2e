import { afterEach, describe, expect, test } from 'vitest';
import type { Rng } from '../../../core/rng.ts';
import { createRng } from '../../../core/rng.ts';
import { evaluate } from '../../../tensor/graph/evaluate.ts';
import { input, state } from '../../../tensor/graph/ops/index.ts';
import { sizeOf } from '../../../tensor/graph/shapes.ts';
import { initialise, layoutOf, partsOf } from '../../../tensor/nn/parameters.ts';
import type { Agent, Transitions } from '../agent.ts';
import { memoryKinds } from '../encoders/memory.ts';
import type { Policy } from '../policy.ts';
import { loadPolicy } from '../policy.ts';
import { updateGraph, vectors } from './graphs.ts';
import { createNetworks } from './networks.ts';
import { type SacOptions, sacDefaults } from './options.ts';
import { createSac } from './sac.ts';
import { createView } from './view.ts';

const open: (Agent | Policy)[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.dispose();
});

const small = { memoryWidth: 8, memoryLayers: 1, stateWidth: 3, taps: 3, headWidth: 8, heads: 2, window: 6 } as const;
const [environments, observationSize, actionSize] = [3, 4, 2];

async function sac(options: Partial<SacOptions>): Promise<Agent> {
  const agent = await createSac({
    observationSize,
    actionSize,
    environments: environments,
    seed: 1,
    options: { ...small, hidden: [8], batchSize: 8, capacity: 60, warmupSteps: 12, learningRate: 1e-3, ...options },
  });
  open.push(agent);
  return agent;
}

function transitionsFrom(rng: Rng, step: number): Transitions {
  const normal = (length: number) => Float32Array.from({ length }, () => rng.normal());
  return {
    observations: normal(environments * observationSize),
    actions: normal(environments * actionSize).map(Math.tanh),
    rewards: normal(environments),
    nextObservations: normal(environments * observationSize),
    terminated: Uint8Array.from({ length: environments }, (_, copy) => Number((step + copy) % 7 === 0)),
    truncated: Uint8Array.from({ length: environments }, (_, copy) => Number((step + copy) % 11 === 10)),
  };
}

async function live(agent: Agent, steps: number, seed: string): Promise<readonly unknown[]> {
  const rng = createRng(seed);
  const seen: unknown[] = [];
  for (let step = 0; step < steps; step++) {
    const transitions = transitionsFrom(rng, step);
    const actions = (await agent.act(transitions.observations, 'explore')).slice();
    agent.observe({ ...transitions, actions });
    seen.push([...actions], await agent.update());
  }
  return seen;
}

const kinds = [
  ...memoryKinds.map((memory) => ({ memory, sharedView: true, recall: 'episode' as const })),
  { memory: 'mamba-2', sharedView: false, recall: 'episode' },
  { memory: 'mamba-1', sharedView: true, recall: 'window' },
] as const;

describe.each(kinds)('SAC with $memory, sharedView $sharedView, recall $recall', (options) => {
  test('acts step by step as on the whole window, in the agent and in the saved policy', async () => {
    const agent = await sac(options);
    await live(agent, 20, 'learn');
    const policy = await loadPolicy(agent.exportPolicy());
    open.push(policy);
    expect(policy.stateSize).toBeGreaterThan(0);
    const rng = createRng('act');
    const steps = Array.from({ length: 6 }, () => Float32Array.from({ length: environments * observationSize }, () => rng.normal()));
    // The environments begin together; the second begins again at the fourth step.
    const startsAt = (step: number) =>
      Uint8Array.from({ length: environments }, (_, copy) => Number(step === 0 || (step === 3 && copy === 1)));
    for (const [step, observations] of steps.entries()) {
      const expected = await agent.act(observations, 'exploit', startsAt(step));
      const actions = await policy.act(observations, startsAt(step));
      for (const [i, action] of actions.entries()) expect(Math.abs(action - expected[i]!), `step ${step}`).toBeLessThan(1e-6);
    }
    const settings = { ...sacDefaults, ...small, ...options };
    const view = createView('view', { observationSize, actionSize }, settings);
    const layout = layoutOf(view.parameters);
    const parts = partsOf(layout, state('weights', [layout.size]));
    const weights = initialise(layout, createRng('view'));
    const sequence = { observations: input('x', [6, environments, observationSize]), starts: input('starts', [6, environments, 1]) };
    const at = view.sequence(parts, sequence, 6);
    const feeds = {
      x: Float32Array.from(steps.flatMap((row) => [...row])),
      starts: Float32Array.from(steps.flatMap((_, step) => [...startsAt(step)])),
    };
    const one = view.step(parts, input('x', [environments, observationSize]), input('state', [environments, view.stateSize]));
    let remembered: ArrayLike<number> = new Float32Array(environments * view.stateSize);
    for (const [step, row] of steps.entries()) {
      const begins = startsAt(step);
      const before = Float64Array.from(remembered, (value, i) => (begins[Math.floor(i / view.stateSize)] ? 0 : value));
      const stepped = evaluate({ outputs: { y: one.features, state: one.state! } }, { x: row, state: before }, { weights }).outputs;
      const whole = evaluate({ outputs: { y: at(step) } }, feeds, { weights }).outputs['y']!;
      for (const [i, value] of whole.entries()) expect(stepped['y']![i]).toBeCloseTo(value, 9);
      remembered = stepped['state']!;
    }
  });

  test('continues from a checkpoint with the same bits, with returns of 3 steps and priorities', async () => {
    const settings = { ...options, returnSteps: 3, priorityExponent: 0.6 };
    const [whole, second] = [await sac(settings), await sac(settings)];
    await live(whole, 30, 'before');
    await live(second, 7, 'elsewhere');
    second.restore(whole.checkpoint());
    expect(await live(second, 8, 'after')).toEqual(await live(whole, 8, 'after'));
    expect(second.checkpoint()).toEqual(whole.checkpoint());
  });
});

test('recall window: actions depend on the last window only, however long the episode is', async () => {
  const rng = createRng('long');
  const steps = Array.from({ length: 9 }, () => Float32Array.from({ length: environments * observationSize }, () => rng.normal()));
  const actedAfter = async (agent: Agent, from: number) => {
    let actions = new Float32Array(0);
    for (const [i, row] of steps.slice(from).entries())
      actions = (await agent.act(row, 'exploit', new Uint8Array(environments).fill(Number(i === 0)))).slice();
    return actions;
  };
  for (const [recall, alike] of [
    ['window', true],
    ['episode', false],
  ] as const) {
    const agent = await sac({ memory: 'lstm', recall });
    const [last, whole] = [await actedAfter(agent, 3), await actedAfter(agent, 0)];
    const apart = Math.max(...whole.map((action, i) => Math.abs(action - last[i]!)));
    expect(apart < 1e-6, recall).toBe(alike);
  }
});

describe('the update on windows', () => {
  const rows = 4;
  const [window, returnSteps] = [5, 2];
  const steps = window + returnSteps;

  function updateOf(change: Partial<SacOptions>) {
    const options = { ...sacDefaults, ...small, memory: 'mamba-1' as const, hidden: [6], window, returnSteps, batchSize: rows, ...change };
    const networks = createNetworks(observationSize, actionSize, options);
    const graph = updateGraph(networks, options, -2);
    const rng = createRng('update');
    const states: Record<string, Float32Array> = {
      [vectors.actor]: initialise(networks.actorLayout, rng),
      [vectors.critics]: initialise(networks.criticLayout, rng),
      [vectors.targetCritics]: initialise(networks.criticLayout, rng.fork('target')),
      [vectors.logAlpha]: Float32Array.of(-1),
      'adam/correction': new Float32Array(2),
    };
    for (const name of [vectors.actor, vectors.critics, vectors.logAlpha])
      for (const moment of ['m', 'v']) states[`${name}/adam/${moment}`] = new Float32Array(states[name]!.length);
    const normal = (length: number) => Float32Array.from({ length }, () => rng.normal());
    const feeds: Record<string, Float32Array> = {
      observations: normal(steps * rows * observationSize),
      // Row 0 begins at step 2, row 1 before the window, row 2 at its last step, row 3 at its first.
      starts: Float32Array.from({ length: steps * rows }, (_, i) => Number([2 * rows, 4 * rows + 2, 3].includes(i))),
      // The return of row 1 has one step, the others two.
      reached: Float32Array.from({ length: steps * rows }, (_, i) => Number(i === 5 * rows + 1 || (i >= 6 * rows && i !== 6 * rows + 1))),
      action: normal(rows * actionSize).map(Math.tanh),
      reward: normal(rows),
      discount: new Float32Array(rows).fill(0.9),
      noise: normal(rows * actionSize),
      nextNoise: normal(rows * actionSize),
    };
    const run = (fed = feeds, from: Record<string, ArrayLike<number>> = states) => evaluate(graph, fed, from);
    return { networks, states, feeds, run };
  }

  test.each([true, false])('ignores rows before an episode begins and after a return ends; sharedView: %s', (sharedView) => {
    const { feeds, run } = updateOf({ sharedView });
    const observations = feeds['observations']!.slice();
    const spoil = (step: number, row: number) =>
      observations.fill(7, (step * rows + row) * observationSize, (step * rows + row + 1) * observationSize);
    for (const step of [0, 1]) spoil(step, 0);
    for (const step of [0, 1, 2, 3]) spoil(step, 2);
    spoil(6, 1);
    const [before, after] = [run(), run({ ...feeds, observations })];
    for (const [name, values] of Object.entries(before.updates))
      for (const [i, value] of values.entries()) expect(after.updates[name]![i], name).toBeCloseTo(value, 9);
    spoil(2, 0);
    expect(run({ ...feeds, observations }).outputs['criticLoss']![0]).not.toBeCloseTo(before.outputs['criticLoss']![0]!, 6);
  });

  test.each([true, false])(
    'moves every parameter of the critics, their view included, against its gradient; sharedView: %s',
    (sharedView) => {
      const { networks, states, feeds: given, run } = updateOf({ sharedView });
      // A discount of 0, so that the target does not depend on the view through the next action.
      const feeds = { ...given, discount: new Float32Array(rows) };
      const { updates } = run(feeds);
      const lossAt = (i: number, by: number) => {
        const moved = Float64Array.from(states[vectors.critics]!);
        moved[i]! += by;
        return run(feeds, { ...states, [vectors.critics]: moved }).outputs['criticLoss']![0]!;
      };
      let probed = 0;
      for (const { offset, shape } of networks.criticLayout.parameters) {
        const i = offset + Math.floor(shape.reduce((a, b) => a * b, 1) / 2);
        const gradient = (lossAt(i, 1e-4) - lossAt(i, -1e-4)) / 2e-4;
        if (Math.abs(gradient) < 1e-6) continue;
        probed += 1;
        // The first step of Adam depends on the sign alone.
        expect(Math.sign(updates[vectors.critics]![i]! - states[vectors.critics]![i]!), `element ${i}`).toBe(-Math.sign(gradient));
      }
      expect(probed).toBeGreaterThan(10);
    },
  );

  test('the actor trains its own view, but not a view shared with the critics', () => {
    const own = updateOf({ sharedView: false });
    const first = own.networks.actorLayout.parameters[0]!;
    expect(first.name).toBe('actor/ssm/embedding/kernel');
    expect(own.run().updates[vectors.actor]![first.offset]).not.toBe(own.states[vectors.actor]![first.offset]);
    const shared = updateOf({ sharedView: true });
    expect(shared.networks.actorLayout.parameters.map(({ name }) => name)).toEqual([
      'actor/0/kernel',
      'actor/0/bias',
      'actor/1/kernel',
      'actor/1/bias',
    ]);
    expect(shared.networks.criticLayout.parameters.map(({ name }) => name)).toContain('shared/ssm/0/in_proj/kernel');
  });

  test.each(['mamba-1', 'mamba-2'] as const)(
    'weight decay applies to kernels, not to rates, step sizes and direct weights of %s or the temperature',
    (memory) => {
      const [decaying, constant] = [updateOf({ memory, weightDecay: 0.1 }), updateOf({ memory })];
      const [decayed, plain] = [decaying.run().updates, constant.run().updates];
      expect(decayed[vectors.logAlpha]).toEqual(plain[vectors.logAlpha]);
      for (const { name, offset, shape } of decaying.networks.criticLayout.parameters) {
        // The first rate of Mamba-1 is log 1 = 0, which decay does not change.
        const last = offset + sizeOf(shape) - 1;
        const apart = decayed[vectors.critics]![last]! - plain[vectors.critics]![last]!;
        const [weight, stays] = [decaying.states[vectors.critics]![last]!, /\/(a_log|d|dt_bias|dt_proj\/bias)$/.test(name)];
        expect(apart, name).toBeCloseTo(stays ? 0 : -sacDefaults.learningRate * 0.1 * weight, 12);
      }
    },
  );

  test("weights the rows of the critics' loss, and returns their squared errors", () => {
    const { feeds, run } = updateOf({ priorityExponent: 0.6 });
    const loss = (weight: readonly number[]) => run({ ...feeds, weight: Float32Array.from(weight) }).outputs;
    const each = [0, 1, 2, 3].map((row) => loss([0, 1, 2, 3].map((other) => Number(other === row)))['criticLoss']![0]!);
    const outputs = loss([1, 0.5, 0.25, 2]);
    expect(outputs['criticLoss']![0]).toBeCloseTo(each[0]! + 0.5 * each[1]! + 0.25 * each[2]! + 2 * each[3]!, 9);
    for (const [row, alone] of each.entries()) expect(outputs['squaredErrors']![row]).toBeCloseTo(alone * rows, 9);
  });
});
