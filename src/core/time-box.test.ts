import { expect, test } from 'vitest';
import { timeBoxed } from './time-box.ts';

test('what comes to an end in time is answered, and its errors pass', () => {
  expect(timeBoxed('it', 10_000, () => ({ x: 1 }))).toEqual({ x: 1 });
  expect(() =>
    timeBoxed('it', 10_000, () => {
      throw new RangeError('mine');
    }),
  ).toThrow(RangeError);
});

test('an endless loop is ended, and a signal that came meanwhile is heard', async () => {
  let heard = 0;
  process.once('SIGUSR2', () => heard++);
  const endless = (): never => {
    process.kill(process.pid, 'SIGUSR2');
    for (;;);
  };
  expect(() => timeBoxed('the sampler loop', 50, endless)).toThrow(
    expect.objectContaining({ code: 'study_invalid', message: 'the sampler loop took longer than 0.05 s' }) as Error,
  );
  await expect.poll(() => heard).toBe(1);
  expect(timeBoxed('it', 10_000, () => 2)).toBe(2);
});
