import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInBrowser } from '../fixtures/chromium.ts';
import { settled, startDashboard, type Watched, watch } from '../fixtures/dashboard.ts';
import { useDatabase } from '../fixtures/database.ts';
import { seedStudy } from '../fixtures/seeded-studies.ts';

describeInBrowser('a chart', (browser) => {
  const database = useDatabase();
  let url = '';
  let stop = async (): Promise<void> => undefined;
  beforeAll(async () => {
    await seedStudy(database.db, { name: 'drawn', trials: 60 });
    ({ url, stop } = await startDashboard(database.db));
  });
  afterAll(() => stop());

  const visit = async (address: string): Promise<Watched> => {
    const watched = await watch(browser());
    await watched.page.goto(url + address);
    await settled(watched.page);
    await watched.page.locator('.plot-host canvas, .parallel canvas').first().waitFor();
    return watched;
  };
  const leave = async ({ page, faults }: Watched): Promise<void> => {
    expect(faults).toEqual([]);
    await page.context().close();
  };
  const path = ({ page }: Watched): string => page.url().slice(url.length);

  test('says what is under the pointer, and a click opens the trial', async () => {
    const watched = await visit('/studies/drawn');
    const area = watched.page.locator('.plot-host .u-over').first();
    const { width, height } = (await area.boundingBox())!;
    const tip = watched.page.locator('.plot-tip').first();
    // From left to right: some mark is near enough to the pointer.
    for (let x = 10; x < width && (await tip.count()) === 0; x += 7) await area.hover({ position: { x, y: height / 2 } });
    const [, number] = /Trial (\d+)/.exec((await tip.textContent()) ?? '')!;
    const [frame, said] = await Promise.all([watched.page.locator('.plot-frame').first().boundingBox(), tip.boundingBox()]);
    expect(said!.x).toBeGreaterThanOrEqual(frame!.x);
    expect(said!.x + said!.width).toBeLessThanOrEqual(frame!.x + frame!.width);
    await watched.page.mouse.down();
    await watched.page.mouse.up();
    await expect.poll(() => path(watched)).toBe(`/studies/drawn/trials/${number}`);
    await leave(watched);
  });

  test('is walked over with the arrow keys, which say each mark, and Enter opens it', async () => {
    const watched = await visit('/studies/drawn');
    const { page } = watched;
    await page.locator('.plot-host').first().focus();
    const said = page.locator('.plot-frame [aria-live]').first();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => said.textContent()).toContain('Trial 0');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    const text = await said.textContent();
    expect(text).not.toContain('Trial 0,');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.plot-tip').count()).toBe(0);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await expect.poll(() => path(watched)).toBe('/studies/drawn/trials/0');
    await leave(watched);
  });

  test('shows its numbers as a table and gives them as a file', async () => {
    const watched = await visit('/studies/drawn');
    const figure = watched.page.locator('figure').first();
    await figure.getByRole('button', { name: 'As table' }).click();
    await expect.poll(() => figure.locator('tbody tr').count()).toBe(60);
    const loading = watched.page.waitForEvent('download');
    await figure.getByRole('button', { name: 'CSV' }).click();
    const file = await loading;
    expect(file.suggestedFilename()).toBe('values-and-the-best-so-far.csv');
    const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\n');
    expect(lines[0]).toBe('trial,state,value');
    expect(lines).toHaveLength(61);
    await leave(watched);
  });

  test('is drawn in the colours of the scheme, also when that changes', async () => {
    const watched = await visit('/studies/drawn');
    const { page } = watched;
    const canvas = page.locator('.plot-host canvas').first();
    const light = await canvas.screenshot();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(async () => (await canvas.screenshot()).equals(light)).toBe(false);
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(async () => (await canvas.screenshot()).equals(light)).toBe(true);
    await leave(watched);
  });

  test('of parallel axes filters the table, by the pointer and by keys, and the address keeps it', async () => {
    const watched = await visit('/studies/drawn/trials');
    const { page } = watched;
    const rows = page.locator('.list-foot').first();
    await expect.poll(() => rows.textContent()).toContain('60');
    const { x, y, height } = (await page.locator('.parallel-track').first().boundingBox())!;
    await page.mouse.move(x + 14, y + height * 0.25);
    await page.mouse.down();
    await page.mouse.move(x + 14, y + height * 0.75, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => path(watched)).toContain('brush=param');
    await expect.poll(() => rows.textContent()).not.toContain('60');
    const inside = page.locator('.parallel-foot .number');
    const within = async (): Promise<number> => Number(/^\d+/.exec((await inside.textContent()) ?? '')?.[0]);
    const dragged = await within();
    expect(dragged).toBeGreaterThan(0);
    await page.reload();
    await settled(page);
    await expect.poll(within).toBe(dragged);
    const high = page.getByRole('slider').nth(1);
    await high.focus();
    for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowDown');
    await expect.poll(within).toBeLessThan(dragged);
    await page.keyboard.press('Escape');
    await expect.poll(() => path(watched)).not.toContain('brush=');
    await expect.poll(() => rows.textContent()).toContain('60');
    await leave(watched);
  });
});
