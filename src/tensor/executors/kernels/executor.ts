import type { Tensor as Value } from '@tensorflow/tfjs-core';
import type { Graph } from '../../graph/graph.ts';
import { checkUpdates, leavesOf, nameOf, rootsOf, topological } from '../../graph/graph.ts';
import type { Tfjs } from '../../graph/kernel.ts';
import { simplify } from '../../graph/simplify.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { checkedFeed, checkStateLength, functionOf, stateOf, statesOf } from '../contract.ts';
import type { Executor, Feeds, Fetches, Program } from '../executor.ts';
import { cpuBackend } from './backend.ts';

/** Runs graphs op by op in plain JavaScript: the same on every machine, and slow. */
export const kernelsExecutor: Executor = createKernelsExecutor(cpuBackend);

interface Backend {
  readonly id: string;
  /** Makes the backend the current one of the process's tfjs; may be called often. */
  readonly load: () => Promise<Tfjs>;
  readonly libraryOf: (tf: Tfjs) => string;
}

/**
 * An executor over a tfjs backend: one kernel after another in the calling thread, no gradient tape, every value freed after its
 * last use.
 */
export function createKernelsExecutor({ id, load, libraryOf }: Backend): Executor {
  return {
    id,
    library: async () => libraryOf(await load()),
    compile: async (functions) => compile(functions, await load()),
  };
}

function compile(functions: Readonly<Record<string, Graph>>, tf: Tfjs): Program {
  const leaves = statesOf(functions);
  const plans = new Map(Object.entries(functions).map(([name, graph]) => [name, planOf(graph)]));
  // A program may be used after another one has chosen another backend.
  const backend = tf.getBackend();
  const upload = (values: Float32Array, shape: readonly number[]): Value => tf.tensor(values, [...shape], 'float32');
  const states = new Map(leaves.map(({ name, shape }) => [name, tf.zeros([...shape])]));

  const execute = (name: string, { steps, graph, inputs }: Plan, feeds: Feeds): Fetches => {
    // Takes effect at once: a backend that is loaded starts without waiting.
    void tf.setBackend(backend);
    const checked = inputs.map((leaf) => ({ leaf, values: checkedFeed(name, leaf, feeds).slice() }));
    const fed = new Map(checked.map(({ leaf, values }) => [leaf.name, upload(values, leaf.shape)]));
    const values = new Map<Tensor, Value>();
    const free = (tensor: Tensor): void => {
      values.get(tensor)?.dispose();
      values.delete(tensor);
    };
    try {
      for (const { tensor, done } of steps) {
        const run = {
          tf,
          inputs: tensor.inputs.map((x) => values.get(x)!),
          feed: (leaf: string) => tf.clone(fed.get(leaf)!),
          state: (leaf: string) => tf.clone(states.get(leaf)!),
        };
        values.set(
          tensor,
          tf.tidy(() => tensor.op.kernel(tensor, run)),
        );
        for (const past of done) free(past);
      }
      const results = Object.fromEntries(
        Object.entries(graph.outputs).map(([output, tensor]) => [output, Float32Array.from(values.get(tensor)!.dataSync())]),
      );
      const next = (graph.updates ?? []).map(({ state, value }) => [nameOf(state), tf.clone(values.get(value)!)] as const);
      for (const [state, value] of next) {
        states.get(state)!.dispose();
        states.set(state, value);
      }
      return results;
    } finally {
      for (const value of [...values.values(), ...fed.values()]) value.dispose();
    }
  };

  return {
    states: leaves,
    run: async (name, feeds) => execute(name, functionOf(plans, name), feeds),
    read: (state) => Float32Array.from(stateOf(states, state).dataSync()),
    write: (state, values) => {
      const old = stateOf(states, state);
      checkStateLength({ name: state, shape: old.shape }, values);
      void tf.setBackend(backend);
      states.set(state, upload(Float32Array.from(values), old.shape));
      old.dispose();
    },
    dispose: async () => {
      for (const value of states.values()) value.dispose();
      states.clear();
      plans.clear();
    },
  };
}

interface Plan {
  readonly graph: Graph;
  readonly inputs: ReturnType<typeof leavesOf>;
  /** Ops in order, each with the tensors that no later op needs. */
  readonly steps: readonly { readonly tensor: Tensor; readonly done: readonly Tensor[] }[];
}

function planOf(original: Graph): Plan {
  checkUpdates(original);
  const graph = simplify(original);
  const order = topological(rootsOf(graph));
  const roots = new Set(rootsOf(graph));
  const seen = new Set<Tensor>();
  const steps = order
    .toReversed()
    .map((tensor) => {
      const done = [...new Set(tensor.inputs)].filter((x) => !seen.has(x) && !roots.has(x));
      for (const x of done) seen.add(x);
      return { tensor, done };
    })
    .toReversed();
  return { graph, inputs: leavesOf(graph, 'input'), steps };
}
