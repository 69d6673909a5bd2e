import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf } from '../../../core/errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { leavesOf, nameOf } from '../../graph/graph.ts';
import { sizeOf } from '../../graph/shapes.ts';
import { simplify } from '../../graph/simplify.ts';
import { checkedFeed, functionOf, statesOf } from '../contract.ts';
import type { Executor, Feeds, Fetches, Hints, Program } from '../executor.ts';
import type { Memory } from './memory.ts';
import { createMemory } from './memory.ts';
import type { Runtime } from './runtime.ts';
import { loadRuntime } from './runtime.ts';
import { serialise, updateName } from './serialise.ts';

/** Runs graphs with onnxruntime on the CPU, one thread, in the calling thread. */
export const onnxExecutor: Executor = {
  id: 'onnx',
  library: async () => `onnxruntime ${(await loadRuntime()).version} on the processor`,
  compile,
};

async function compile(functions: Readonly<Record<string, Graph>>, { steady = [] }: Hints = {}): Promise<Program> {
  const runtime = await loadRuntime();
  const memory = createMemory(statesOf(functions), runtime);
  const compiled = new Map<string, CompiledFunction>();
  const dispose = async (): Promise<void> => {
    for (const { release } of compiled.values()) await release();
    compiled.clear();
  };
  try {
    for (const [name, graph] of Object.entries(functions)) {
      const changes = (graph.updates ?? []).length > 0;
      const compileOne = steady.includes(name) && !changes ? compileSteady : compileFunction;
      compiled.set(name, await compileOne(name, graph, memory, runtime));
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    states: memory.states,
    run: async (name, feeds) => functionOf(compiled, name).run(feeds),
    read: memory.read,
    write: memory.write,
    dispose,
  };
}

interface CompiledFunction {
  readonly run: (feeds: Feeds) => Promise<Fetches>;
  readonly release: () => Promise<void>;
}

async function compileFunction(name: string, graph: Graph, memory: Memory, runtime: Runtime): Promise<CompiledFunction> {
  const named = withOutputNames(simplify(graph));
  const updated = (named.updates ?? []).map(({ state }) => nameOf(state));
  const { bytes, stateInputs } = serialise(named, updated.length > 0 ? { firstOutput: unreturned } : {});
  const session = await runtime.open(bytes);
  const { given, wanted, feed, results } = bind(name, named, runtime);
  if (updated.length > 0) wanted[unreturned] = null;

  const run = async (feeds: Feeds): Promise<Fetches> => {
    feed(feeds);
    for (const stateInput of stateInputs) given[stateInput.input] = memory.current(stateInput);
    for (const state of updated) wanted[updateName(state)] = memory.next(state);
    await written(session.run(given, wanted));
    memory.advance(updated);
    return results;
  };
  return { run, release: () => session.release() };
}

/**
 * Compiles a function with the values of its states as constants, again after each change of a state. onnxruntime then takes fewer
 * inputs and computes values that depend only on states once.
 */
async function compileSteady(name: string, graph: Graph, memory: Memory, runtime: Runtime): Promise<CompiledFunction> {
  const named = withOutputNames(simplify(graph));
  const states = leavesOf(named, 'state').map((leaf) => leaf.name);
  const { given, wanted, feed, results } = bind(name, named, runtime);

  let session: InferenceSession | null = null;
  let madeAt = -1;
  const release = async (): Promise<void> => {
    await session?.release();
    session = null;
  };
  const present = async (): Promise<InferenceSession> => {
    const changes = states.reduce((total, state) => total + memory.changes(state), 0);
    if (session !== null && madeAt === changes) return session;
    await release();
    const weights = Object.fromEntries(states.map((state) => [state, { values: memory.read(state) }]));
    session = await runtime.open(serialise(named, { weights }).bytes);
    madeAt = changes;
    return session;
  };
  const run = async (feeds: Feeds): Promise<Fetches> => {
    feed(feeds);
    await (await present()).run(given, wanted);
    return results;
  };
  return { run, release };
}

/** Prefixes the names of outputs: an input and an output of a graph may share a name, in a file they must not. */
const withOutputNames = (graph: Graph): Graph => ({
  ...graph,
  outputs: Object.fromEntries(Object.entries(graph.outputs).map(([output, tensor]) => [outputName(output), tensor])),
});

const outputName = (output: string): string => `out:${output}`;

/**
 * Returns the inputs and outputs of a session. onnxruntime reads feeds and states in place and writes results and new states to buffers
 * of the program.
 */
function bind(name: string, { outputs, ...rest }: Graph, runtime: Runtime) {
  const inputs = leavesOf({ outputs, ...rest }, 'input');
  const given: Record<string, Tensor> = {};
  const wanted: Record<string, Tensor | null> = {};
  const results: Record<string, Float32Array> = {};
  for (const [output, { shape }] of Object.entries(outputs)) {
    const values = new Float32Array(sizeOf(shape));
    wanted[output] = runtime.tensor(values, shape);
    results[output.slice(outputName('').length)] = values;
  }
  const feed = (feeds: Feeds): void => {
    for (const leaf of inputs) given[leaf.name] = runtime.tensor(checkedFeed(name, leaf, feeds), leaf.shape);
  };
  return { given, wanted, feed, results };
}

/** Name of an extra output of functions with updates: see {@link written}. */
const unreturned = 'unreturned';

/**
 * Waits until a run has written its outputs. onnxruntime-node also returns copies of them: 3 MB per gradient step of SAC, which cost a
 * twelfth of its time and a full garbage collection every few steps. If the first output is a sequence, it makes no copies and throws
 * this error after the run instead.
 */
async function written(run: Promise<unknown>): Promise<void> {
  try {
    await run;
  } catch (error) {
    if (messageOf(error) !== 'Non tensor type is temporarily not supported.') throw error;
  }
}
