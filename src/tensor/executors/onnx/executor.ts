import type { InferenceSession, Tensor } from 'onnxruntime-node';
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
  const { bytes, stateInputs } = serialise({ ...simplified, outputs });
  const session = await runtime.open(bytes);

  const updated = (simplified.updates ?? []).map(({ state }) => nameOf(state));
  const fetches = Object.entries(simplified.outputs).map(([output, { shape }]) => ({
    output,
    tensor: runtime.tensor(new Float32Array(sizeOf(shape)), shape),
  }));
  const results = Object.fromEntries(fetches.map(({ output, tensor }) => [output, tensor.data as Float32Array]));

  // Filled anew at every run. onnxruntime reads feeds and states where they lie and writes results and new states into memory of
  // ours; onnxruntime-node returns copies of them besides.
  const given: Record<string, Tensor> = {};
  const wanted: Record<string, Tensor> = {};
  for (const { output, tensor } of fetches) wanted[outputName(output)] = tensor;

  const run = async (feeds: Feeds): Promise<Fetches> => {
    for (const leaf of inputs) given[leaf.name] = runtime.tensor(checkedFeed(name, leaf, feeds), leaf.shape);
    for (const stateInput of stateInputs) given[stateInput.input] = memory.current(stateInput);
    for (const state of updated) wanted[updateName(state)] = memory.next(state);
    const copies = await session.run(given, wanted);
    if (updated.length > 0) drop(copies);
    memory.advance(updated);
    return results;
  };
  return { session, run };
}

/** Frees the copies at once: left to the garbage collector, 3 MB a run begin a full collection every few runs. */
function drop(copies: InferenceSession.OnnxValueMapType): void {
  free(Object.values(copies).map(({ data }) => (data as Float32Array<ArrayBuffer>).buffer));
}

/** What is handed over to a closed port is gone. */
function free(buffers: ArrayBuffer[]): void {
  closedPort.postMessage(null, buffers);
}

const { port1: closedPort } = new MessageChannel();
closedPort.close();
// glibc gives memory back to the system, to be fetched again page by page at the next run, in blocks as large as the largest that was
// ever freed, up to 32 MiB.
free([new ArrayBuffer(31 * 2 ** 20)]);

const outputName = (output: string): string => `out:${output}`;
