import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeInBrowser } from '../fixtures/chromium.ts';
import { settled, startDashboard, violations, type Watched, watch } from '../fixtures/dashboard.ts';
import { useDatabase } from '../fixtures/database.ts';
import { longName, seedEveryState } from '../fixtures/seeded-studies.ts';

/** How many pixels of the page lie beside the window. */
const sideways = 'document.documentElement.scrollWidth - innerWidth';

/** One address of every page; a page that is added is tested as well. */
const addresses = [
  ...readFileSync(new URL('../../src/web/app/routes.ts', import.meta.url), 'utf8').matchAll(/pattern: '(?<pattern>[^']+)'/g),
].map(({ groups }) =>
  groups!
    ['pattern']!.replace(':study', 'underway')
    .replace(':number', '3')
    .replace(':model', 'absent')
    .replace('/compare', '/compare?studies=underway,one'),
);

describeInBrowser('in a browser', (browser) => {
  const database = useDatabase();
  let url = '';
  let stop = async (): Promise<void> => undefined;
  beforeAll(async () => {
    await seedEveryState(database.db);
    const dashboard = await startDashboard(database.db);
    ({ url, stop } = dashboard);
  });
  afterAll(() => stop());

  const visit = async (address: string): Promise<Watched> => {
    const watched = await watch(browser());
    await watched.page.goto(url + address);
    await settled(watched.page);
    return watched;
  };
  let used: Watched | undefined;
  /** As {@link visit}, in one window for all: a new one would compile the pages' code again. */
  const visitNext = async (address: string): Promise<Watched> => {
    used ??= await watch(browser());
    // What the page before was told when it was left is no fault of this one.
    await used.page.goto('about:blank');
    used.faults.length = 0;
    await used.page.setViewportSize({ width: 1440, height: 900 });
    await used.page.emulateMedia({ colorScheme: 'light' });
    await used.page.goto(url + address);
    await settled(used.page);
    return used;
  };
  const isNotFound = (fault: string): boolean => fault.includes('status of 404');

  describe('every page', () => {
    test.each(addresses)(
      '%s breaks no rule of accessibility in either scheme at either width, runs sideways nowhere, and says no error',
      async (address) => {
        const { page, faults } = await visitNext(address);
        for (const width of [1440, 390])
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.setViewportSize({ width, height: 900 });
            await page.emulateMedia({ colorScheme });
            expect(await violations(page), `${width} px, ${colorScheme}`).toEqual([]);
            expect(await page.evaluate(sideways)).toBeLessThanOrEqual(0);
          }
        expect(await page.locator('h1').count()).toBe(1);
        expect(await page.title()).toMatch(/Assay$/);
        expect(faults.filter((fault) => !address.includes('absent') || !isNotFound(fault))).toEqual([]);
      },
    );

    test('is drawn anew by a reload, and again by the way back', async () => {
      const { page, faults } = await visit('/studies/underway/trials?where=number%3E390&sort=number');
      await page.reload();
      await settled(page);
      await expect.poll(() => page.locator('[data-row]').count()).toBe(9);
      await page.getByRole('button', { name: 'Save view' }).click();
      await page.getByLabel('Name', { exact: true }).fill('the last');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.goto(`${url}/studies/underway/trials?open=3`);
      await page.getByRole('combobox', { name: 'View' }).selectOption('the last');
      await expect.poll(() => page.url()).toContain('where=number%3E390&sort=number');
      await page.goto(`${url}/data`);
      await page.goBack();
      await settled(page);
      await expect.poll(() => page.locator('[data-row]').count()).toBe(9);
      expect(faults).toEqual([]);
      await page.context().close();
    });
  });

  describe('studies in every state', () => {
    test.each(['empty', 'one', 'none-complete', 'all-failed', 'all-equal', 'infinite', 'constant', 'one-param', 'many-params', longName])(
      '%s is shown by its pages without an error',
      async (study) => {
        const { page, faults } = await visitNext(`/studies/${study}/trials`);
        for (const tab of await page.locator('nav.tabs a').all()) {
          await tab.click();
          await settled(page);
          expect(await page.getByText('cannot be drawn').count(), await page.title()).toBe(0);
          expect(await page.evaluate(sideways)).toBeLessThanOrEqual(0);
        }
        expect(faults).toEqual([]);
      },
    );

    test('what a trial says is text, in any script, and never markup', async () => {
      const { page } = await visit('/studies/all-failed/trials?cols=number,why&open=0');
      await expect.poll(() => page.locator('aside .problem').textContent()).toContain('מעט זיכרון 🧨 <b>out of memory</b>');
      await page.context().close();
    });

    test('a study that is not there offers the list', async () => {
      const { page } = await visit('/studies/nothing/trials');
      await page.getByRole('link', { name: 'The list of studies' }).click();
      await expect.poll(() => page.locator('h1').textContent()).toBe('Studies');
      await page.context().close();
    });
  });

  test('the whole way is gone with the keyboard alone', async () => {
    const { page, faults } = await visit('/?q=underway');
    const { keyboard } = page;
    const here = (): string => page.url().slice(url.length);
    await keyboard.press('j');
    await keyboard.press('Enter');
    await expect.poll(here).toBe('/studies/underway');
    await expect.poll(() => page.evaluate('document.activeElement?.tagName')).toBe('H1');
    await keyboard.press('g');
    await keyboard.press('t');
    await expect.poll(here).toBe('/studies/underway/trials');
    await settled(page);
    await keyboard.press('/');
    await keyboard.type('number<5');
    await keyboard.press('Enter');
    await expect.poll(() => page.locator('[data-row]').count()).toBe(5);
    const filtered = here();
    await keyboard.type(' and number<2');
    await keyboard.press('Escape');
    expect(await page.locator('.filter input').inputValue()).toBe('number<5');
    expect(here()).toBe(filtered);
    await keyboard.press('j');
    await keyboard.press('x');
    await keyboard.press('Enter');
    await expect.poll(here).toContain('open=4');
    expect(here()).toContain('sel=4');
    await page.locator('aside').waitFor();
    await keyboard.press(']');
    await expect.poll(here).toContain('open=3');
    await keyboard.press('Escape');
    await expect.poll(here).not.toContain('open=');
    const session = page.waitForResponse((answer) => answer.url().endsWith('/v1/session'));
    await keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await session;
    // This server asks for no token: there is nothing to end.
    expect(await page.getByRole('dialog').getByText('end this session').count()).toBe(0);
    await keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await keyboard.press('g');
    await keyboard.press('/');
    await keyboard.type('underway#3');
    await keyboard.press('Enter');
    await expect.poll(here).toBe('/studies/underway/trials/3');
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
