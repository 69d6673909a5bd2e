import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApi } from '../../src/api/app.ts';
import { listenOptions, serve } from '../../src/api/serve.ts';
import { modelHistory } from '../../src/registry/history.ts';
import { controlStudy } from '../../src/storage/commands/control-study.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeInBrowser } from '../fixtures/chromium.ts';
import { builtPages, settled, startDashboard, violations, watch } from '../fixtures/dashboard.ts';
import { useDatabase } from '../fixtures/database.ts';
import { useFolder, useLedger } from '../fixtures/ledger.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

describeInBrowser('an order of a page', (browser) => {
  const database = useDatabase();
  let url = '';
  let stop = async (): Promise<void> => undefined;
  beforeAll(async () => {
    ({ url, stop } = await startDashboard(database.db));
  });
  afterAll(() => stop());

  const open = async (address: string): Promise<Page> => {
    const { page } = await watch(browser());
    await page.goto(url + address);
    await settled(page);
    await page.locator('.connection[data-state="live"]').waitFor();
    return page;
  };
  const claim = async (study: Awaited<ReturnType<typeof studyWith>>) => {
    const claimed = await createStorage(database.db).claim({ studies: [study.id], worker: 'host:1:cpu', leaseMs: 600_000 });
    return claimed!;
  };

  test('for a study is held to what was seen when it was asked for: another order refuses it, the end of a trial does not', async () => {
    const study = await studyWith(database.db, [{}, {}, {}]);
    const { lease } = await claim(study);
    const page = await open(`/studies/${study.name}`);
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await controlStudy(database.db, study.id, 'pause', 'somebody');
    // The page shows it behind the dialog, and the person still decides on what stood there before.
    await page.locator('.orders button', { hasText: 'Resume' }).waitFor({ state: 'attached' });
    await dialog.getByRole('button', { name: `Stop ${study.name}` }).click();
    await expect.poll(() => dialog.getByRole('alert').textContent()).toContain('somebody else has ordered');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await createStorage(database.db).finish(lease, complete(1));
    await dialog.getByRole('button', { name: `Stop ${study.name}` }).click();
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await expect.poll(() => page.locator('.standing').textContent()).toContain('stopped');
    await page.context().close();
  });

  test('for a trial, from the table or its own page, is refused where the trial has changed since', async () => {
    const study = await studyWith(database.db, [{}, {}]);
    for (const address of [`/studies/${study.name}/trials?open=0`, `/studies/${study.name}/trials/1`]) {
      const number = address.endsWith('1') ? 1 : 0;
      const page = await open(address);
      const dialog = page.getByRole('dialog');
      await page.getByRole('button', { name: 'Cancel', exact: true }).click();
      await claim(study);
      await page.locator('.trial-list, .facts').filter({ hasText: 'running' }).first().waitFor({ state: 'attached' });
      await dialog.getByRole('button', { name: `Cancel ${study.name}#${number}` }).click();
      await expect.poll(() => dialog.getByRole('alert').textContent()).toContain(`trial ${number} has changed since: it is running`);
      expect(await showTrial(database.db, `${study.name}#${number}`)).toMatchObject({ state: 'running' });
      await page.context().close();
    }
  });
});

describeInBrowser('the board of a model', (browser) => {
  const folder = useFolder();
  const ledger = useLedger(folder);

  test('rolls back twice for the same reason, each time anew, and shows no other version while one loads or cannot be read', async () => {
    for (let n = 0; n < 3; n++) await ledger.decide(true, { model: 'rolled' });
    const { db } = ledger.database;
    const serving = await serve(listenOptions({ port: 0 }), createApi({ db, dataDir: folder(), pages: builtPages }).fetch);
    try {
      const { page, faults } = await watch(browser());
      await page.goto(`${serving.url}/models/rolled`);
      await settled(page);
      const board = page.locator('.board');
      const dialog = page.getByRole('dialog');
      const roll = async (): Promise<void> => {
        await board.getByRole('button', { name: /Roll back/ }).click();
        const reason = dialog.getByLabel('Reason');
        expect(await reason.inputValue()).toBe('');
        await reason.fill('it lost for a week');
        await dialog.getByLabel(/^Who decides/).fill('ada');
        await dialog.getByRole('button', { name: 'Roll rolled@champion back' }).click();
        await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
      };
      await expect.poll(() => board.textContent()).toContain('rolled@3');
      await board.getByRole('button', { name: /Roll back/ }).click();
      await expect.poll(() => dialog.textContent()).toContain('names version 3 and will name version 2');
      expect(await violations(page)).toEqual([]);
      expect(await dialog.getByRole('button', { name: 'Roll rolled@champion back' }).isDisabled()).toBe(true);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);

      // The version that it goes back to does not answer at first, and then with a fault.
      let answer = (): void => undefined;
      const held = new Promise<void>((resolve) => (answer = resolve));
      await page.route('**/v1/models/rolled/versions/2', async (route) => {
        await held;
        await route.fulfill({ status: 404, json: { code: 'not_found', detail: 'this version cannot be read' } });
      });
      await roll();
      await board.locator('.panel-skeleton').waitFor();
      expect(await board.textContent()).not.toContain('gates passed');
      answer();
      await expect.poll(() => board.getByRole('alert').textContent()).toContain('this version cannot be read');
      expect(await board.textContent()).not.toContain('gates passed');
      await page.unroute('**/v1/models/rolled/versions/2');
      await board.getByRole('button', { name: 'Try again' }).click();
      await expect.poll(() => board.textContent()).toContain('rolled@2');

      await roll();
      await expect.poll(() => board.textContent()).toContain('rolled@1');
      const { items } = await modelHistory(db, 'rolled');
      expect(items.slice(0, 2).map(({ kind, version, reason }) => [kind, version, reason])).toEqual([
        ['rollback', 1, 'it lost for a week'],
        ['rollback', 2, 'it lost for a week'],
      ]);
      expect(faults.filter((fault) => !fault.includes('status of 404'))).toEqual([]);
      await page.context().close();
    } finally {
      await serving.close(0);
    }
  });
});
