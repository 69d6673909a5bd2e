// `npm run shots`: the screenshots of the README, of the quickstart's data in the data directory (run `assay quickstart` once).
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createApi } from '../../src/api/app.ts';
import { listenOptions, serve } from '../../src/api/serve.ts';
import { pagesFolder } from '../../src/api/web/build.ts';
import { connect } from '../../src/storage/connect.ts';
import { startChromium } from '../fixtures/start-chromium.ts';

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));

/** Two that tell most: what was tried, and why the best may be trusted. */
const shots = [
  ['trials', '/studies/quickstart-planted/trials?sort=-value&open=2'],
  ['validation', '/studies/quickstart-planted/validation'],
] as const;

const connection = await connect({});
const serving = await serve(listenOptions({ port: 0 }), createApi({ db: connection.db, pages: () => pagesFolder() }).fetch);
const browser = await startChromium();
try {
  await mkdir(folder, { recursive: true });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', reducedMotion: 'reduce' });
  for (const [name, address] of shots) {
    await page.goto(serving.url + address);
    await page.waitForLoadState('networkidle');
    await page.waitForFunction("document.querySelector('.panel-skeleton, [aria-busy=true]') === null");
    await page.screenshot({ path: `${folder}${name}.png` });
    console.log(`${folder}${name}.png`);
  }
} finally {
  await browser.close();
  await serving.close(0);
  await connection.close();
}
