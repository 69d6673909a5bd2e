import { expect, test } from 'vitest';
import { describeShortfall } from './shortfall.ts';

const enough = { steps: 1_000_000, days: 1000 };

test('says that folds are too short for a Sharpe ratio, beside what the gates lack', async () => {
  expect(await describeShortfall(enough, 'default')).toBeNull();
  expect(await describeShortfall({ ...enough, shortestFold: 3 }, 'default')).toBeNull();
  const short = 'a fold of 2 sessions has no daily Sharpe ratio of its own: set sessions.testSessions to 3 or more';
  expect(await describeShortfall({ ...enough, shortestFold: 2 }, 'default')).toBe(short);
  expect(await describeShortfall({ steps: 7800, days: 20, shortestFold: 2 }, 'default')).toMatch(
    new RegExp(`^the gates of the policy default will refuse every trial .*20 of \\d+ out-of-sample days.*; ${short}$`),
  );
});
