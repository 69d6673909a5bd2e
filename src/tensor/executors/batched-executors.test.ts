import { afterEach, describe, expect, test } from 'vitest';
import { executorConformance } from '../../../tests/conformance/executor.ts';
import { tensorflowMissing } from '../../../tests/fixtures/tensorflow.ts';
import { type Barrier, createBarrier } from '../../core/barrier.ts';
import { createRng } from '../../core/rng.ts';
import type { Graph } from '../graph/graph.ts';
import { add, constant, input, mul, neg, relu, slice, state, sum } from '../graph/ops/index.ts';
import { batchedExecutors } from './batched-executors.ts';
import type { Executor, Feeds, Program } from './executor.ts';
import { kernelsExecutor } from './kernels/executor.ts';
import { onnxExecutor } from './onnx/executor.ts';
import { tensorflowExecutor } from './tensorflow/executor.ts';

/** One executor over all members: every call runs on each of them, results are those of `shown`, and the others get other numbers. */
function inStep(executor: Executor, members: number, shown: number): Executor {
  const executors = batchedExecutors(executor, createBarrier(members));
  const rng = createRng('others');
  const others = (values: ArrayLike<number>) => Float32Array.from(values, () => 3 * rng.normal());
  return {
    ...executor,
    id: `${executor.id}, member ${shown + 1} of ${members}`,
    compile: async (functions, hints) => {
      const programs = await Promise.all(executors.map((each) => each.compile(functions, hints)));
      const feedsFor = (feeds: Feeds, member: number): Feeds =>
        member === shown ? feeds : Object.fromEntries(Object.entries(feeds).map(([name, values]) => [name, others(values)]));
      return {
        ...programs[shown]!,
        run: async (name, feeds) => (await Promise.all(programs.map((each, member) => each.run(name, feedsFor(feeds, member)))))[shown]!,
        write: (name, values) => {
          for (const [member, each] of programs.entries()) each.write(name, member === shown ? values : others(values));
        },
        dispose: async () => {
          for (const each of programs) await each.dispose();
        },
      };
    },
  };
}

executorConformance(inStep(onnxExecutor, 1, 0));
executorConformance(inStep(onnxExecutor, 3, 1));
executorConformance(inStep(kernelsExecutor, 2, 1));
describe.skipIf(tensorflowMissing() !== null)('where TensorFlow is set up', () => {
  executorConformance(inStep(tensorflowExecutor, 2, 1));
});

const x = input('x', [2]);
const total = state('total', [2]);
const next = add(total, x);
const functions: Readonly<Record<string, Graph>> = {
  step: { outputs: { next: mul(next, constant(1)) }, updates: [{ state: total, value: next }] },
  look: { outputs: { scaled: mul(sum(total), x) } },
};

describe('members of one batched program', () => {
  const open: Program[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.dispose();
  });
  const compile = async (members: number, barrier: Barrier = createBarrier(members)): Promise<readonly Program[]> => {
    const programs = await Promise.all(batchedExecutors(onnxExecutor, barrier).map((each) => each.compile(functions)));
    open.push(...programs);
    return programs;
  };
  const of = (...values: number[]): Float32Array => Float32Array.from(values);

  test('have separate states, and step when all have asked to', async () => {
    const [a, b] = (await compile(2)) as [Program, Program];
    expect(a.states).toEqual([{ name: 'total', shape: [2] }]);
    a.write('total', [1, 2]);
    b.write('total', [10, 20]);
    const first = a.run('step', { x: of(1, 1) });
    await new Promise(setImmediate);
    expect([...a.read('total')]).toEqual([1, 2]);
    const second = b.run('step', { x: of(5, 6) });
    expect([[...(await first).next!], [...(await second).next!]]).toEqual([
      [2, 3],
      [15, 26],
    ]);
    expect([...a.read('total'), ...b.read('total')]).toEqual([2, 3, 15, 26]);
  });

  test('act at any time and any number of times, and keep their results', async () => {
    const programs = await compile(3);
    for (const [member, each] of programs.entries()) each.write('total', [member, 1]);
    const act = async (member: number, times: number): Promise<readonly number[]> => {
      const seen: number[] = [];
      for (let i = 0; i < times; i++) {
        const { scaled } = await programs[member]!.run('look', { x: of(i, member) });
        if (i % 3 === member) await new Promise(setImmediate);
        seen.push(...scaled!);
      }
      return seen;
    };
    const expected = (member: number, times: number) =>
      Array.from({ length: times }, (_, i) => [i * (member + 1), member * (member + 1)]).flat();
    const counts = [7, 1, 4];
    expect(await Promise.all(counts.map((times, member) => act(member, times)))).toEqual(
      counts.map((times, member) => expected(member, times)),
    );
  });

  test('are not affected by a member whose numbers are not finite', async () => {
    const [a, b] = (await compile(2)) as [Program, Program];
    const [, seen] = await Promise.all([a.run('step', { x: of(Number.NaN, Infinity) }), b.run('step', { x: of(1, 2) })]);
    expect([...seen.next!, ...b.read('total')]).toEqual([1, 2, 1, 2]);
  });

  test('get an error for a step after one has disposed of its program, and can still act', async () => {
    const [a, b, c] = (await compile(3)) as [Program, Program, Program];
    const waiting = [a.run('step', { x: of(1, 1) }), b.run('step', { x: of(1, 1) })];
    await c.dispose();
    for (const each of waiting) await expect(each).rejects.toThrow('another member has disposed');
    await expect(a.run('step', { x: of(1, 1) })).rejects.toThrow('another member has disposed');
    a.write('total', [2, 2]);
    expect([...(await a.run('look', { x: of(1, 2) })).scaled!]).toEqual([4, 8]);
    await expect(c.run('look', { x: of(1, 2) })).rejects.toMatchObject({ code: 'internal' });
  });

  test('get an error when one ends before a step, or before a program', async () => {
    const barrier = createBarrier(2);
    const [a] = (await compile(2, barrier)) as [Program, Program];
    const step = a.run('step', { x: of(1, 1) });
    barrier.leave(1, new Error('reward is NaN'));
    await expect(step).rejects.toThrow('2 of 2 has ended: reward is NaN');
    const [executor] = batchedExecutors(onnxExecutor, barrier) as [Executor, Executor];
    await expect(executor.compile(functions)).rejects.toThrow('reward is NaN');
  });

  test('get an error when they wait for different steps', async () => {
    const [a, b] = batchedExecutors(onnxExecutor, createBarrier(2)) as [Executor, Executor];
    const two = { one: functions['step']!, other: functions['step']! };
    const [first, second] = await Promise.all([a.compile(two), b.compile(two)]);
    open.push(first, second);
    const both = [first.run('one', { x: of(1, 1) }), second.run('other', { x: of(1, 1) })];
    for (const each of both) await expect(each).rejects.toThrow(/wait for different topics: 1 for .*one, 2 for .*other/);
  });

  test('get an error for a feed of the wrong length only if it is their own', async () => {
    const [a, b] = (await compile(2)) as [Program, Program];
    const good = b.run('step', { x: of(3, 4) });
    await expect(a.run('step', { x: of(1) })).rejects.toMatchObject({ code: 'shape_invalid' });
    const [again, result] = await Promise.all([a.run('step', { x: of(1, 2) }), good]);
    expect([...again.next!, ...result.next!]).toEqual([1, 2, 3, 4]);
  });

  test('have separate programs if their ops are large, and then do not wait for each other', async () => {
    const size = 80_000;
    const [kept, fed] = [state('kept', [size]), input('fed', [size])];
    const next = add(kept, fed);
    const large = { step: { outputs: { first: slice(next, 0, 0, 1) }, updates: [{ state: kept, value: next }] } };
    const members = await Promise.all(batchedExecutors(onnxExecutor, createBarrier(2)).map((each) => each.compile(large)));
    open.push(...members);
    const [a, b] = members as [Program, Program];
    const ones = new Float32Array(size).fill(1);
    await a.run('step', { fed: ones });
    expect([...(await a.run('step', { fed: ones })).first!]).toEqual([2]);
    await a.dispose();
    expect([...(await b.run('step', { fed: ones })).first!, b.read('kept').length]).toEqual([1, size]);
    const [c, d] = (await Promise.all(
      batchedExecutors(onnxExecutor, createBarrier(2), Number.POSITIVE_INFINITY).map((each) => each.compile(large)),
    )) as [Program, Program];
    open.push(c, d);
    let done = false;
    const step = c.run('step', { fed: ones }).then(() => {
      done = true;
    });
    await new Promise(setImmediate);
    expect(done).toBe(false);
    await Promise.all([step, d.run('step', { fed: ones })]);
  });

  test.each<[string, Readonly<Record<string, Graph>>]>([
    ['step', { ...functions, step: { ...functions['step']!, outputs: { next: neg(next) } } }],
    ['step', { ...functions, step: { outputs: functions['step']!.outputs } }],
    ['look', { ...functions, look: { outputs: { scaled: mul(sum(total), relu(x)) } } }],
    ['look', { step: functions['step']! }],
    ['more', { ...functions, more: functions['look']! }],
  ])('must compile the same functions: not another %s', async (name, others) => {
    const [a, b] = batchedExecutors(onnxExecutor, createBarrier(2)) as [Executor, Executor];
    for (const each of [a.compile(functions), b.compile(others)])
      await expect(each).rejects.toMatchObject({ code: 'shape_invalid', message: expect.stringContaining(`${name} is not the same`) });
  });
});
