import { AssayError } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import { canonicalJson } from '../../../core/json.ts';
import type { Rng, RngState } from '../../../core/rng.ts';
import { createRng, restoreRng } from '../../../core/rng.ts';
import type { Executor, Feeds, Fetches } from '../../../tensor/executors/executor.ts';
import { onnxExecutor } from '../../../tensor/executors/onnx/executor.ts';
import { serialise } from '../../../tensor/executors/onnx/serialise.ts';
import { initialise } from '../../../tensor/nn/parameters.ts';
import type { Agent } from '../agent.ts';
import { arrayOf, decodeSnapshot, encodeSnapshot, savedStates, statesOf } from '../checkpoint.ts';
import { requireFinite } from '../finite.ts';
import { createLiveMemory, type LiveMemory, type MemoryReach, startsAfter } from '../live-memory.ts';
import { actGraph, policyGraph, updateGraph, vectors } from './graphs.ts';
import { createNetworks } from './networks.ts';
import type { SacOptions } from './options.ts';
import { checkSacOptions } from './options.ts';
import { createReplayBuffer, replayColumns, sessionColumns } from './replay-buffer.ts';

export interface SacDefinition {
  readonly observationSize: number;
  readonly actionSize: number;
  /** Copies of the environment that are stepped as one batch. */
  readonly environments: number;
  /** Copies that act without exploration as one batch; default: as many as there are environments. */
  readonly accounts?: number;
  readonly seed: string | number;
  /** Settings that differ from the defaults (options.ts). */
  readonly options?: Partial<SacOptions>;
  readonly executor?: Executor;
}

/** Prefix of the names of the replay's columns in a checkpoint. */
const replayPrefix = 'replay:';

/** The streams of random numbers, one per purpose, so that a change of one leaves the others as they were. */
const streams = ['warmup', 'exploration', 'replay', 'noise'] as const;

interface Facts {
  /** Sizes of the arrays; a checkpoint of other sizes is refused. */
  readonly sizes: string;
  readonly observed: number;
  readonly gradientSteps: number;
  readonly due: number;
  readonly replayNext: number;
  readonly beginning: readonly number[];
  readonly streams: Readonly<Record<(typeof streams)[number], RngState>>;
}

/**
 * Creates a soft actor-critic agent (Haarnoja et al. 2018, arXiv 1812.05905) with automatic temperature.
 * @throws AssayError `params_invalid` for invalid options.
 */
export async function createSac(definition: SacDefinition): Promise<Agent> {
  const { observationSize, actionSize, environments, accounts = environments, executor = onnxExecutor } = definition;
  const options = checkSacOptions(definition.options ?? {});
  const { batchSize } = options;
  const targetEntropy = options.targetEntropy === 'auto' ? -actionSize : options.targetEntropy;

  const networks = createNetworks(observationSize, actionSize, options);
  const program = await executor.compile(
    {
      act: actGraph(networks, environments),
      exploit: policyGraph(networks, accounts),
      update: updateGraph(networks, options, targetEntropy),
    },
    { steady: ['exploit'] },
  );
  const root = createRng(definition.seed).fork('sac');
  const critics = initialise(networks.criticLayout, root.fork('initial'));
  program.write(vectors.actor, initialise(networks.actorLayout, root.fork('initial')));
  program.write(vectors.critics, critics);
  program.write(vectors.targetCritics, critics);
  program.write(vectors.logAlpha, [Math.log(options.initialTemperature)]);

  const rng = Object.fromEntries(streams.map((name) => [name, root.fork(name)])) as Record<(typeof streams)[number], Rng>;
  const memory: MemoryReach = options.memory === 'none' ? 'none' : options.memoryReach;
  const replay = createReplayBuffer({ ...options, environments, observationSize, actionSize });
  const { stateSize } = networks.views.actor;
  const exploring = createLiveMemory(environments, stateSize, memory);
  const exploiting = createLiveMemory(accounts, stateSize, memory);
  /** What each copy's next observation begins. */
  const beginning = new Uint8Array(environments).fill(1);
  const allBegin = new Uint8Array(accounts).fill(1);
  const quiet = new Float32Array(environments * actionSize);
  const exploration = new Float32Array(environments * actionSize);
  const noise = new Float32Array(batchSize * actionSize);
  const nextNoise = new Float32Array(batchSize * actionSize);
  const sizes = canonicalJson({
    observationSize,
    actionSize,
    environments,
    hidden: options.hidden,
    capacity: options.capacity,
    memory: options.memory,
    state: stateSize,
    actor: networks.actorLayout.size,
    critic: networks.criticLayout.size,
  });
  let observed = 0;
  let gradientSteps = 0;
  let due = 0;

  const gradientStep = async (): Promise<Fetches> => {
    for (let i = 0; i < noise.length; i++) {
      noise[i] = rng.noise.normal();
      nextNoise[i] = rng.noise.normal();
    }
    const corrected = Math.min(gradientSteps / options.priorityCorrectionSteps, 1);
    const correction = options.priorityCorrection + corrected * (1 - options.priorityCorrection);
    const results = await program.run('update', { ...replay.sample(rng.replay, correction), noise, nextNoise });
    gradientSteps += 1;
    for (const [name, values] of Object.entries(results)) requireFinite(name, values, 1, `gradient step ${gradientSteps}`);
    const { squaredErrors, ...losses } = results;
    if (squaredErrors !== undefined) replay.updatePriorities(squaredErrors);
    return losses;
  };

  const explored = new Float32Array(environments * actionSize);
  const exploited = new Float32Array(accounts * actionSize);
  const step = async (name: 'act' | 'exploit', memory: LiveMemory, starts: Uint8Array, feeds: Feeds): Promise<Float32Array> => {
    const acted = name === 'act' ? explored : exploited;
    memory.clear(starts);
    const { action, nextState } = await program.run(name, { ...feeds, state: memory.state });
    requireFinite('action', action!, actionSize, `after gradient step ${gradientSteps}`);
    if (nextState !== undefined) {
      requireFinite('nextState', nextState, stateSize, `after gradient step ${gradientSteps}`);
      memory.state.set(nextState);
    }
    acted.set(action!);
    return acted;
  };

  return {
    id: 'sac',
    act: async (observation, mode, starts) => {
      requireFinite('observation', observation, observationSize, `after environment step ${observed}`);
      if (mode === 'exploit') return step('exploit', exploiting, starts ?? allBegin, { observation });
      if (starts !== undefined) beginning.set(starts);
      const warming = observed < options.warmupSteps;
      for (let i = 0; i < exploration.length; i++) exploration[i] = warming ? 2 * rng.warmup.uniform() - 1 : rng.exploration.normal();
      // During the warm-up a memory runs too, so that it holds the episode so far when the policy starts to act.
      if (!warming || stateSize > 0) await step('act', exploring, beginning, { observation, noise: warming ? quiet : exploration });
      return warming ? exploration : explored;
    },
    observe: (transitions) => {
      const step = `environment step ${observed + 1}`;
      requireFinite('reward', transitions.rewards, 1, step);
      requireFinite('observation', transitions.observations, observationSize, step);
      requireFinite('next observation', transitions.nextObservations, observationSize, step);
      requireFinite('action', transitions.actions, actionSize, step);
      replay.add(transitions, beginning);
      startsAfter(transitions, beginning);
      observed += transitions.rewards.length;
      if (observed >= options.warmupSteps) due += options.updatesPerStep;
    },
    update: async () => {
      const steps = Math.floor(due);
      if (steps === 0) return null;
      let results: Fetches = {};
      for (let i = 0; i < steps; i++) results = await gradientStep();
      due -= steps;
      const metrics = Object.fromEntries(Object.entries(results).map(([name, values]) => [name, values[0]!]));
      return { gradientSteps: steps, metrics };
    },
    checkpoint: () => {
      const { columns, next } = replay.save();
      const facts: Facts = {
        sizes,
        observed,
        gradientSteps,
        due,
        replayNext: next,
        beginning: [...beginning],
        streams: Object.fromEntries(streams.map((name) => [name, rng[name].state()])) as unknown as Facts['streams'],
      };
      const rows = Object.entries(columns).map(([name, column]) => [`${replayPrefix}${name}`, column] as const);
      const arrays = { ...savedStates(program), ...Object.fromEntries(rows), 'live:exploring': exploring.state };
      return encodeSnapshot({ agent: 'sac', facts: facts as unknown as Json, arrays });
    },
    restore: (bytes) => {
      const snapshot = decodeSnapshot('sac', bytes);
      const saved = snapshot.facts as unknown as Facts;
      if (saved.sizes !== sizes) throw new AssayError('data_invalid', `the checkpoint is of ${saved.sizes}, this agent is ${sizes}`);
      // Everything is read before anything is changed.
      const states = statesOf(snapshot, program.states, Object.values(vectors), saved.gradientSteps);
      const rows = replayColumns.map((name) => [name, arrayOf(snapshot, `${replayPrefix}${name}`)] as const);
      const optional = ['priority', 'largestPriority', ...sessionColumns].flatMap((name) => {
        const found = snapshot.arrays[`${replayPrefix}${name}`];
        return found === undefined ? [] : [[name, found] as const];
      });
      const lastExploring = arrayOf(snapshot, 'live:exploring');
      for (const [name, values] of states) program.write(name, values);
      replay.restore(Object.fromEntries([...rows, ...optional]), saved.replayNext);
      exploring.state.set(lastExploring);
      beginning.set(saved.beginning);
      for (const name of streams) rng[name] = restoreRng(saved.streams[name]);
      ({ observed, gradientSteps, due } = saved);
    },
    exportPolicy: ({ normalisation, metadata = {} } = {}) => {
      const owners = [
        { state: vectors.actor, layout: networks.actorLayout },
        ...(networks.shared ? [{ state: vectors.critics, layout: networks.criticLayout }] : []),
      ];
      const weights = Object.fromEntries(owners.map(({ state, layout }) => [state, { values: program.read(state), layout }]));
      // The cross-ticker attention and the memories are compiled for a fixed number of rows.
      const freeRows = stateSize === 0 && options.encoder === 'none';
      return serialise(policyGraph(networks, 1, normalisation), { weights, metadata: { ...metadata, memory }, freeRows }).bytes;
    },
    dispose: program.dispose,
  };
}
