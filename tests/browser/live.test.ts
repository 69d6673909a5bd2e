import type { BrowserContext, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StudyId } from '../../src/search/study/storage.ts';
import { controlStudy } from '../../src/storage/commands/control-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { describeInBrowser } from '../fixtures/chromium.ts';
import { settled, startDashboard, type Watched, watch, watchPage } from '../fixtures/dashboard.ts';
import { useDatabase } from '../fixtures/database.ts';
import { seedStudy } from '../fixtures/seeded-studies.ts';

type Dashboard = Awaited<ReturnType<typeof startDashboard>>;

/** Addresses of the event streams that the pages of a context have asked for so far. */
function streamsOf(context: BrowserContext): readonly string[] {
  const streams: string[] = [];
  context.on('request', (request) => request.url().includes('/events?') && streams.push(request.url()));
  return streams;
}

describeInBrowser('a page that is open', (browser) => {
  const database = useDatabase();
  let dashboard: Dashboard;
  let study: StudyId;
  beforeAll(async () => {
    study = await seedStudy(database.db, { name: 'underway', trials: 60, state: `case when n >= 52 then 'queued' else 'complete' end` });
    dashboard = await startDashboard(database.db);
  });
  afterAll(() => dashboard.stop());

  const finishNext = async (value: number): Promise<number> => {
    const storage = createStorage(database.db);
    const claimed = await storage.claim({ studies: [study], worker: 'host:1:cpu', leaseMs: 60_000 });
    if (claimed === null) throw new Error('no trial is queued');
    await storage.finish(claimed.lease, { kind: 'complete', value, metrics: {} });
    return claimed.number;
  };
  const row = ({ page }: Watched, number: number) => page.locator(`[data-key="${number}"]`);
  const open = async (watched: Watched): Promise<Watched> => {
    await watched.page.goto(`${dashboard.url}/studies/underway/trials`);
    await settled(watched.page);
    await watched.page.locator('.connection[data-state="live"]').waitFor();
    return watched;
  };

  test('in two tabs takes one stream, and both are renewed in place; a tab that closes hands the stream on', async () => {
    const alone = await watch(browser());
    const context = alone.page.context();
    const streams = streamsOf(context);
    const first = await open(alone);
    const second = await open(await watchPage(await context.newPage()));
    const third = await open(await watchPage(await context.newPage()));
    expect(streams).toHaveLength(1);
    const scrolled = 300;
    await second.page.evaluate(`document.querySelector('.grid').scrollTop = ${scrolled}`);
    const number = await finishNext(0.25);
    await expect.poll(() => row(first, number).textContent()).toContain('complete');
    await expect.poll(() => row(first, number).textContent()).toContain('0.25');
    await first.page.close();
    await expect.poll(() => streams.length).toBe(2);
    const next = await finishNext(0.75);
    await expect.poll(() => row(third, next).textContent()).toContain('0.75');
    expect(await second.page.evaluate("document.querySelector('.grid').scrollTop")).toBe(scrolled);
    expect([...second.faults, ...third.faults]).toEqual([]);
    expect(streams).toHaveLength(2);
    await context.close();
  });

  test('takes one stream for all pages of a study, also where tabs cannot share one', async () => {
    const watched = await watch(browser());
    // As on a page that came over plain HTTP from another machine.
    await watched.page.addInitScript("Object.defineProperty(navigator, 'locks', { value: undefined })");
    const streams = streamsOf(watched.page.context());
    await open(watched);
    for (const name of ['Overview', 'Analysis', 'Curves', 'Timeline', 'Trials']) {
      await watched.page.getByRole('link', { name, exact: true }).click();
      await settled(watched.page);
    }
    await watched.page.getByRole('link', { name: '#59', exact: true }).click();
    await settled(watched.page);
    await watched.page.locator('nav.tabs').getByRole('link', { name: 'Trials' }).click();
    const number = await finishNext(0.125);
    await expect.poll(() => row(watched, number).textContent()).toContain('0.125');
    expect(streams).toHaveLength(1);
    expect(watched.faults).toEqual([]);
    await watched.page.context().close();
  });

  test('goes on by itself when its study is resumed after its end, in every tab', async () => {
    const over = await seedStudy(database.db, { name: 'over', trials: 4 });
    await controlStudy(database.db, over, 'stop', 'somebody');
    const first = await watch(browser());
    const ended = first.page.waitForEvent('requestfinished', (request) => request.url().includes('/events?'));
    const second = await watchPage(await first.page.context().newPage());
    for (const { page } of [first, second]) {
      await page.goto(`${dashboard.url}/studies/over/trials`);
      await settled(page);
    }
    await ended;
    await controlStudy(database.db, over, 'resume', 'somebody');
    const asked = await createStorage(database.db).ask(over);
    for (const { page } of [first, second]) await page.getByRole('button', { name: '1 new trial' }).waitFor();
    if (asked.kind !== 'queued') throw new Error('the budget is too small');
    await createStorage(database.db).claim({ studies: [over], worker: 'host:1:cpu', leaseMs: 60_000 });
    for (const { page } of [first, second]) await expect.poll(() => page.locator('.states').textContent()).toMatch(/running\s*1/);
    expect([...first.faults, ...second.faults]).toEqual([]);
    await first.page.context().close();
  });

  test('keeps what it hears while its list is on the way', async () => {
    const watched = await watch(browser());
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await watched.page.route('**/trials?**', async (route) => {
      const answer = await route.fetch();
      await held;
      await route.fulfill({ response: answer });
    });
    await watched.page.goto(`${dashboard.url}/studies/underway/trials`);
    await watched.page.locator('.connection[data-state="live"]').waitFor();
    const filter = watched.page.locator('.states');
    const before = await filter.textContent();
    const number = await finishNext(0.625);
    await expect.poll(() => filter.textContent()).not.toBe(before);
    release();
    await expect.poll(() => row(watched, number).textContent()).toContain('0.625');
    await watched.page.context().close();
  });

  test('says how many trials are new and shows them when it is told to', async () => {
    const watched = await open(await watch(browser()));
    const rows = await watched.page.locator('[data-row]').first().getAttribute('data-key');
    const asked = await createStorage(database.db).ask(study);
    if (asked.kind !== 'queued') throw new Error('the budget is too small');
    const button = watched.page.getByRole('button', { name: '1 new trial' });
    await button.waitFor();
    expect(await watched.page.locator('[data-row]').first().getAttribute('data-key')).toBe(rows);
    await button.click();
    await expect.poll(() => row(watched, asked.number).textContent()).toContain('queued');
    await expect.poll(() => button.count()).toBe(0);
    await watched.page.context().close();
  });

  test('says that the server is away, and goes on by itself when it is back', async () => {
    const watched = await open(await watch(browser()));
    await dashboard.stop();
    await watched.page.getByRole('button', { name: 'value' }).click();
    await watched.page.locator('.connection[data-state="offline"]').waitFor();
    await watched.page.getByText('The server cannot be reached. What you see is of').waitFor();
    expect(await watched.page.locator('[data-row]').count()).toBeGreaterThan(10);
    const number = await finishNext(0.5);
    await dashboard.start();
    await watched.page.locator('.connection[data-state="live"]').waitFor();
    await expect.poll(() => watched.page.locator('.banner').count()).toBe(0);
    await watched.page.getByRole('button', { name: 'Trial', exact: true }).click();
    await watched.page.getByRole('button', { name: 'Trial', exact: true }).click();
    await expect.poll(() => row(watched, number).textContent()).toContain('complete');
    await watched.page.context().close();
  });

  test('a trial is cancelled from its panel, after a question', async () => {
    const asked = await createStorage(database.db).ask(study);
    if (asked.kind !== 'queued') throw new Error('the budget is too small');
    const { page, faults } = await watch(browser());
    await page.goto(`${dashboard.url}/studies/underway/trials?open=${asked.number}`);
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: `Cancel underway#${asked.number}?` });
    await dialog.getByRole('button', { name: `Cancel underway#${asked.number}` }).click();
    await expect.poll(() => page.locator('aside').textContent()).toContain('cancelled');
    await expect.poll(() => dialog.count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

describeInBrowser('with a token', (browser) => {
  const database = useDatabase();
  const token = 'sixteen-letters-';
  let dashboard: Dashboard;
  beforeAll(async () => {
    await seedStudy(database.db, { name: 'guarded', trials: 3 });
    dashboard = await startDashboard(database.db, { token });
  });
  afterAll(() => dashboard.stop());

  test('the browser asks for it once, keeps no copy, and follows a study with the cookie', async () => {
    const { page } = await watch(browser());
    await page.goto(`${dashboard.url}/studies/guarded/trials`);
    const field = page.getByLabel('Token of this server');
    await field.fill('wrong');
    await field.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('this is not the token of this server');
    await field.fill(token);
    await field.press('Enter');
    await settled(page);
    await expect.poll(() => page.locator('[data-row]').count()).toBe(3);
    await page.locator('.connection[data-state="live"]').waitFor();
    expect(await page.evaluate('document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)')).toBe('{}{}');
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: 'assay', httpOnly: true, sameSite: 'Strict' });
    await page.reload();
    await settled(page);
    await expect.poll(() => page.locator('[data-row]').count()).toBe(3);
    await page.context().close();
  });

  test('a session is ended from the help, in every tab of the browser', async () => {
    const { page } = await watch(browser());
    const address = `${dashboard.url}/studies/guarded/trials`;
    const form = (of: Page) => of.getByLabel('Token of this server');
    await page.goto(address);
    await form(page).fill(token);
    await form(page).press('Enter');
    await settled(page);
    const other = await page.context().newPage();
    await other.goto(address);
    await settled(other);
    await page.getByRole('button', { name: 'Help and keys' }).click();
    await page.getByRole('button', { name: 'End this session' }).click();
    for (const tab of [page, other]) await form(tab).waitFor();
    await page.context().close();
  });
});

describeInBrowser('a large study', (browser) => {
  const database = useDatabase();
  let dashboard: Dashboard;
  const sizes = [10_000, 100_000];
  beforeAll(async () => {
    for (const trials of sizes)
      await seedStudy(database.db, {
        name: `of-${trials}`,
        trials,
        space: Object.fromEntries(['a', 'b', 'c'].map((name) => [name, { type: 'float', low: -5, high: 5, log: false, step: null }])),
      });
    dashboard = await startDashboard(database.db);
  });
  afterAll(() => dashboard.stop());

  const kiloBytes = async (address: string): Promise<{ readonly whole: number; readonly beforeData: number } & Watched> => {
    const watched = await watch(browser());
    let beforeData = 0;
    const count = (request: Request): void => {
      // The browser asks for its picture by itself.
      if (!request.url().endsWith('/favicon.svg')) beforeData += 1;
    };
    watched.page.on('request', count);
    await watched.page.goto(dashboard.url + address);
    await watched.page.locator('[data-row], .figure').first().waitFor();
    watched.page.off('request', count);
    await settled(watched.page);
    const whole = (): number => watched.loaded.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
    // Charts load after the figures that they stand beside: until nothing more comes.
    await watched.page.waitForLoadState('networkidle');
    return { ...watched, whole: whole(), beforeData };
  };

  describe.each(['/trials', ''])('its page %j', (page) => {
    test('is as light with 100,000 trials as with 10,000, and asks little before its first data', async () => {
      const [small, large] = [await kiloBytes(`/studies/of-10000${page}`), await kiloBytes(`/studies/of-100000${page}`)];
      expect(small.whole).toBeLessThan(300);
      expect(large.whole).toBeLessThan(small.whole * 1.2);
      for (const { beforeData } of [small, large]) expect(beforeData).toBeLessThanOrEqual(12);
      expect([...small.faults, ...large.faults]).toEqual([]);
      await Promise.all([small, large].map((each) => each.page.context().close()));
    });
  });

  test('is drawn a window at a time, and read as far as one scrolls', async () => {
    const { page } = await kiloBytes('/studies/of-100000/trials');
    const foot = page.locator('.list-foot');
    expect(await foot.textContent()).toContain('50 of 100,000 trials');
    const grid = page.locator('.grid');
    for (const rows of [100, 150]) {
      await page.evaluate("document.querySelector('.grid').scrollTop = 1e6");
      await expect.poll(() => foot.textContent()).toContain(`${rows} of`);
    }
    expect(await grid.getAttribute('aria-rowcount')).toBe('100001');
    expect(await page.locator('[data-row]').count()).toBeLessThan(90);
    await page.context().close();
  });
});
