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
 * Numbers that an op gives in the mean up to which lanes were found faster as one, for all memories and sizes (docs/benchmarks.md). Above,
 * what a node costs by itself is little beside its arithmetic, and the numbers of all lanes leave the processor's caches.
 */
const batchBelowMeanSize = 2 ** 14;

/** How many numbers an op of a graph gives in the mean. */
export function meanSize(graph: Graph): number {
  const computed = topological(rootsOf(graph)).filter(({ inputs }) => inputs.length > 0);
  return computed.reduce((total, { shape }) => total + sizeOf(shape), 0) / Math.max(computed.length, 1);
}

/**
 * Executors, one for each lane of the meeting, whose programs are one: the lanes compile the same functions, and what they run is
 * computed for all of them at once, each with feeds, results and states of its own. A lane needs to know nothing of the others. Where a
 * function's {@link meanSize} is above `upTo` that is not faster, and each has a program of its own.
 *
 * A function with updates waits until every lane runs it. One without, such as acting, runs when every lane has asked, or else for those
 * that have as soon as the event loop comes round: a lane that asks for nothing keeps nobody waiting.
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
  /** Names the program among those of the lanes. */
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
  /** Runs a function; the results of the lanes, copied, as runs for other lanes may follow before a lane runs it again. */
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
  new MemberEnded('trial_failed', 'another lane has disposed of its program: no step can be taken for all');

const sliceOf = (values: Float32Array, member: number, members: number): Float32Array =>
  values.slice((member * values.length) / members, ((member + 1) * values.length) / members);

function checkSame(functions: Functions, other: Functions): void {
  const names = Object.keys(functions);
  const differing = [...new Set([...names, ...Object.keys(other)])].find(
    (name) => functions[name] === undefined || other[name] === undefined || !sameGraph(functions[name], other[name]),
  );
  if (differing !== undefined)
    throw new AssayError('shape_invalid', `lanes that run together need the same functions, and ${differing} is not the same for all`, {
      hint: 'lanes may differ in their seeds and in what they are fed, not in sizes or settings',
    });
}

/** Collects lanes that ask for the same run until all that are present have, or the event loop comes round. */
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
