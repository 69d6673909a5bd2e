import { expect, test } from 'vitest';
import { dbnOutcome, originalFiles } from './dbn-files.ts';
import { mutate } from './mutate.ts';

// `npm run fuzz:dbn` reads thirty thousand.
test.each(originalFiles())('changed copies of $name are refused with a code and a hint, or read to their end', async ({ name, bytes }) => {
  let refused = 0;
  for (let seed = 0; seed < 60; seed++) if ((await dbnOutcome(name, mutate(bytes, seed))) === 'refused') refused++;
  expect(refused).toBeGreaterThan(15);
});
