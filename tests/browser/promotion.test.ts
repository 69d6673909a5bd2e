import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApi } from '../../src/api/app.ts';
import { listenOptions, type Serving, serve } from '../../src/api/serve.ts';
import { modelHistory } from '../../src/registry/history.ts';
import { createFileStore } from '../../src/storage/artifacts/files.ts';
import { freezeGroup, recordVerdict } from '../../src/storage/commands/freeze.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { describeInBrowser } from '../fixtures/chromium.ts';
import { builtPages, settled, violations, watch } from '../fixtures/dashboard.ts';
import { useDatabase } from '../fixtures/database.ts';
import { judgeTrial } from '../fixtures/evaluations.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

describeInBrowser('a judged trial in a browser', (browser) => {
  const database = useDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-browser-'));
  let serving: Serving;
  let study = '';
  beforeAll(async () => {
    const made = await studyWith(database.db, [{ outcome: complete(1, { sharpeDaily: 0.1 }) }]);
    study = made.name;
    await judgeTrial(database.db, createFileStore(dataDir), made.id, 0, 0.01);
    for (const name of ['row-works', 'row-waits']) await createStorage(database.db).open(describeStudy({ name, group: 'row' }));
    const freeze = { group: 'row', policy: 'dual-ticker', by: 'ann' };
    await freezeGroup(database.db, { ...freeze, study: 'row-works' });
    const verdict = { trial: 'row-works#0', passed: false, reason: 's1-return: 0 < 0.01', verdicts: [] };
    await recordVerdict(database.db, { ...freeze, ...verdict, next: null });
    const { db } = database;
    serving = await serve(listenOptions({ port: 0 }), createApi({ db, dataDir, pages: builtPages }).fetch);
  });
  afterAll(async () => {
    await serving.close(0);
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('from the gate checklist to the ledger by keyboard: asked, refused, overridden by another person, and read again', async () => {
    const { page, faults } = await watch(browser());
    const { keyboard } = page;
    const focused = (): Promise<string> => page.evaluate('document.activeElement?.textContent ?? ""');
    /** Tab to what has this text; a person who uses no pointer gets there alike. */
    const tabTo = async (text: string | RegExp): Promise<void> => {
      for (let presses = 0; presses < 200; presses++) {
        await keyboard.press('Tab');
        if ((await focused()).trim().match(text) !== null) return;
      }
      throw new Error(`no way by Tab to ${text}`);
    };
    await page.goto(`${serving.url}/studies/${study}/validation`);
    await settled(page);
    const gates = page.getByRole('list', { name: `Gates of ${study}#0` });
    await expect.poll(() => gates.getByRole('listitem').first().textContent()).toContain('refuses');
    expect(await gates.textContent()).toContain('unknown, which never passes');
    expect(await page.getByText('This study keeps no vault').count()).toBe(1);

    const ask = async (name: string, reason: string, button: string | RegExp): Promise<void> => {
      await tabTo(/^Promote …$/);
      await keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Model').waitFor();
      await dialog.getByLabel('Model').fill('browsed');
      await dialog.getByText('override').first().waitFor();
      expect(await dialog.getByRole('button', { name: /^Promote to/ }).count()).toBe(0);
      await tabTo(/^Promote it all the same/);
      await keyboard.press('Enter');
      await dialog.getByRole('button', { name: button }).waitFor();
      await keyboard.press('Tab');
      await keyboard.type(reason);
      await keyboard.press('Tab');
      await keyboard.type(name);
      await tabTo(button);
      await keyboard.press('Enter');
      await dialog.getByRole('link', { name: /^Record/ }).waitFor();
    };
    await ask('ada', 'looks good', /^Ask, and record the refusal$/);
    expect(await violations(page)).toEqual([]);
    await keyboard.press('Escape');
    await ask('bob', 'few days by design', /^Override record/);
    await tabTo(/^Record \d+ of the ledger$/);
    await keyboard.press('Enter');

    await expect.poll(() => new URL(page.url()).pathname).toBe('/models/browsed');
    const record = page.getByRole('dialog');
    await expect.poll(() => record.textContent()).toContain('The chain verifies, this record in it');
    expect(await record.getByRole('list', { name: /^Gates in record/ }).textContent()).toContain('refuses');
    expect(await record.textContent()).toContain('few days by design');
    await keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    const rows = page.getByRole('list', { name: 'Records of browsed' }).getByRole('listitem');
    expect(await rows.count()).toBe(2);
    expect(await rows.first().textContent()).toContain('override');
    await tabTo(/^\d+$/);
    await keyboard.press('Enter');
    await record.waitFor();
    expect(await violations(page)).toEqual([]);
    const { items } = await modelHistory(database.db, 'browsed');
    expect(items.map(({ kind, by, reason }) => [kind, by.split(' ')[0], reason])).toEqual([
      ['override', 'bob', 'few days by design'],
      ['refused', 'ada', 'looks good'],
    ]);
    await page.goto(`${serving.url}/studies/row-works`);
    await settled(page);
    const freezes = await page.getByRole('list', { name: 'Freezes of row' }).textContent();
    expect(freezes).toContain('Meanwhile row-waits takes no trials.');
    expect(freezes).toContain('row-works#0: s1-return: 0 < 0.01');
    expect(await violations(page)).toEqual([]);
    // A model without a decision has no history yet, and the browser notes each 404.
    expect(faults.filter((fault) => !fault.includes('status of 404'))).toEqual([]);
    await page.context().close();
  });
});
