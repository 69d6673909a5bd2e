import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { BrowserContext, Page } from 'playwright-core';
import { createApi } from '../../src/api/app.ts';
import { listenOptions, serve } from '../../src/api/serve.ts';
import { pagesFolder } from '../../src/api/web/build.ts';
import { type PersistOptions, persist } from '../../src/runner/worker/persistent-storage.ts';
import { connect } from '../../src/storage/connect.ts';
import type { Db } from '../../src/storage/database.ts';
import { listenForChanges } from '../../src/storage/study-changes.ts';
import { startChromium } from '../fixtures/start-chromium.ts';

/** Pages of a study that are open. */
interface OpenStudy {
  /** Closes them once they show what the database holds. Resolves to what they do not show in the end. */
  readonly close: (direct: Db, persistence: PersistOptions) => Promise<readonly string[]>;
}

interface Pages {
  /** Opens the overview and the trials of a study. */
  readonly open: (study: string) => Promise<OpenStudy>;
  /** Pages that were held against the database so far, and answers that they did not get or that said that the database is away. */
  readonly seen: () => { readonly opened: number; readonly refused: number };
  readonly close: () => Promise<void>;
}

/** A page that has not recovered by then never does. */
const recoveryMs = 60_000;

/** As `assay serve` waits. */
const answerMs = 30_000;

/** The server of the pages, behind the broken network, and a browser. Pages are built first: what breaks is to be the study. */
export async function openPages({ databaseUrl, dataDir }: { readonly databaseUrl: string; readonly dataDir: string }): Promise<Pages> {
  const browser = await startChromium();
  const folder = await pagesFolder({ dataDir });
  const connection = await connect({ databaseUrl, answerMs });
  const changes = await listenForChanges(connection.sessions);
  const closing = new AbortController();
  const app = createApi({ db: connection.db, dataDir, changes, closing: closing.signal, pages: async () => folder });
  const serving = await serve(listenOptions({ port: 0 }), app.fetch);
  let [opened, refused] = [0, 0];

  const openPage = async (context: BrowserContext, address: string, ofCharts: boolean): Promise<OpenPage> => {
    const page = await context.newPage();
    const faults: string[] = [];
    let loads = 0;
    page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
    page.on('response', (answer) => {
      if (answer.status() >= 500) refused += 1;
    });
    page.on('requestfailed', () => {
      refused += 1;
    });
    page.on('load', () => {
      loads += 1;
      if (loads > 1) faults.push('loaded again');
    });
    await page.goto(serving.url + address);
    opened += 1;
    return { page, address, ofCharts, faults };
  };

  return {
    open: async (study) => {
      const context = await browser.newContext();
      const open = await Promise.all(['', '/trials'].map((tail) => openPage(context, `/studies/${study}${tail}`, tail === '')));
      return {
        close: async (direct, persistence) => {
          const wanted = await persist(() => countsOf(direct, study), persistence);
          const found = await Promise.all(
            open.map((page) => differenceOf(page, page.ofCharts ? wanted.filter((text) => !text.startsWith('queued')) : wanted)),
          );
          await context.close();
          return found.flat();
        },
      };
    },
    seen: () => ({ opened, refused }),
    close: async () => {
      await browser.close();
      closing.abort();
      await serving.close(0);
      changes.close();
      await connection.close();
    },
  };
}

interface OpenPage {
  readonly page: Page;
  readonly address: string;
  /** True: it counts what its charts can draw, which a queued trial is not. */
  readonly ofCharts: boolean;
  /** Errors that nothing caught, and loads after the first: a page recovers without. */
  readonly faults: readonly string[];
}

/** `complete 140`, `pruned 10`: trials by state, by name. */
async function countsOf(db: Db, study: string): Promise<readonly string[]> {
  const { rows } = await db.execute<{ state: string; n: number }>(sql`
    select state::text, count(*)::int as n from trials join studies on studies.id = study_id where name = ${study} group by state`);
  return rows.map(({ state, n }) => `${state} ${n}`).sort();
}

/** What a page shows: its counts, and every note that something did not come. A text: these types know no browser. */
const shown = `({
  counts: [...document.querySelectorAll('main button:has(.state-mark)')]
    .map((button) => button.querySelector('.state-mark').textContent + ' ' + button.querySelector('.number').textContent.replaceAll(',', ''))
    .sort(),
  notes: [...document.querySelectorAll('.banner, .problem')].map(({ textContent }) => textContent).join('; '),
})`;

/** Waits until a page shows these counts and no note. Resolves to what it shows instead, and to its faults. */
async function differenceOf({ page, address, faults }: OpenPage, wanted: readonly string[]): Promise<readonly string[]> {
  const overMs = performance.now() + recoveryMs;
  for (;;) {
    const { counts, notes } = await page.evaluate<{ readonly counts: readonly string[]; readonly notes: string }>(shown);
    const isRecovered = counts.join() === wanted.join() && notes === '';
    if (!isRecovered && performance.now() < overMs) {
      await sleep(200);
      continue;
    }
    const difference = isRecovered ? [] : [`it shows ${JSON.stringify({ counts, notes })}, and the database holds ${wanted.join(', ')}`];
    return [...difference, ...faults].map((fault) => `the page ${address}: ${fault}`);
  }
}
