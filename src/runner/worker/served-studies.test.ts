import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type ListedStudy, serveWhatFits } from './served-studies.ts';

test('checks a limited number of studies at once, because each check opens files', async () => {
  const listed = Array.from({ length: 500 }, (_, id): ListedStudy => {
    const module = { url: `file:///${id}.ts`, sourceHash: 'a', packagesHash: null };
    return { id, name: `study-${id}`, revision: 1, isOver: false, needs: null, module };
  });
  let [open, most] = [0, 0];
  const served = await serveWhatFits({
    list: async () => listed,
    open: true,
    share: { slots: 1, cores: null, memoryMb: 100 },
    incompatibilityOf: async ({ module }) => {
      open += 1;
      most = Math.max(most, open);
      await sleep(0);
      open -= 1;
      return module.url.endsWith('7.ts') ? { part: 'source', because: 'it is another one here' } : null;
    },
    onIncompatible: () => undefined,
  });
  expect(most).toBeLessThanOrEqual(16);
  expect(served.now()).toEqual(listed.map(({ id }) => id).filter((id) => id % 10 !== 7));
});
