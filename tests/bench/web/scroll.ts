import type { Browser } from 'playwright-core';

/** How long the table is scrolled. */
const scrolledMs = 3000;

/** Counts the frames that are drawn from the first one on. */
const counting = `new Promise((resolve) => {
  let [frames, begun] = [0, null];
  const next = (now) => {
    begun ??= now;
    frames += 1;
    if (now - begun < ${scrolledMs}) requestAnimationFrame(next);
    else resolve((1000 * (frames - 1)) / (now - begun));
  };
  requestAnimationFrame(next);
})`;

/** Frames in a second while the table of a page is scrolled by a wheel, with rows read as they come into sight. */
export async function framesWhileScrolling(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await page.goto(url);
    const row = page.locator('[data-row]').first();
    await row.waitFor({ state: 'visible' });
    await row.hover();
    const counted = page.evaluate<number>(counting);
    let running = true;
    void counted.finally(() => {
      running = false;
    });
    while (running) {
      await page.mouse.wheel(0, 200);
      await page.waitForTimeout(16);
    }
    return await counted;
  } finally {
    await context.close();
  }
}
