import { expect, test } from 'vitest';
import { agreement } from './agreement.ts';

test('ends when the broker has answered, whatever it says', async () => {
  let asked = 0;
  await agreement({
    ask: () => {
      asked++;
    },
    reconciled: () => (asked < 3 ? 'unknown' : 'differs'),
    isOver: () => false,
    onLine: (text) => expect.unreachable(text),
  });
  expect(asked).toBe(3);
});

test('a broker that never answers holds nobody: it is said once, and the end of the run ends it', async () => {
  const lines: string[] = [];
  let [asked, now] = [0, 0];
  await agreement(
    {
      ask: () => {
        asked++;
        now += 2000;
      },
      reconciled: () => 'unknown',
      isOver: () => asked === 6,
      onLine: (text) => lines.push(text),
    },
    () => now,
  );
  expect(lines).toEqual([expect.stringContaining('waiting for the broker')]);
});
