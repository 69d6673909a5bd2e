import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor as Value } from '@tensorflow/tfjs-core';
import { AssayError, messageOf } from '../../../core/errors.ts';
import type { Graph, Leaf } from '../../graph/graph.ts';
import { leavesOf } from '../../graph/graph.ts';
import { simplify } from '../../graph/simplify.ts';
import { checkedFeed, checkStateLength, functionOf, stateOf, statesOf } from '../contract.ts';
import type { Executor, Feeds, Fetches, Program } from '../executor.ts';
import type { LoadedSignature, TensorflowRuntime } from './runtime.ts';
import { loadTensorflow } from './runtime.ts';
import { tag } from './schema.ts';
import { doneValue, outputKey, serialise, signatureOf, stateValue } from './serialise.ts';

/** Runs every function as one call of TensorFlow's, in the calling thread; states stay inside, on a GPU where it has one. */
export const tensorflowExecutor: Executor = {
  id: 'tensorflow',
  library: async () => {
    const { version, onGpu } = loadTensorflow();
    return `TensorFlow ${version} on ${onGpu ? 'a GPU' : 'the processor'}`;
  },
  compile,
};

async function compile(functions: Readonly<Record<string, Graph>>): Promise<Program> {
  const runtime = loadTensorflow();
  const leaves = statesOf(functions);
  const simplified = Object.fromEntries(Object.entries(functions).map(([name, graph]) => [name, simplify(graph)]));
  const signatures = await loadAll(runtime, serialise(simplified, leaves), Object.keys(functions), leaves);
  const compiled = new Map(
    Object.entries(simplified).map(([name, graph]) => [
      name,
      functionOver(runtime, name, graph, signatures.get(signatureOf.function(name))!),
    ]),
  );
  const states = new Map(leaves.map((leaf) => [leaf.name, stateOver(runtime, leaf, signatures)]));
  for (const { name, shape } of leaves) states.get(name)!.write(new Float32Array(shape.reduce((size, length) => size * length, 1)));
  return {
    states: leaves,
    run: async (name, feeds) => functionOf(compiled, name)(feeds),
    read: (state) => stateOf(states, state).read(),
    write: (state, values) => stateOf(states, state).write(values),
    dispose: async () => {
      for (const signature of signatures.values()) signature.dispose();
      signatures.clear();
      compiled.clear();
      states.clear();
    },
  };
}

/** All signatures of one file. They share a session, and with it the states. */
async function loadAll(
  { loadSignature }: TensorflowRuntime,
  bytes: Uint8Array,
  functions: readonly string[],
  states: readonly Leaf[],
): Promise<Map<string, LoadedSignature>> {
  const names = [
    ...functions.map(signatureOf.function),
    ...states.flatMap(({ name }) => [signatureOf.read(name), signatureOf.write(name)]),
  ];
  // A folder of its own every time: tfjs gives the session of before for a path that it knows.
  const folder = await mkdtemp(join(tmpdir(), 'assay-model-'));
  const signatures = new Map<string, LoadedSignature>();
  try {
    await writeFile(join(folder, 'saved_model.pb'), bytes);
    for (const name of names) signatures.set(name, await loadSignature(folder, tag, name));
    return signatures;
  } catch (cause) {
    for (const signature of signatures.values()) signature.dispose();
    throw new AssayError('internal', `TensorFlow refuses the model: ${messageOf(cause)}`, { cause });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Calls a signature and copies the wanted values out; frees the tensors on both sides. */
function call({ tf }: TensorflowRuntime, signature: LoadedSignature, feeds: readonly (Leaf & { readonly values: Float32Array })[]) {
  // Another program may have chosen another backend.
  void tf.setBackend('tensorflow');
  const given = Object.fromEntries(feeds.map(({ name, shape, values }) => [name, tf.tensor(values, [...shape], 'float32')]));
  let results: Readonly<Record<string, Value>> = {};
  try {
    results = signature.predict(given);
    return Object.fromEntries(
      Object.entries(results).flatMap(([key, value]) => (key === doneValue ? [] : [[key, value.dataSync() as Float32Array]])),
    );
  } finally {
    for (const value of [...Object.values(given), ...Object.values(results)]) value.dispose();
  }
}

function functionOver(runtime: TensorflowRuntime, name: string, graph: Graph, signature: LoadedSignature): (feeds: Feeds) => Fetches {
  const inputs = leavesOf(graph, 'input');
  const keys = Object.keys(graph.outputs).map((output) => [output, outputKey(output)] as const);
  return (feeds) => {
    // TensorFlow takes a feed of any shape for any placeholder.
    const checked = inputs.map((leaf) => ({ ...leaf, values: checkedFeed(name, leaf, feeds) }));
    const results = call(runtime, signature, checked);
    return Object.fromEntries(keys.map(([output, key]) => [output, results[key]!]));
  };
}

function stateOver(runtime: TensorflowRuntime, leaf: Leaf, signatures: ReadonlyMap<string, LoadedSignature>) {
  const signature = (name: string): LoadedSignature => signatures.get(name)!;
  return {
    read: () => call(runtime, signature(signatureOf.read(leaf.name)), [])[stateValue]!,
    write: (values: ArrayLike<number>): void => {
      checkStateLength(leaf, values);
      call(runtime, signature(signatureOf.write(leaf.name)), [{ ...leaf, name: stateValue, values: Float32Array.from(values) }]);
    },
  };
}
