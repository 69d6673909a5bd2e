import { expect, test } from 'vitest';
import { timeBoxed } from './time-box.ts';

const named = (what: string) => ({ what, place: 'sampler', hint: 'take another' });

test('what comes to an end in time is answered, and its errors pass', () => {
  expect(timeBoxed(named('it'), 10_000, () => ({ x: 1 }))).toEqual({ x: 1 });
  expect(() =>
    timeBoxed(named('it'), 10_000, () => {
      throw new RangeError('mine');
    }),
  ).toThrow(RangeError);
});

test('an endless loop is ended, and a signal that came meanwhile is heard', async () => {
  let heard = 0;
  const hear = (): void => {
    heard = 1;
  };
  process.on('SIGUSR2', hear);
  const endless = (): never => {
    process.kill(process.pid, 'SIGUSR2');
    for (;;);
  };
  expect(() => timeBoxed(named('the sampler loop'), 50, endless)).toThrow(
    expect.objectContaining({
      code: 'study_invalid',
      message: 'the sampler loop took longer than 0.05 s',
      place: 'sampler',
      hint: 'take another',
    }) as Error,
  );
  expect(() => timeBoxed(named('the outer one'), 50, () => timeBoxed(named('the inner one'), 10_000, endless))).toThrow(
    /the outer one took longer/,
  );
  await expect.poll(() => heard).toBe(1);
  process.off('SIGUSR2', hear);
  expect(timeBoxed(named('it'), 10_000, () => 2)).toBe(2);
});
