import { expect, test } from 'vitest';
import { bars, sessions } from '../../../tests/fixtures/trading-task.ts';
import { sessionsOf, walkForwardFolds } from './session-plan.ts';

test('training parts grow from the first session if anchored and move along if rolling; tests are the same', () => {
  const spans = (layout: 'anchored' | 'rolling') => walkForwardFolds({ ...sessions, layout }, bars).map((fold) => sessionsOf(fold, bars));
  expect(spans('anchored')).toEqual([
    { train: [{ from: 0, to: 7 }], test: [{ from: 8, to: 10 }] },
    { train: [{ from: 0, to: 9 }], test: [{ from: 10, to: 12 }] },
  ]);
  expect(spans('rolling')).toEqual([
    { train: [{ from: 0, to: 7 }], test: [{ from: 8, to: 10 }] },
    { train: [{ from: 2, to: 9 }], test: [{ from: 10, to: 12 }] },
  ]);
  expect(walkForwardFolds(sessions, bars)).toEqual(walkForwardFolds({ ...sessions, layout: 'anchored' }, bars));
});
