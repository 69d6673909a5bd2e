import { type Barrier, MemberEnded } from '../../core/barrier.ts';
import { AssayError } from '../../core/errors.ts';
import { batched } from '../graph/batched.ts';
import { checkUpdates, type Graph, type Leaf, leavesOf, rootsOf, topological } from '../graph/graph.ts';
import { sameGraph } from '../graph/same.ts';
import { sizeOf } from '../graph/shapes.ts';
import { simplify } from '../graph/simplify.ts';
import { checkedFeed, checkStateLength, functionOf, stateOf, statesOf } from './contract.ts';
import type { Executor, Feeds, Fetches, Program } from './executor.ts';

type Functions = Readonly<Record<string, Graph>>;

/**
 * Above this mean tensor size batching is not faster, for all memories and sizes measured (docs/benchmarks.md): the cost of a node is then
 * small beside its arithmetic, and the values of all members exceed the processor's caches.
 */
const batchBelowMeanSize = 2 ** 14;

/** Mean number of elements that an op of the graph computes. */
export function meanSize(graph: Graph): number {
  const computed = topological(rootsOf(graph)).filter(({ inputs }) => inputs.length > 0);
  return computed.reduce((total, { shape }) => total + sizeOf(shape), 0) / Math.max(computed.length, 1);
}

/**
 * Returns one executor per member of the barrier. The members compile the same functions, which become one batched program; each member
 * has its own feeds, results and states and does not depend on the others. If the {@link meanSize} of a function is above `upTo`,
 * batching is not faster and each member gets a program of its own.
 *
 * A function with updates runs when every member has asked for it. A function without updates, such as acting, runs when every member has
 * asked or, for those that have, when the event loop turns: a member that asks for nothing blocks no other.
 */
export function batchedExecutors(executor: Executor, barrier: Barrier, upTo = batchBelowMeanSize): readonly Executor[] {
  let programs = 0;
  return Array.from({ length: barrier.members }, (_, member) => ({
    ...executor,
    compile: async (functions, hints) => {
      const states = statesOf(functions);
      for (const graph of Object.values(functions)) checkUpdates(graph);
      const simplified = Object.fromEntries(Object.entries(functions).map(([name, graph]) => [name, simplify(graph)]));
      const compile = (graphs: Functions) => executor.compile(graphs, hints);
      const program = await barrier.arrive(member, 'a program', simplified, async (all) => {
        for (const other of all) checkSame(simplified, other);
        if (Object.values(simplified).some((graph) => meanSize(graph) > upTo)) return null;
        programs += 1;
        return compileForAll(simplified, { compile, states, barrier, title: `program ${programs}` });
      });
      return program === null ? compile(functions) : program(member);
    },
  }));
}

interface Place {
  readonly compile: (functions: Functions) => Promise<Program>;
  readonly states: readonly Leaf[];
  readonly barrier: Barrier;
  /** Name of the program in the topics of the barrier. */
  readonly title: string;
}

async function compileForAll(functions: Functions, { compile, states, barrier, title }: Place): Promise<(member: number) => Program> {
  const count = barrier.members;
  const program = await compile(Object.fromEntries(Object.entries(functions).map(([name, graph]) => [name, batched(graph, count)])));
  const leaves = new Map(states.map((leaf) => [leaf.name, leaf]));
  const present = new Set(Array.from({ length: count }, (_, member) => member));
  const stepOf = (name: string): string => `${title}, ${name}`;
  const steps = Object.keys(functions).filter((name) => functions[name]!.updates?.length);

  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  /** Runs a function and returns the results by member, copied, because a run for other members may overwrite them. */
  const runFor = (name: string, feeds: Feeds, members: readonly number[]): Promise<ReadonlyMap<number, Fetches>> =>
    inTurn(async () => {
      const results = Object.entries(await program.run(name, feeds));
      return new Map(
        members.map((member) => [member, Object.fromEntries(results.map(([output, values]) => [output, sliceOf(values, member, count)]))]),
      );
    });

  const runs = new Map<string, (member: number, feeds: Feeds) => Promise<Fetches>>();
  for (const [name, graph] of Object.entries(functions)) {
    const inputs = leavesOf(graph, 'input');
    const fed = Object.fromEntries(inputs.map((leaf) => [leaf.name, new Float32Array(count * sizeOf(leaf.shape))]));
    const feed = (member: number, feeds: Feeds): void => {
      const checked = inputs.map((leaf) => [leaf.name, checkedFeed(name, leaf, feeds)] as const);
      for (const [input, values] of checked) fed[input]!.set(values, member * values.length);
    };
    const collect = collector((members) => runFor(name, fed, members), present);
    runs.set(name, async (member, feeds) => {
      feed(member, feeds);
      if (!steps.includes(name)) return collect(member);
      if (present.size < count) throw disposedError();
      const results = await barrier.arrive(member, stepOf(name), null, () => runFor(name, fed, [...present]));
      return results.get(member)!;
    });
  }
  return (member) => {
    const own = new Map(runs);
    return {
      states,
      run: async (name, feeds) => functionOf(own, name)(member, feeds),
      read: (state) => sliceOf(program.read(state), member, count),
      write: (state, values) => {
        checkStateLength(stateOf(leaves, state), values);
        const whole = program.read(state);
        whole.set(values, member * values.length);
        program.write(state, whole);
      },
      dispose: async () => {
        own.clear();
        if (!present.delete(member)) return;
        for (const name of steps) barrier.refuse(stepOf(name), disposedError());
        if (present.size === 0) await inTurn(program.dispose);
      },
    };
  };
}

const disposedError = (): MemberEnded =>
  new MemberEnded('trial_failed', 'another member has disposed of its program, so no step can run for all of them');

const sliceOf = (values: Float32Array, member: number, members: number): Float32Array =>
  values.slice((member * values.length) / members, ((member + 1) * values.length) / members);

function checkSame(functions: Functions, other: Functions): void {
  const names = Object.keys(functions);
  const differing = [...new Set([...names, ...Object.keys(other)])].find(
    (name) => functions[name] === undefined || other[name] === undefined || !sameGraph(functions[name], other[name]),
  );
  if (differing !== undefined)
    throw new AssayError(
      'shape_invalid',
      `members of one batched program must compile the same functions, but ${differing} is not the same for all`,
      {
        hint: 'members may differ in seeds and feeds, not in sizes or settings',
      },
    );
}

/** Collects members that ask for the same run until all present ones have asked or the event loop turns, then runs it once for them. */
function collector<Result>(
  run: (members: readonly number[]) => Promise<ReadonlyMap<number, Result>>,
  present: ReadonlySet<number>,
): (member: number) => Promise<Result> {
  let asking: number[] = [];
  let begin: (() => void) | null = null;
  let results: Promise<ReadonlyMap<number, Result>> | null = null;
  return async (member) => {
    results ??= new Promise<void>((resolve) => {
      begin = resolve;
      setImmediate(resolve);
    }).then(() => {
      const members = asking;
      [asking, begin, results] = [[], null, null];
      return run(members);
    });
    asking.push(member);
    const found = results;
    if (asking.length === present.size) begin?.();
    return (await found).get(member)!;
  };
}
