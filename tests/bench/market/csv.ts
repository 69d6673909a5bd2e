import { execFileSync } from 'node:child_process';
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse';
import { sessionCalendarOf } from '../../../src/market/calendars/index.ts';
import { createBarStore } from '../../../src/market/formats/bar-store.ts';
import { readSeries } from '../../../src/market/formats/read-series.ts';
import { costOnce } from '../measure.ts';
import { runPeer } from '../peers/python.ts';
import { type BenchRow, goalRow, withPeer } from '../row.ts';

const megabytes = 60;
/** Sizes of text whose imports are compared by their memory. */
const [smallMb, largeMb] = [200, 600];

/** Reading of text: a file of minute bars into columns, and the memory of an import. */
export async function csvRows(withPeers: boolean): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-csv-'));
  try {
    const path = join(folder, 'bars.csv');
    writeBars(path, megabytes);
    const rate = (seconds: number): number => megabytes / seconds;
    const row = goalRow('minute bars in CSV into columns, local times', 'MB/s', rate(await leastSeconds(() => readBars(path))), {});
    const pandas = withPeers ? runPeer<{ seconds: number }>('read_csv.py', [path]) : null;
    return [
      withPeer(row, 'csv-parse: to texts, then numbers', rate(await leastSeconds(() => readByPeer(path))), 'more'),
      ...(pandas === null ? [] : [withPeer(row, 'pandas: read_csv with dates and zone', rate(pandas.seconds), 'more')]),
      goalRow(`memory of an import of 5 GB, by those of ${smallMb} and ${largeMb} MB`, 'MB', memoryOf5Gb(folder), { most: 500 }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Minute bars around the clock with four decimals, some 57 bytes a line. */
function writeBars(path: string, size: number): void {
  const file = openSync(path, 'w');
  try {
    writeSync(file, 'timestamp,open,high,low,close,volume\n');
    let [ms, close, seed, bytes] = [Date.UTC(2000, 0, 1), 100, 12_345, 0];
    while (bytes < size * 1e6) {
      let text = '';
      for (let i = 0; i < 5000; i++, ms += 60_000) {
        seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
        const open = close;
        close = Math.max(50, Math.min(200, close + (seed / 2 ** 31 - 0.5) * 0.2));
        const prices = [open, Math.max(open, close) + 0.05, Math.min(open, close) - 0.05, close].map((price) => price.toFixed(4));
        text += `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')},${prices.join(',')},${1 + (seed % 9000)}\n`;
      }
      bytes += writeSync(file, text);
    }
  } finally {
    closeSync(file);
  }
}

async function readBars(path: string): Promise<void> {
  const store = createBarStore(() => tmpdir());
  try {
    await readSeries(
      [{ file: path, format: { zone: 'UTC', stamp: 'start' } }],
      { calendar: sessionCalendarOf('crypto'), barMs: 60_000 },
      store,
    );
  } finally {
    store.remove();
  }
}

/** The same with csv-parse: fields as texts, times by Date, numbers by Number, in arrays. */
async function readByPeer(path: string): Promise<void> {
  const columns: number[][] = Array.from({ length: 6 }, () => []);
  const rows = createReadStream(path, { highWaterMark: 2 ** 18 }).pipe(parse({ from_line: 2 })) as AsyncIterable<string[]>;
  for await (const fields of rows) {
    columns[0]!.push(Date.parse(`${fields[0]!.replace(' ', 'T')}Z`));
    for (let i = 1; i < 6; i++) columns[i]!.push(Number(fields[i]));
  }
}

async function leastSeconds(call: () => Promise<void>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) least = Math.min(least, (await costOnce(call)).cpuMs / 1000);
  return least;
}

/** The largest memory that importing 5 GB takes, on the line through those of two sizes. */
function memoryOf5Gb(folder: string): number {
  const program = fileURLToPath(new URL('../../../src/cli/assay.mjs', import.meta.url));
  const says = `--import=data:text/javascript,${encodeURIComponent("process.on('exit',()=>process.stderr.write('maxrss '+process.resourceUsage().maxRSS+'\\n'))")}`;
  const used = [smallMb, largeMb].map((size) => {
    const path = join(folder, `m${size}.csv`);
    writeBars(path, size);
    const parameters = [
      'data',
      'import',
      path,
      '--name',
      'm',
      '--zone',
      'UTC',
      '--calendar',
      'crypto',
      '--replace',
      '--data-dir',
      join(folder, 'data'),
    ];
    const command = `"${process.execPath}" "${program}" ${parameters.map((one) => `"${one}"`).join(' ')} 2>&1 >/dev/null`;
    const output = execFileSync('sh', ['-c', command], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: says } });
    return Number(/maxrss (\d+)/.exec(output)![1]) / 1024;
  });
  return used[1]! + ((used[1]! - used[0]!) / (largeMb - smallMb)) * (5000 - largeMb);
}
