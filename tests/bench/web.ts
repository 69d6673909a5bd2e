/**
 * What a page costs, in a real browser: `npm run bench:web [-- --json] [-- --peers] [-- --trials 10000,100000]`. Each page is opened in turn,
 * every time with an empty cache; numbers are medians of the rounds.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import { longAnswerMs, withAnswerLimit } from '../../src/storage/answer-limit.ts';
import { stopEmbedded } from '../../src/storage/embedded/server.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { startChromium } from '../fixtures/start-chromium.ts';
import { peerProgram, runPeer } from './peers/python.ts';
import { type BenchRow, goalRow, printRows, withPeer } from './row.ts';
import { fillStudy } from './storage/load.ts';
import { type Opened, openPage, type PageAsked } from './web/browser.ts';
import { framesWhileScrolling } from './web/scroll.ts';
import { startServer } from './web/servers.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    trials: { type: 'string', default: '10000,100000' },
    runs: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
  },
});
const sizes = flags.trials.split(',').map(Number);
const rounds = Number(flags.rounds);
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'assay-bench-web-'));
const dataDir = join(folder, 'data');
const watched = { limitMs: 60_000, idleMs: 15_000 };

/** The best value as text, and the chart of all values. */
const oursAwaited = ['.standing .large .number', '.plot-host canvas'];
/** A chart of values with points in it; what stands in its place while the data load has none. */
const optunaAwaited = ['.js-plotly-plot .scatterlayer .points path, .js-plotly-plot .gl-canvas'];
/** Rows of the table of runs. */
const mlflowAwaited = ['text=bench-run-'];

type Opens = Record<string, PageAsked>;

async function fillOurs(): Promise<void> {
  const connection = await openDatabase({ dataDir });
  try {
    for (const trials of sizes) await withAnswerLimit(longAnswerMs, () => fillStudy(connection.db, `bench-${trials}`, trials));
    await withAnswerLimit(longAnswerMs, () => connection.db.execute(sql`vacuum analyze`));
  } finally {
    await connection.close();
  }
}

/** Ends what was started, the newest first. */
const stops: (() => Promise<void>)[] = [];

async function started(...asked: Parameters<typeof startServer>): Promise<string> {
  const { url, stop } = await startServer(...asked);
  stops.push(stop);
  return url;
}

interface Measured {
  readonly opened: ReadonlyMap<string, readonly Opened[]>;
  /** Frames in a second while our table of trials is scrolled, by size. */
  readonly frames: ReadonlyMap<number, number>;
}

async function measure(): Promise<Measured> {
  const pages: Opens = {};
  await fillOurs();
  const serve = (port: number) => [join(root, 'src/cli/assay.mjs'), 'serve', '--port', String(port), '--data-dir', dataDir];
  const ours = await started(process.execPath, serve);
  for (const trials of sizes) pages[`ours ${trials}`] = { url: `${ours}/studies/bench-${trials}`, awaited: oursAwaited, ...watched };
  if (flags.peers) {
    const peers = join(folder, 'peers');
    mkdirSync(peers);
    const { experiment } = runPeer<{ readonly experiment: string }>(
      'dashboards.py',
      [],
      JSON.stringify({ folder: peers, trials: sizes, runs: Number(flags.runs) }),
    );
    for (const trials of sizes) {
      const database = `sqlite:///${join(peers, `optuna-${trials}.db`)}`;
      const optuna = await started(peerProgram('dashboards.py', 'optuna-dashboard'), (port) => [
        database,
        '--host',
        '127.0.0.1',
        '--port',
        String(port),
      ]);
      pages[`optuna ${trials}`] = { url: `${optuna}/dashboard/studies/1`, awaited: optunaAwaited, ...watched };
    }
    const store = `sqlite:///${join(peers, 'mlflow.db')}`;
    const server = ['server', '--backend-store-uri', store, '--host', '127.0.0.1', '--workers', '1', '--port'];
    const mlflow = await started(peerProgram('dashboards.py', 'mlflow'), (port) => [...server, String(port)]);
    pages['mlflow'] = { url: `${mlflow}/#/experiments/${experiment}/runs`, awaited: mlflowAwaited, ...watched };
  }
  const browser = await startChromium();
  stops.push(() => browser.close());
  const opened = new Map<string, Opened[]>(Object.keys(pages).map((name) => [name, []]));
  // The first request builds the pages; nobody waits for that twice.
  await openPage(browser, { ...Object.values(pages)[0]!, idleMs: 100 });
  for (let round = 0; round < rounds; round++)
    for (const [name, page] of Object.entries(pages)) {
      opened.get(name)!.push(await openPage(browser, page));
      if (!flags.json) console.error(`${round + 1} of ${rounds}: ${name} ${JSON.stringify(opened.get(name)!.at(-1))}`);
    }
  const frames = new Map<number, number>();
  for (const trials of sizes) {
    const each: number[] = [];
    for (let round = 0; round < rounds; round++) each.push(await framesWhileScrolling(browser, `${ours}/studies/bench-${trials}/trials`));
    frames.set(trials, median(each));
  }
  return { opened, frames };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly of: (opened: Opened) => number;
  readonly most?: number;
}

const never = watched.limitMs;
const figures: readonly Figure[] = [
  { name: 'readable after', unit: 'ms', of: ({ readableMs }) => readableMs ?? never, most: 1000 },
  { name: 'on the wire until then', unit: 'kB', of: ({ bytes }) => bytes / 1000, most: 300 },
  { name: 'requests until then', unit: '', of: ({ requests }) => requests, most: 12 },
  { name: 'memory of its script', unit: 'MB', of: ({ heapBytes }) => heapBytes / 1e6, most: 150 },
  { name: 'open and idle, a minute', unit: 'kB', of: ({ idleBytes }) => idleBytes / 1000 },
  { name: 'requests then, a minute', unit: '', of: ({ idleRequests }) => idleRequests },
];

function rowsOf({ opened, frames }: Measured): readonly BenchRow[] {
  return sizes
    .flatMap((trials) =>
      figures.map(({ name, unit, of, most }) => {
        const figure = (page: string): number | null => {
          const all = opened.get(page);
          return all === undefined ? null : median(all.map(of));
        };
        const row = goalRow(
          `${trials.toLocaleString('en')} trials: ${name}`,
          unit,
          figure(`ours ${trials}`)!,
          most === undefined ? {} : { most },
        );
        return withPeer(row, 'optuna-dashboard 0.21', figure(`optuna ${trials}`), 'less');
      }),
    )
    .concat(
      sizes.map((trials) =>
        goalRow(`${trials.toLocaleString('en')} trials: frames while the table is scrolled`, 'a second', frames.get(trials)!, {
          least: 50,
        }),
      ),
      opened.has('mlflow')
        ? figures.map(({ name, unit, of }) => {
            const ours = median(opened.get(`ours ${sizes[0]}`)!.map(of));
            return withPeer(
              goalRow(`beside ${flags.runs} runs of MLflow: ${name}`, unit, ours, {}),
              'MLflow 3.17',
              median(opened.get('mlflow')!.map(of)),
              'less',
            );
          })
        : [],
    );
}

try {
  printRows(rowsOf(await measure()), flags.json);
} finally {
  for (const stop of stops.toReversed()) await stop();
  await stopEmbedded({ dataDir }).catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
}
