import { describe, expect, test } from 'vitest';
import { createBarrier } from './barrier.ts';

const sum = async (values: readonly number[]): Promise<number> => values.reduce((total, value) => total + value, 0);

describe('a barrier', () => {
  test('does the work once, on the values of all members, in their order', async () => {
    const barrier = createBarrier(3);
    let times = 0;
    const list = async (values: readonly string[]): Promise<string> => {
      times += 1;
      return values.join('');
    };
    const results = [2, 0, 1].map((member) => barrier.arrive(member, 'letters', 'abc'[member]!, list));
    expect(await Promise.all(results)).toEqual(['abc', 'abc', 'abc']);
    expect(times).toBe(1);
  });

  test('resolves for no member before all have arrived', async () => {
    const barrier = createBarrier(2);
    let gone = false;
    const first = barrier.arrive(0, 'sum', 1, sum).then(() => (gone = true));
    await new Promise(setImmediate);
    expect(gone).toBe(false);
    expect(await barrier.arrive(1, 'sum', 2, sum)).toBe(3);
    expect(await first).toBe(true);
  });

  test('gives the error of the work to all members, and can be used again', async () => {
    const barrier = createBarrier(2);
    const failing = () => Promise.reject(new Error('pruned'));
    const both = [0, 1].map((member) => barrier.arrive(member, 'report', member, failing));
    for (const each of both) await expect(each).rejects.toThrow('pruned');
    expect(await Promise.all([0, 1].map((member) => barrier.arrive(member, 'sum', 5, sum)))).toEqual([10, 10]);
  });

  test('rejects members that wait for different topics, instead of waiting for ever', async () => {
    const barrier = createBarrier(2);
    const both = [barrier.arrive(0, 'a report', 1, sum), barrier.arrive(1, 'a gradient step', 1, sum)];
    for (const each of both)
      await expect(each).rejects.toMatchObject({
        code: 'internal',
        message: expect.stringMatching(/1 for a report, 2 for a gradient step/),
      });
  });

  test('refuses a member that waits twice', async () => {
    const barrier = createBarrier(2);
    const first = barrier.arrive(0, 'sum', 1, sum);
    await expect(barrier.arrive(0, 'sum', 1, sum)).rejects.toMatchObject({ code: 'internal' });
    await barrier.arrive(1, 'sum', 1, sum);
    expect(await first).toBe(2);
  });

  test('rejects all that wait for a member that has left', async () => {
    const barrier = createBarrier(3);
    const waiting = [barrier.arrive(0, 'sum', 1, sum), barrier.arrive(2, 'sum', 1, sum)];
    barrier.leave(1, new Error('loss is NaN'));
    for (const each of waiting) await expect(each).rejects.toThrow('member 2 of 3 has ended: loss is NaN');
    await expect(barrier.arrive(0, 'other', 1, sum)).rejects.toMatchObject({
      code: 'trial_failed',
      message: expect.stringContaining('NaN'),
    });
  });

  test('refuses one topic and leaves members that wait for another one alone', async () => {
    const barrier = createBarrier(3);
    const [refused, kept] = [barrier.arrive(0, 'step', 1, sum), barrier.arrive(1, 'sum', 1, sum)];
    barrier.refuse('step', new Error('disposed'));
    await expect(refused).rejects.toThrow('disposed');
    const others = [barrier.arrive(0, 'sum', 1, sum), barrier.arrive(2, 'sum', 1, sum)];
    expect(await Promise.all([kept, ...others])).toEqual([3, 3, 3]);
  });
});
