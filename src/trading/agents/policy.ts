import { AssayError } from '../../core/errors.ts';
import { openRowModel } from '../../tensor/executors/onnx/model.ts';
import { requireFinite } from './finite.ts';
import { createLiveMemory, type MemoryReach, start } from './live-memory.ts';

/** A saved policy, loaded and ready to act. */
export interface Policy {
  readonly observationSize: number;
  readonly actionSize: number;
  /** Numbers remembered from one observation to the next (0: no memory). */
  readonly stateSize: number;
  /** How far the memory reaches back. A file that does not say was evaluated with a memory that is carried: `account`. */
  readonly memory: MemoryReach;
  /** Metadata stored at export. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * rows x observationSize to rows x actionSize. Without a memory, any number of rows. With one, each row is a copy of the environment with
   * its own memory, and the number of rows may change only where all begin an episode; `starts` says where a row's episode begins, or its
   * session (live-memory.ts; default: an episode at every row).
   * @throws AssayError `not_finite` if observations or actions hold NaN or infinity.
   */
  readonly act: (observations: Float32Array, starts?: Uint8Array) => Promise<Float32Array>;
  /**
   * One observation to its action, with a memory that is given and returned in place of the one that `act` keeps: `stateSize` numbers, all 0
   * where it is cleared.
   * @throws AssayError `not_finite` as `act`.
   */
  readonly step: (
    observation: Float32Array,
    memory: Float32Array,
  ) => Promise<{ readonly action: Float32Array; readonly memory: Float32Array }>;
  readonly dispose: () => Promise<void>;
}

/**
 * Loads a file that an agent's `exportPolicy` wrote.
 * @throws AssayError `data_invalid` for other files.
 */
export async function loadPolicy(bytes: Uint8Array): Promise<Policy> {
  const model = await openRowModel(bytes, 'observation', 'action', { input: 'state', output: 'nextState' });
  const { inputSize, outputSize, stateSize } = model;
  const reach = reachOf(model.metadata['memory']);
  let memory = createLiveMemory(1, stateSize, reach);

  const remembering = async (observations: Float32Array, starts: Uint8Array): Promise<Float32Array> => {
    const rows = observations.length / inputSize;
    if (memory.state.length !== rows * stateSize) {
      if (!starts.every((begins) => begins === start.episode))
        throw new AssayError('shape_invalid', `the policy remembers ${memory.state.length / stateSize} rows and is shown ${rows}`);
      memory = createLiveMemory(rows, stateSize, reach);
    }
    memory.clear(starts);
    const actions = new Float32Array(rows * outputSize);
    for (let row = 0; row < rows; row++) {
      const state = memory.state.subarray(row * stateSize, (row + 1) * stateSize);
      const done = await model.run(observations.subarray(row * inputSize, (row + 1) * inputSize), state);
      actions.set(done.rows, row * outputSize);
      state.set(done.state!);
    }
    requireFinite('nextState', memory.state, stateSize, 'policy');
    return actions;
  };
  return {
    observationSize: inputSize,
    actionSize: outputSize,
    stateSize,
    memory: reach,
    metadata: model.metadata,
    act: async (observations, starts = new Uint8Array(Math.ceil(observations.length / inputSize)).fill(start.episode)) => {
      requireFinite('observation', observations, inputSize, 'policy');
      const actions = stateSize === 0 ? (await model.run(observations)).rows : await remembering(observations, starts);
      requireFinite('action', actions, outputSize, 'policy');
      return actions;
    },
    step: async (observation, before) => {
      requireFinite('observation', observation, inputSize, 'policy');
      const done = await model.run(observation, ...(stateSize === 0 ? [] : [before]));
      requireFinite('action', done.rows, outputSize, 'policy');
      const after = done.state ?? new Float32Array(0);
      if (stateSize > 0) requireFinite('nextState', after, stateSize, 'policy');
      return { action: done.rows, memory: after };
    },
    dispose: model.dispose,
  };
}

function reachOf(declared = 'account'): MemoryReach {
  if (declared === 'none' || declared === 'session' || declared === 'account') return declared;
  throw new AssayError('data_invalid', `the policy's metadata say memory ${declared}, not none, session or account`);
}
