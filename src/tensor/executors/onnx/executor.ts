import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf } from '../../../core/errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { leavesOf, nameOf } from '../../graph/graph.ts';
import { sizeOf } from '../../graph/shapes.ts';
import { simplify } from '../../graph/simplify.ts';
import { checkedFeed, functionOf, statesOf } from '../contract.ts';
import type { Executor, Feeds, Fetches, Program } from '../executor.ts';
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

async function compile(functions: Readonly<Record<string, Graph>>): Promise<Program> {
  const runtime = await loadRuntime();
  const memory = createMemory(statesOf(functions), runtime);
  const compiled = new Map<string, CompiledFunction>();
  const dispose = async (): Promise<void> => {
    for (const { session } of compiled.values()) await session.release();
    compiled.clear();
  };
  try {
    for (const [name, graph] of Object.entries(functions)) compiled.set(name, await compileFunction(name, graph, memory, runtime));
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
  readonly session: InferenceSession;
  readonly run: (feeds: Feeds) => Promise<Fetches>;
}

async function compileFunction(name: string, graph: Graph, memory: Memory, runtime: Runtime): Promise<CompiledFunction> {
  const simplified = simplify(graph);
  const inputs = leavesOf(simplified, 'input');
  // An input and an output may have one name; in the file they may not.
  const outputs = Object.fromEntries(Object.entries(simplified.outputs).map(([output, tensor]) => [outputName(output), tensor]));
  const updated = (simplified.updates ?? []).map(({ state }) => nameOf(state));
  const { bytes, stateInputs } = serialise({ ...simplified, outputs }, updated.length > 0 ? { firstOutput: unreturned } : {});
  const session = await runtime.open(bytes);

  const fetches = Object.entries(simplified.outputs).map(([output, { shape }]) => ({
    output,
    tensor: runtime.tensor(new Float32Array(sizeOf(shape)), shape),
  }));
  const results = Object.fromEntries(fetches.map(({ output, tensor }) => [output, tensor.data as Float32Array]));

  // Filled anew at every run. onnxruntime reads feeds and states where they lie and writes results and new states into memory of
  // ours.
  const given: Record<string, Tensor> = {};
  const wanted: Record<string, Tensor | null> = updated.length > 0 ? { [unreturned]: null } : {};
  for (const { output, tensor } of fetches) wanted[outputName(output)] = tensor;

  const run = async (feeds: Feeds): Promise<Fetches> => {
    for (const leaf of inputs) given[leaf.name] = runtime.tensor(checkedFeed(name, leaf, feeds), leaf.shape);
    for (const stateInput of stateInputs) given[stateInput.input] = memory.current(stateInput);
    for (const state of updated) wanted[updateName(state)] = memory.next(state);
    await written(session.run(given, wanted));
    memory.advance(updated);
    return results;
  };
  return { session, run };
}

/** An output of functions that have new states: see {@link written}. */
const unreturned = 'unreturned';

/**
 * Waits until a run has written its outputs. onnxruntime-node returns copies of them besides, 3 MB of a gradient step of SAC, which
 * cost a twelfth of it and a full garbage collection every few steps. It makes none where the first output is a sequence: it then
 * throws this, after the run.
 */
async function written(run: Promise<unknown>): Promise<void> {
  try {
    await run;
  } catch (error) {
    if (messageOf(error) !== 'Non tensor type is temporarily not supported.') throw error;
  }
}

const outputName = (output: string): string => `out:${output}`;
