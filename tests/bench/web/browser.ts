import { type Browser, errors, type Page } from 'playwright-core';

/** A page as it is opened with an empty cache, and while it stays open. */
export interface Opened {
  /** From the request until what a person came for can be read; null: not within the limit. */
  readonly readableMs: number | null;
  /** On the wire until then, with headers. */
  readonly bytes: number;
  readonly requests: number;
  /** Of the page's script, after a collection. */
  readonly heapBytes: number;
  /** While nothing happens, in a minute. */
  readonly idleBytes: number;
  readonly idleRequests: number;
}

export interface PageAsked {
  readonly url: string;
  /** Selectors of what a person came for: readable once each is visible. Policies of pages forbid to evaluate code in them. */
  readonly awaited: readonly string[];
  readonly limitMs: number;
  /** How long it is watched afterwards. */
  readonly idleMs: number;
}

export async function openPage(browser: Browser, { url, awaited, limitMs, idleMs }: PageAsked): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const traffic = await watchTraffic(page);
    const startedMs = performance.now();
    const isReadable = await untilReadable(page, url, awaited, limitMs);
    const readableMs = isReadable ? performance.now() - startedMs : null;
    const opened = { ...traffic };
    const heapBytes = await heapOf(page);
    const before = { ...traffic };
    await page.waitForTimeout(idleMs);
    const minute = 60_000 / idleMs;
    return {
      readableMs,
      ...opened,
      heapBytes,
      idleBytes: (traffic.bytes - before.bytes) * minute,
      idleRequests: (traffic.requests - before.requests) * minute,
    };
  } finally {
    await context.close();
  }
}

/** False where the limit passes first, also before the server answers at all. */
async function untilReadable(page: Page, url: string, awaited: readonly string[], limitMs: number): Promise<boolean> {
  try {
    await page.goto(url, { waitUntil: 'commit', timeout: limitMs });
    const visible = awaited.map((selector) => page.locator(selector).first().waitFor({ state: 'visible', timeout: limitMs }));
    await Promise.all(visible);
    return true;
  } catch (error) {
    if (error instanceof errors.TimeoutError) return false;
    throw error;
  }
}

async function watchTraffic(page: Page): Promise<{ bytes: number; requests: number }> {
  const traffic = { bytes: 0, requests: 0 };
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.requestWillBeSent', ({ request }) => {
    if (/^https?:/.test(request.url)) traffic.requests += 1;
  });
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    traffic.bytes += encodedDataLength;
  });
  return traffic;
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  await session.detach();
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
}
