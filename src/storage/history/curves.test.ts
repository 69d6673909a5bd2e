import { expect, test } from 'vitest';
import { createSettledCurves, type ReadCurve } from './curves.ts';

const curve = (number: number, state: ReadCurve['state'], revision: number, steps: readonly number[] = [1]): ReadCurve => ({
  number,
  state,
  revision,
  steps,
  values: steps,
  note: null,
});

/** What is known after each of these replies. */
function after(...replies: readonly (readonly ReadCurve[])[]): readonly string[] {
  const curves = createSettledCurves();
  return replies.map((reply) =>
    curves
      .advance(1, reply)
      .map(({ number, state, steps }) => `${number} ${state} ${steps.length}`)
      .join(', '),
  );
}

test('a paused curve counts until its trial goes on and has a new one', () => {
  const paused = [curve(0, 'complete', 3), curve(1, 'paused', 4)];
  expect(after(paused, [curve(1, 'running', 6, [])], [curve(1, 'running', 6, [1, 2])], [curve(1, 'complete', 7, [1, 2])])).toEqual([
    '0 complete 1, 1 paused 1',
    '0 complete 1, 1 paused 1',
    '0 complete 1, 1 running 2',
    '0 complete 1, 1 complete 2',
  ]);
});

test('a reply that a newer one overtook brings nothing back', () => {
  const newer = [curve(1, 'complete', 9, [1, 2]), curve(2, 'complete', 8)];
  const overtaken = [curve(1, 'paused', 4), curve(2, 'running', 5)];
  expect(after(newer, overtaken)).toEqual(['1 complete 2, 2 complete 1', '1 complete 2, 2 complete 1']);
});

test('a paused trial that was cancelled counts no more, also where an overtaken reply still has it', () => {
  expect(after([curve(1, 'paused', 4)], [curve(1, 'cancelled', 5)], [curve(1, 'paused', 4)])).toEqual(['1 paused 1', '', '']);
});
