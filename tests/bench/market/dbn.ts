import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BookFeed } from '../../../src/market/book/feed.ts';
import { MboBook } from '../../../src/market/book/mbo.ts';
import { MinuteFlow } from '../../../src/market/book/minute-flow.ts';
import { depth } from '../../../src/market/book/side.ts';
import { sessionCalendarOf } from '../../../src/market/calendars/index.ts';
import { columnsOf } from '../../../src/market/dbn/columns.ts';
import { recordFlags } from '../../../src/market/dbn/kinds.ts';
import { type DbnFile, dbnOfBytes, openDbn } from '../../../src/market/dbn/reader.ts';
import { sharedDataFile } from '../../fixtures/shared-data.ts';
import { costOnce } from '../measure.ts';
import { runPeer } from '../peers/python.ts';
import { type BenchRow, goalRow, withPeer } from '../row.ts';
import { dbnFiles, hasDbnFiles, longFile, shortened } from './dbn-inputs.ts';

const tick = 250_000_000;
const megabytes = 240;
const typescript = new URL('../../tools/typescript.mjs', import.meta.url).href;

interface PeerTimes {
  readonly files: readonly { readonly objects: PeerTime; readonly price: PeerTime }[];
}

interface PeerTime {
  readonly seconds: number;
  readonly records: number;
}

/** Reading of Databento files: plain bytes into columns, orders into a book, events into minutes. */
export async function dbnRows(withPeers: boolean): Promise<readonly BenchRow[]> {
  if (!hasDbnFiles) {
    console.error('the rows of Databento files are left out: ../shared/data/orderbook is absent');
    return [];
  }
  const files = { 'mbp-10': await longFile('mbp-10', megabytes), mbo: await longFile('mbo', megabytes) };
  const peers = withPeers ? peerTimes([files['mbp-10'], files.mbo]) : null;
  const rate = (time: PeerTime | undefined, bytes: number): number | null => (time === undefined ? null : bytes / 1e6 / time.seconds);
  const rows: BenchRow[] = [];
  for (const [i, schema] of (['mbp-10', 'mbo'] as const).entries()) {
    const bytes = files[schema];
    const seconds = await leastSeconds(() => readColumns(bytes));
    const row = goalRow(`${schema}, plain bytes, every field into columns`, 'MB/s', bytes.length / 1e6 / seconds, { least: 1000 });
    rows.push(withPeer(row, 'databento_dbn: to objects, no field read', rate(peers?.files[i]?.objects, bytes.length), 'more'));
    rows.push(
      withPeer(
        { ...row, goal: null, met: null },
        'databento_dbn: to objects, price read',
        rate(peers?.files[i]?.price, bytes.length),
        'more',
      ),
    );
  }
  const orders = await recordsIn(files.mbo);
  rows.push(
    goalRow(
      'orders into a book, 20 sizes read after each event',
      'M records/s',
      orders / 1e6 / (await leastSeconds(() => readBook(files.mbo))),
      { least: 8 },
    ),
    goalRow(
      'orders into minutes of order flow, ten levels',
      'M records/s',
      orders / 1e6 / (await leastSeconds(() => readMinutes(files.mbo))),
      {},
    ),
    goalRow(
      'mbp-10 into minutes of order flow, ten levels',
      'M records/s',
      (await recordsIn(files['mbp-10'])) / 1e6 / (await leastSeconds(() => readMinutes(files['mbp-10']))),
      {},
    ),
    goalRow('a packed day of orders (.zst) into columns', 'MB/s', (await unpackedMegabytes()) / (await leastSeconds(readPacked)), {}),
    goalRow(`memory that ${megabytes} MB of orders on disk need more than 8 MB`, 'MB', await memoryGrowth(files.mbo), { most: 32 }),
  );
  return rows;
}

async function readColumns(bytes: Uint8Array): Promise<void> {
  for await (const _ of columnsOf(await dbnOfBytes(bytes, 'columns')));
}

async function readPacked(): Promise<void> {
  for await (const _ of columnsOf(await openDbn(sharedDataFile(dbnFiles.mbo))));
}

async function unpackedMegabytes(): Promise<number> {
  let bytes = 0;
  for await (const { count, stride } of (await openDbn(sharedDataFile(dbnFiles.mbo))).runs()) bytes += count * stride;
  return bytes / 1e6;
}

async function readBook(bytes: Uint8Array): Promise<void> {
  const book = new MboBook(tick, 'book');
  let sizes = 0;
  for await (const { words, ints, count, stride, start } of (await dbnOfBytes(bytes, 'book')).runs())
    for (let i = 0, at = start >> 2; i < count; i++, at += stride >> 2) {
      book.apply(words, ints, at);
      if ((words[at + 9]! & recordFlags.last) === 0) continue;
      book.read();
      for (let rank = 0; rank < depth; rank++) sizes += book.bids.size[rank]! + book.asks.size[rank]!;
    }
  if (sizes === 0 || book.counts.unknownOrders + book.counts.repeatedOrders > 0) throw new Error('the book is not that of the file');
}

async function readMinutes(bytes: Uint8Array): Promise<void> {
  await minutesOf(await dbnOfBytes(bytes, 'minutes'));
}

/** Returns the most memory that the process held while it read, in MB. (That of `resourceUsage` begins with what the parent held.) */
async function minutesOf(file: DbnFile): Promise<number> {
  let minutes = 0;
  let most = 0;
  const calendar = sessionCalendarOf('globex-equity');
  const feed = new BookFeed({ tickOf: () => tick, sinkOf: (one) => new MinuteFlow({ ...one, calendar, emit: () => minutes++ }) });
  feed.startFile(file.place, file.header?.schema ?? null);
  for await (const run of file.runs()) {
    feed.push(run);
    most = Math.max(most, process.memoryUsage.rss());
  }
  feed.end(null);
  if (minutes === 0) throw new Error('no minute was made');
  return most / 1e6;
}

async function recordsIn(bytes: Uint8Array): Promise<number> {
  let records = 0;
  for await (const { count } of (await dbnOfBytes(bytes, 'records')).runs()) records += count;
  return records;
}

/** Processor seconds of a call: the least of five, after one to warm up. */
async function leastSeconds(call: () => Promise<void>): Promise<number> {
  await call();
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) least = Math.min(least, (await costOnce(call)).cpuMs / 1000);
  return least;
}

/** How much more a process needs at its peak for a long file than for a short one, in MB. */
async function memoryGrowth(bytes: Uint8Array): Promise<number> {
  return withFiles([shortened(bytes, 8e6), bytes], (paths) => {
    const [short, long] = paths.map((path) =>
      Number(execFileSync(process.execPath, ['--import', typescript, fileURLToPath(import.meta.url), path], { encoding: 'utf8' })),
    );
    return long! - short!;
  });
}

function peerTimes(files: readonly Uint8Array[]): PeerTimes {
  return withFiles(files, (paths) => runPeer<PeerTimes>('dbn.py', paths));
}

/** Writes plain files for another process and removes them. */
function withFiles<Result>(files: readonly Uint8Array[], use: (paths: readonly string[]) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  try {
    return use(
      files.map((bytes, i) => {
        const path = join(folder, `${i}.dbn`);
        writeFileSync(path, bytes);
        return path;
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Reads one file as a process of its own and prints its peak of memory in MB. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await minutesOf(await openDbn(process.argv[2]!)));
}
