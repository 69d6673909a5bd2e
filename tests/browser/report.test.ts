import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeReport } from '../../src/cli/report/make-report.ts';
import { createFileStore } from '../../src/storage/artifacts/files.ts';
import { describeInBrowser } from '../fixtures/chromium.ts';
import { violations, watch } from '../fixtures/dashboard.ts';
import { useDatabase } from '../fixtures/database.ts';
import { judgeTrial } from '../fixtures/evaluations.ts';
import { seedStudy } from '../fixtures/seeded-studies.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

describeInBrowser('a report in a browser without a network', (browser) => {
  const database = useDatabase();
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-report-'));
    await seedStudy(database.db, {
      name: 'told',
      trials: 40,
      state: `case when n % 7 = 3 then 'pruned' when n = 20 then 'failed' else 'complete' end`,
    });
    await seedStudy(database.db, { name: 'empty' });
    const judged = await studyWith(database.db, [{ outcome: complete(1, { sharpeDaily: 0.1 }) }], { name: 'judged' });
    await judgeTrial(database.db, createFileStore(join(folder, 'data')), judged.id, 0, 0.01);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ['told', null],
    ['told', 4],
    ['told', 20],
    ['empty', null],
    ['judged', 0],
  ])(
    '%s (trial %s) asks for nothing, violates no policy and breaks no rule of accessibility in either scheme at either width',
    async (study, trial) => {
      const file = join(folder, `${study}-${trial}.html`);
      await writeFile(file, await makeReport(database.db, join(folder, 'data'), { study, trial }));
      const { page, faults } = await watch(browser());
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.context().setOffline(true);
      const address = pathToFileURL(file).href;
      await page.goto(address);
      await page.locator('h1').waitFor();
      await expect.poll(() => page.locator('.panel-skeleton, [aria-busy="true"]').count()).toBe(0);
      expect(await page.locator('h1').textContent()).toContain(study);
      for (const width of [1440, 390])
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme });
          expect(await violations(page), `${width} px, ${colorScheme}`).toEqual([]);
          expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
        }
      if (study === 'judged')
        expect(await page.getByRole('list', { name: 'Gates of judged#0' }).getByRole('listitem').count()).toBeGreaterThan(0);
      const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
      expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; base-uri 'none';/);
      expect(asked).toEqual([address]);
      expect(faults).toEqual([]);
      await page.context().close();
    },
  );
});
