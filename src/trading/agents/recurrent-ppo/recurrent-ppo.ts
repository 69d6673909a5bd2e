import { AssayError } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import { canonicalJson } from '../../../core/json.ts';
import type { Rng, RngState } from '../../../core/rng.ts';
import { createRng, restoreRng } from '../../../core/rng.ts';
import type { Executor, Fetches } from '../../../tensor/executors/executor.ts';
import { onnxExecutor } from '../../../tensor/executors/onnx/executor.ts';
import { serialise } from '../../../tensor/executors/onnx/serialise.ts';
import { initialise } from '../../../tensor/nn/parameters.ts';
import type { Agent, UpdateReport } from '../agent.ts';
import { arrayOf, decodeSnapshot, encodeSnapshot, savedStates, statesOf } from '../checkpoint.ts';
import { requireFinite } from '../finite.ts';
import { clearsMemory, createLiveMemory, type MemoryReach, start } from '../live-memory.ts';
import { advantages } from './advantages.ts';
import { actGraph, policyGraph, updateGraph, valueGraph, vectorName } from './graphs.ts';
import type { SavedMoments } from './moments.ts';
import { createMoments, farthest, tinyVariance } from './moments.ts';
import type { Spaces } from './networks.ts';
import { createRecurrentNetworks } from './networks.ts';
import type { RecurrentPpoOptions } from './options.ts';
import { checkRecurrentPpoOptions } from './options.ts';
import { createRollout } from './rollout.ts';

export interface RecurrentPpoDefinition extends Spaces {
  /** Copies of the environment that are stepped as one batch. */
  readonly environments: number;
  /** Copies that act without exploration as one batch; default: as many as there are environments. */
  readonly accounts?: number;
  readonly seed: string | number;
  /** Settings that differ from the defaults (options.ts). */
  readonly options?: Partial<RecurrentPpoOptions>;
  readonly executor?: Executor;
}

const streams = ['noise', 'shuffle'] as const;

interface Facts {
  /** Sizes of the arrays; a checkpoint of other sizes is refused. */
  readonly sizes: string;
  readonly counters: { readonly filled: number; readonly observed: number; readonly gradientSteps: number; readonly valued: boolean };
  readonly observations: SavedMoments;
  readonly returns: SavedMoments;
  readonly streams: Readonly<Record<(typeof streams)[number], RngState>>;
}

/**
 * Creates a proximal policy optimisation agent (Schulman et al. 2017, arXiv 1707.06347) whose actor and critic each have a memory.
 * @throws AssayError `params_invalid` for invalid options.
 */
export async function createRecurrentPpo(definition: RecurrentPpoDefinition): Promise<Agent> {
  const { observationSize, actionSize, environments, accounts = environments, executor = onnxExecutor } = definition;
  const options = checkRecurrentPpoOptions(definition.options ?? {}, environments);
  const { rolloutSteps, sequenceSteps, batchSequences } = options;
  const networks = createRecurrentNetworks(definition, options);
  const { stateSize, distribution } = networks;
  const program = await executor.compile(
    {
      act: actGraph(networks, environments),
      exploit: policyGraph(networks, accounts),
      value: valueGraph(networks, environments),
      update: updateGraph(networks, options),
    },
    { steady: ['exploit'] },
  );
  const root = createRng(definition.seed).fork('recurrent-ppo');
  program.write(vectorName, initialise(networks.layout, root.fork('initial')));
  const rng = Object.fromEntries(streams.map((name) => [name, root.fork(name)])) as Record<(typeof streams)[number], Rng>;

  const rollout = createRollout({
    steps: rolloutSteps,
    environments,
    sequenceSteps,
    batchSequences,
    observationSize,
    actionSize,
    stateSize,
  });
  const { columns } = rollout;
  const seenObservations = createMoments(observationSize);
  const seenReturns = createMoments(1);
  const noise = new Float32Array(environments * distribution.headSize);
  const actions = new Float32Array(environments * actionSize);
  const shown = new Float32Array(environments * observationSize);
  const exploited = new Float32Array(accounts * actionSize);
  const shownToAccounts = new Float32Array(accounts * observationSize);
  const memory: MemoryReach = options.memory === 'none' ? 'none' : options.memoryReach;
  const exploring = createLiveMemory(environments, stateSize, memory);
  /** The state between two steps: all of it goes into a checkpoint. */
  const live = {
    /** Memory after the last step, not yet cleared where an episode ended. */
    state: exploring.state,
    start: new Float32Array(environments).fill(1),
    /** 1 where the memory is cleared before the observation after the last step, although its episode may go on. */
    cleared: new Float32Array(environments),
    /** Normalised, after the last step; the last observation of its episode where that ended. */
    nextObservation: new Float32Array(environments * observationSize),
    truncated: new Float32Array(environments),
    /** Running discounted return; its deviation scales the rewards. */
    discounted: new Float32Array(environments),
  };
  const exploiting = createLiveMemory(accounts, stateSize, memory);
  const prefixed = (prefix: string, arrays: Readonly<Record<string, Float32Array>>) =>
    Object.entries(arrays).map(([name, array]) => [`${prefix}:${name}`, array] as const);
  const held = [...prefixed('live', live), ...prefixed('rollout', { ...columns, states: rollout.states })];
  const sizes = canonicalJson({
    observationSize,
    actionSize,
    choices: definition.choices ?? null,
    environments,
    memory: options.memory,
    encoder: options.encoder,
    hidden: options.hidden,
    rolloutSteps,
    sequenceSteps,
    state: stateSize,
    networks: networks.layout.size,
  });
  /** Steps in the current rollout; environment steps and gradient steps in all; true if the last step's truncations have their value. */
  let counters: Facts['counters'] = { filled: 0, observed: 0, gradientSteps: 0, valued: true };

  const normalise = (from: Float32Array, into: Float32Array): void => {
    if (!options.normalise) {
      into.set(from);
      return;
    }
    const { mean, variance } = seenObservations;
    for (let i = 0; i < from.length; i++) {
      const column = i % observationSize;
      const value = (from[i]! - mean[column]!) / Math.sqrt(variance[column]! + tinyVariance);
      into[i] = Math.min(Math.max(value, -farthest), farthest);
    }
  };
  const allStart = new Uint8Array(accounts).fill(1);
  const drawNoise = (): void => {
    for (let i = 0; i < noise.length; i++)
      noise[i] = distribution.noise === 'normal' ? rng.noise.normal() : -Math.log(-Math.log(rng.noise.uniform()));
  };
  /** The actions as the environment takes them: clipped, since a normal draw may lie outside of [-1, 1]. */
  const taken = (drawn: Float32Array): Float32Array => {
    actions.set(definition.choices ? drawn : drawn.map((action) => Math.min(Math.max(action, -1), 1)));
    return actions;
  };
  const at = (step: number, width: number): number => step * environments * width;

  /** Checks every output: from NaN scores a choice would still be a valid index, but not a finite state. */
  const checked = (results: Fetches, copies: number): Fetches => {
    const step = `after gradient step ${counters.gradientSteps}`;
    for (const [name, values] of Object.entries(results)) requireFinite(name, values, values.length / copies, step);
    return results;
  };
  const explore = async (observations: Float32Array): Promise<Float32Array> => {
    const step = counters.filled;
    if (memory === 'none') live.start.fill(1);
    exploring.clear(live.start);
    if (options.normalise) seenObservations.add(observations);
    normalise(observations, shown);
    if (step % sequenceSteps === 0) rollout.states.set(live.state, (step / sequenceSteps) * environments * stateSize);
    drawNoise();
    const results = await program.run('act', { observation: shown, state: live.state, noise });
    const { action, logProbability, value, nextState } = checked(results, environments);
    columns.observation.set(shown, at(step, observationSize));
    columns.start.set(live.start, at(step, 1));
    columns.action.set(action!, at(step, actionSize));
    columns.logProbability.set(logProbability!, at(step, 1));
    columns.value.set(value!, at(step, 1));
    live.state.set(nextState!);
    return taken(action!);
  };
  const exploit = async (observations: Float32Array, starts: Uint8Array): Promise<Float32Array> => {
    exploiting.clear(starts);
    normalise(observations, shownToAccounts);
    const results = await program.run('exploit', { observation: shownToAccounts, state: exploiting.state });
    const { action, nextState } = checked(results, accounts);
    exploiting.state.set(nextState!);
    exploited.set(action!);
    return exploited;
  };

  /** Values of the observations after the last step, with the memory at that step. */
  const valueAfter = async (): Promise<Float32Array> => {
    const forgets = (copy: number): boolean => memory === 'none' || live.cleared[copy] === 1;
    const state = live.state.map((value, i) => (forgets(Math.floor(i / stateSize)) ? 0 : value));
    return (await program.run('value', { observation: live.nextObservation, state }))['value']!.slice();
  };
  const learn = async (lastValues: Float32Array): Promise<UpdateReport> => {
    const { gamma, lambda, epochs, targetKl } = options;
    const { reward: rewards, value: values, ended } = columns;
    columns.advantage.set(advantages({ rewards, values, ended, lastValues }, gamma, lambda));
    for (let i = 0; i < values.length; i++) columns.target[i] = columns.advantage[i]! + values[i]!;
    let results: Fetches = {};
    let gradientSteps = 0;
    const farEnough = (): boolean => targetKl > 0 && gradientSteps > 0 && results['approximateKl']![0]! > 1.5 * targetKl;
    for (let epoch = 0; epoch < epochs && !farEnough(); epoch++)
      for (const batch of rollout.batches(rng.shuffle)) {
        results = await program.run('update', batch);
        gradientSteps += 1;
        const step = `gradient step ${counters.gradientSteps + gradientSteps}`;
        for (const [name, result] of Object.entries(results)) requireFinite(name, result, 1, step);
        if (farEnough()) break;
      }
    counters = { ...counters, filled: 0, gradientSteps: counters.gradientSteps + gradientSteps };
    return { gradientSteps, metrics: Object.fromEntries(Object.entries(results).map(([name, result]) => [name, result[0]!])) };
  };
  const scaleOf = (): number => (options.normalise ? Math.sqrt(seenReturns.variance[0]! + tinyVariance) : 1);

  return {
    id: 'recurrent-ppo',
    act: (observations, mode, starts) => {
      requireFinite('observation', observations, observationSize, `after environment step ${counters.observed}`);
      if (mode === 'exploit') return exploit(observations, starts ?? allStart);
      if (starts !== undefined) for (const [copy, what] of starts.entries()) live.start[copy] = clearsMemory(memory, what) ? 1 : 0;
      return explore(observations);
    },
    observe: ({ rewards, nextObservations, terminated, truncated, opensSession }) => {
      const step = `environment step ${counters.observed + 1}`;
      requireFinite('reward', rewards, 1, step);
      requireFinite('next observation', nextObservations, observationSize, step);
      for (let copy = 0; copy < environments; copy++) live.discounted[copy] = live.discounted[copy]! * options.gamma + rewards[copy]!;
      if (options.normalise) seenReturns.add(live.discounted);
      const scale = scaleOf();
      const row = at(counters.filled, 1);
      for (let copy = 0; copy < environments; copy++) {
        const ended = terminated[copy]! || truncated[copy]! ? 1 : 0;
        const reward = rewards[copy]! / scale;
        columns.reward[row + copy] = options.normalise ? Math.min(Math.max(reward, -farthest), farthest) : reward;
        columns.ended[row + copy] = ended;
        live.cleared[copy] = clearsMemory(memory, opensSession?.[copy] === 1 ? start.session : start.nothing) ? 1 : 0;
        live.start[copy] = ended || live.cleared[copy]!;
        live.truncated[copy] = truncated[copy]!;
        if (ended) live.discounted[copy] = 0;
      }
      normalise(nextObservations, live.nextObservation);
      counters = { ...counters, filled: counters.filled + 1, observed: counters.observed + environments, valued: false };
    },
    update: async () => {
      const full = counters.filled === rolloutSteps;
      const cut = !counters.valued && live.truncated.includes(1);
      if (!full && !cut) return null;
      const values = await valueAfter();
      // A truncation is not the end of the task: the discounted value of what would follow counts as reward.
      const row = at(counters.filled - 1, 1);
      if (cut)
        for (let copy = 0; copy < environments; copy++)
          if (live.truncated[copy]) columns.reward[row + copy]! += options.gamma * values[copy]!;
      counters = { ...counters, valued: true };
      return full ? learn(values) : null;
    },
    checkpoint: () => {
      const facts: Facts = {
        sizes,
        counters,
        observations: seenObservations.save(),
        returns: seenReturns.save(),
        streams: Object.fromEntries(streams.map((name) => [name, rng[name].state()])) as unknown as Facts['streams'],
      };
      const arrays = { ...savedStates(program), ...Object.fromEntries(held) };
      return encodeSnapshot({ agent: 'recurrent-ppo', facts: facts as unknown as Json, arrays });
    },
    restore: (bytes) => {
      const snapshot = decodeSnapshot('recurrent-ppo', bytes);
      const saved = snapshot.facts as unknown as Facts;
      if (saved.sizes !== sizes) throw new AssayError('data_invalid', `the checkpoint is of ${saved.sizes}, this agent is ${sizes}`);
      // Everything is read before anything is changed.
      const states = statesOf(snapshot, program.states, [vectorName], saved.counters.gradientSteps);
      // A checkpoint from before memories could end with a session has none that does.
      const none = { 'live:cleared': new Float32Array(environments) };
      const withCleared = { ...snapshot, arrays: { ...none, ...snapshot.arrays } };
      const found = held.map(([name, into]) => [into, arrayOf(withCleared, name)] as const);
      for (const [name, values] of states) program.write(name, values);
      for (const [into, values] of found) into.set(values);
      seenObservations.restore(saved.observations);
      seenReturns.restore(saved.returns);
      for (const name of streams) rng[name] = restoreRng(saved.streams[name]);
      counters = saved.counters;
    },
    exportPolicy: ({ normalisation, metadata = {} } = {}) => {
      const { mean, variance } = seenObservations;
      const scale = variance.map((x) => Math.sqrt(x + tinyVariance));
      const own = options.normalise ? { mean, scale, limit: scale.map(() => farthest) } : undefined;
      const weights = { [vectorName]: { values: program.read(vectorName), layout: networks.layout } };
      return serialise(policyGraph(networks, 1, normalisation, own), { weights, metadata: { ...metadata, memory } }).bytes;
    },
    dispose: program.dispose,
  };
}
