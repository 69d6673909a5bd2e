import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor as Value } from '@tensorflow/tfjs-core';
import { AssayError, messageOf } from '../../../core/errors.ts';
import type { Graph, Leaf } from '../../graph/graph.ts';
import { sizeOf } from '../../graph/shapes.ts';
import { simplify } from '../../graph/simplify.ts';
import { checkedFeed, checkStateLength, functionOf, stateOf, statesOf } from '../contract.ts';
import type { Executor, Feeds, Fetches, Program } from '../executor.ts';
import type { LoadedSignature, TensorflowRuntime } from './runtime.ts';
import { loadTensorflow } from './runtime.ts';
import { tag } from './schema.ts';
import { doneValue, fedOf, fedVector, givenOf, givenVector, serialise, signatureOf } from './serialise.ts';

/** Runs every function as one TensorFlow call in the calling thread; states stay inside TensorFlow, on the GPU if there is one. */
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
  const states = statesIn(runtime, leaves, signatures);
  return {
    states: leaves,
    run: async (name, feeds) => {
      const { run, changes } = functionOf(compiled, name);
      states.settle();
      const results = run(feeds);
      if (changes) states.forget();
      return results;
    },
    read: states.read,
    write: states.write,
    dispose: async () => {
      for (const signature of signatures.values()) signature.dispose();
      signatures.clear();
      compiled.clear();
      states.dispose();
    },
  };
}

/** Loads all signatures of one file. They share a session and thus its states. */
async function loadAll(
  { loadSignature }: TensorflowRuntime,
  bytes: Uint8Array,
  functions: readonly string[],
  states: readonly Leaf[],
): Promise<Map<string, LoadedSignature>> {
  const names = [...functions.map(signatureOf.function), ...(states.length > 0 ? [signatureOf.read, signatureOf.write] : [])];
  // A new folder each time: tfjs returns the earlier session for a path that it knows.
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

interface Fed extends Leaf {
  readonly values: Float32Array;
}

/** Calls a signature and copies its results; frees the tensors of feeds and results. */
function call({ tf }: TensorflowRuntime, signature: LoadedSignature, feeds: readonly Fed[]): Readonly<Record<string, Float32Array>> {
  // Another program may have set another backend. Setting one goes through all kernels of all backends: 150 us.
  if (tf.getBackend() !== 'tensorflow') void tf.setBackend('tensorflow');
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

function functionOver(runtime: TensorflowRuntime, name: string, graph: Graph, signature: LoadedSignature) {
  const [fed, given] = [fedOf(graph), givenOf(graph)];
  const values = new Float32Array(fed.size);
  const feeds = fed.size === 0 ? [] : [{ name: fedVector, shape: [fed.size], values }];
  return {
    /** True if a run changes states. */
    changes: (graph.updates ?? []).length > 0,
    run: (fresh: Feeds): Fetches => {
      for (const place of fed.places) values.set(checkedFeed(name, place, fresh), place.offset);
      const results = call(runtime, signature, feeds)[givenVector];
      return Object.fromEntries(
        given.places.map(({ name: output, offset, length }) => [output, results!.subarray(offset, offset + length)]),
      );
    },
  };
}

/** The states, which TensorFlow reads and writes all at once: written values are passed on before the next run. */
function statesIn(runtime: TensorflowRuntime, leaves: readonly Leaf[], signatures: ReadonlyMap<string, LoadedSignature>) {
  const known = new Map(leaves.map((leaf) => [leaf.name, leaf]));
  /** Copies of all values (null if only TensorFlow has them). */
  let copies: Record<string, Float32Array> | null = Object.fromEntries(
    leaves.map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))]),
  );
  let unwritten = leaves.length > 0;
  const present = (): Record<string, Float32Array> => {
    copies ??= { ...call(runtime, signatures.get(signatureOf.read)!, []) };
    return copies;
  };
  return {
    read: (state: string): Float32Array => present()[stateOf(known, state).name]!.slice(),
    write: (state: string, values: ArrayLike<number>): void => {
      checkStateLength(stateOf(known, state), values);
      present()[state] = Float32Array.from(values);
      unwritten = true;
    },
    /** Passes written values to TensorFlow. */
    settle: (): void => {
      if (!unwritten) return;
      const all = leaves.map((leaf) => ({ ...leaf, values: present()[leaf.name]! }));
      call(runtime, signatures.get(signatureOf.write)!, all);
      unwritten = false;
    },
    forget: (): void => {
      copies = null;
    },
    dispose: (): void => {
      known.clear();
      copies = null;
    },
  };
}
