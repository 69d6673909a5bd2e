import { AssayError } from '../../core/errors.ts';
import { LaneEnded, type Meeting } from '../../core/meeting.ts';
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
const largestMean = 2 ** 14;

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
export function together(executor: Executor, meeting: Meeting, upTo = largestMean): readonly Executor[] {
  let programs = 0;
  return Array.from({ length: meeting.lanes }, (_, lane) => ({
    ...executor,
    compile: async (functions, hints) => {
      const states = statesOf(functions);
      for (const graph of Object.values(functions)) checkUpdates(graph);
      const simplified = Object.fromEntries(Object.entries(functions).map(([name, graph]) => [name, simplify(graph)]));
      const compile = (graphs: Functions) => executor.compile(graphs, hints);
      const program = await meeting.meet(lane, 'a program', simplified, async (all) => {
        for (const other of all) checkSame(simplified, other);
        if (Object.values(simplified).some((graph) => meanSize(graph) > upTo)) return null;
        programs += 1;
        return compileForAll(simplified, { compile, states, meeting, title: `program ${programs}` });
      });
      return program === null ? compile(functions) : program(lane);
    },
  }));
}

interface Place {
  readonly compile: (functions: Functions) => Promise<Program>;
  readonly states: readonly Leaf[];
  readonly meeting: Meeting;
  /** Names the program among those of the lanes. */
  readonly title: string;
}

async function compileForAll(functions: Functions, { compile, states, meeting, title }: Place): Promise<(lane: number) => Program> {
  const count = meeting.lanes;
  const program = await compile(Object.fromEntries(Object.entries(functions).map(([name, graph]) => [name, batched(graph, count)])));
  const leaves = new Map(states.map((leaf) => [leaf.name, leaf]));
  const present = new Set(Array.from({ length: count }, (_, lane) => lane));
  const stepOf = (name: string): string => `${title}, ${name}`;
  const steps = Object.keys(functions).filter((name) => functions[name]!.updates?.length);

  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  /** Runs a function; the results of the lanes, copied, as runs for other lanes may follow before a lane runs it again. */
  const runFor = (name: string, feeds: Feeds, lanes: readonly number[]): Promise<ReadonlyMap<number, Fetches>> =>
    inTurn(async () => {
      const results = Object.entries(await program.run(name, feeds));
      return new Map(
        lanes.map((lane) => [lane, Object.fromEntries(results.map(([output, values]) => [output, sliceOf(values, lane, count)]))]),
      );
    });

  const runs = new Map<string, (lane: number, feeds: Feeds) => Promise<Fetches>>();
  for (const [name, graph] of Object.entries(functions)) {
    const inputs = leavesOf(graph, 'input');
    const fed = Object.fromEntries(inputs.map((leaf) => [leaf.name, new Float32Array(count * sizeOf(leaf.shape))]));
    const feed = (lane: number, feeds: Feeds): void => {
      const checked = inputs.map((leaf) => [leaf.name, checkedFeed(name, leaf, feeds)] as const);
      for (const [input, values] of checked) fed[input]!.set(values, lane * values.length);
    };
    const collect = collector((lanes) => runFor(name, fed, lanes), present);
    runs.set(name, async (lane, feeds) => {
      feed(lane, feeds);
      if (!steps.includes(name)) return collect(lane);
      if (present.size < count) throw disposedError();
      const results = await meeting.meet(lane, stepOf(name), null, () => runFor(name, fed, [...present]));
      return results.get(lane)!;
    });
  }
  return (lane) => {
    const own = new Map(runs);
    return {
      states,
      run: async (name, feeds) => functionOf(own, name)(lane, feeds),
      read: (state) => sliceOf(program.read(state), lane, count),
      write: (state, values) => {
        checkStateLength(stateOf(leaves, state), values);
        const whole = program.read(state);
        whole.set(values, lane * values.length);
        program.write(state, whole);
      },
      dispose: async () => {
        own.clear();
        if (!present.delete(lane)) return;
        for (const name of steps) meeting.refuse(stepOf(name), disposedError());
        if (present.size === 0) await inTurn(program.dispose);
      },
    };
  };
}

const disposedError = (): LaneEnded =>
  new LaneEnded('trial_failed', 'another lane has disposed of its program: no step can be taken for all');

const sliceOf = (values: Float32Array, lane: number, lanes: number): Float32Array =>
  values.slice((lane * values.length) / lanes, ((lane + 1) * values.length) / lanes);

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
  run: (lanes: readonly number[]) => Promise<ReadonlyMap<number, Result>>,
  present: ReadonlySet<number>,
): (lane: number) => Promise<Result> {
  let asking: number[] = [];
  let begin: (() => void) | null = null;
  let results: Promise<ReadonlyMap<number, Result>> | null = null;
  return async (lane) => {
    results ??= new Promise<void>((resolve) => {
      begin = resolve;
      setImmediate(resolve);
    }).then(() => {
      const lanes = asking;
      [asking, begin, results] = [[], null, null];
      return run(lanes);
    });
    asking.push(lane);
    const found = results;
    if (asking.length === present.size) begin?.();
    return (await found).get(lane)!;
  };
}
