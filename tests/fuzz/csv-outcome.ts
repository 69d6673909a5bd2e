import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { AssayError } from '../../src/core/errors.ts';
import { createRng, type Rng } from '../../src/core/rng.ts';
import { sessionCalendars } from '../../src/market/calendars/index.ts';
import { createBarStore } from '../../src/market/formats/bar-store.ts';
import { layoutOf } from '../../src/market/formats/layouts/index.ts';
import { readSeries, type SeriesSource } from '../../src/market/formats/read-series.ts';
import { mutate } from './mutate.ts';

export type Outcome = 'same' | 'other values' | 'refused';

/** A file to change, and how it is read. */
export interface FuzzedFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly source: Omit<SeriesSource, 'file'>;
  /** The bars that nothing but splits and numbers give; null where it cannot tell. */
  readonly plain: ((text: string) => readonly (readonly number[])[] | null) | null;
}

const nBars = 40;
const startMs = Date.UTC(2018, 1, 16, 14, 30);

interface SampleBar {
  readonly ms: number;
  readonly iso: string;
  readonly prices: readonly [number, number, number, number];
  readonly volume: number;
}

const sample: readonly SampleBar[] = Array.from({ length: nBars }, (_, i) => {
  const ms = startMs + i * 60_000;
  const open = 245 + ((i * 7) % 13) / 8;
  const close = 245 + ((i * 5) % 11) / 8;
  return {
    ms,
    iso: new Date(ms).toISOString(),
    prices: [open, Math.max(open, close) + 0.125, Math.min(open, close) - 0.25, close],
    volume: 100 + ((i * 37) % 91),
  };
});

const table = (header: string | null, line: (bar: SampleBar) => string): string =>
  `${[...(header === null ? [] : [header]), ...sample.map(line)].join('\n')}\n`;

const header = 'datetime,open,high,low,close,volume';
const plainText = table(header, ({ iso, prices, volume }) => [iso, ...prices, volume].join(','));
const newYork = (ms: number): string => new Date(ms - 5 * 3_600_000).toISOString().slice(0, 16);

/** The rows of a text with the sample's header, whose fields are all written as in the sample; null if any is not. */
function plainRows(text: string): readonly (readonly number[])[] | null {
  const [first, ...lines] = text.split('\n');
  const rows = lines.filter((line) => line.trim() !== '').map((line) => line.split(','));
  const isPlain = (fields: readonly string[]): boolean =>
    fields.length === 6 &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(fields[0]!) &&
    fields.slice(1).every((field) => /^\d+(?:\.\d+)?$/.test(field));
  if (first !== header || !rows.every(isPlain)) return null;
  return rows.map(([time, ...values]) => [Date.parse(time!), ...values.map(Number)]);
}

const file = (name: string, text: string | Buffer, source: FuzzedFile['source'] = {}, plain: FuzzedFile['plain'] = null): FuzzedFile => ({
  name,
  bytes: Buffer.from(text),
  source,
  plain,
});
const layout = (id: string): FuzzedFile['source'] => ({ format: { layout: layoutOf(id) } });

/** Files of every kind that the readers tell apart. */
export const fuzzedFiles: readonly FuzzedFile[] = [
  file('plain', plainText, {}, plainRows),
  file('gzip', gzipSync(plainText)),
  file('utf-16', Buffer.from(`\uFEFF${plainText}`, 'utf16le')),
  file(
    'quotes',
    table('"datetime","open","high","low","close","volume"', ({ iso, prices, volume }) => `"${[iso, ...prices, volume].join('","')}"`),
  ),
  file(
    'decimal commas',
    table(header.replaceAll(',', ';'), ({ iso, prices, volume }) =>
      [iso, ...prices.map((price) => String(price).replace('.', ',')), volume].join(';'),
    ),
    { format: { decimal: 'comma' } },
  ),
  file(
    'kibot',
    table(null, ({ ms, prices, volume }) => ['02/16/2018', newYork(ms).slice(11), ...prices, volume].join(',')),
    layout('kibot'),
  ),
  file(
    'ninjatrader',
    table(null, ({ iso, prices, volume }) => [`20180216 ${iso.slice(11, 19).replaceAll(':', '')}`, ...prices, volume].join(';')),
    layout('ninjatrader'),
  ),
  file(
    'local times',
    table(header, ({ ms, prices, volume }) => [newYork(ms), ...prices, volume].join(',')),
    { format: { zone: 'America/New_York' } },
  ),
  file(
    'binance',
    table(null, ({ ms, prices, volume }) => [ms, ...prices, volume, ms + 59_999, 1, 1, 1, 1, 0].join(',')),
    layout('binance-spot'),
  ),
  file(
    'databento',
    table('ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol', ({ ms, prices, volume }) =>
      [`${ms}000000`, 33, 1, 4916, ...prices.map((price) => Math.round(price * 1e9)), volume, 'ESH8'].join(','),
    ),
  ),
  file(
    'polygon',
    table('ticker,volume,open,close,high,low,window_start,transactions', ({ ms, prices: [open, high, low, close], volume }) =>
      ['AAPL', 'MSFT'].map((symbol) => [symbol, volume, open, close, high, low, `${ms}000000`, 9].join(',')).join('\n'),
    ),
    { only: new Map([['MSFT', 'MSFT']]) },
  ),
  file(
    'yfinance',
    table(
      'Price,Close,High,Low,Open,Volume\nTicker,NVDA,NVDA,NVDA,NVDA,NVDA\nDatetime,,,,,',
      ({ iso, prices: [open, high, low, close], volume }) => [`${iso.slice(0, 19)}+00:00`, close, high, low, open, volume].join(','),
    ),
  ),
  file(
    'json',
    JSON.stringify({
      symbol: 'AAPL',
      bars: sample.map(({ iso, prices: [o, h, l, c], volume: v }) => ({ t: iso, o, h, l, c, v })),
      next_page_token: null,
    }),
  ),
];

/** Changes of a text that keep it a text: another digit, another mark, lines twice, gone or exchanged. */
const textMutations: readonly ((text: string, rng: Rng) => string)[] = [
  ...Array.from({ length: 4 }, () => (text: string, rng: Rng) => {
    const at = digitFrom(text, rng.int(text.length));
    return `${text.slice(0, at)}${rng.int(10)}${text.slice(at + 1)}`;
  }),
  (text, rng) => {
    const at = rng.int(text.length);
    return `${text.slice(0, at)}${',;".:-+eE \t0'[rng.int(12)]}${text.slice(at + rng.int(2))}`;
  },
  (text, rng) => {
    const lines = text.split('\n');
    const [from, to] = [rng.int(lines.length), rng.int(lines.length)];
    lines.splice(to, rng.int(2), lines[from]!);
    return lines.join('\n');
  },
];

function digitFrom(text: string, from: number): number {
  const found = text.slice(from).search(/\d/);
  return found < 0 ? text.search(/\d/) : from + found;
}

/** A changed copy of a file: of every second one a few characters or lines, of the others bytes and ranges of bytes. */
export function changedCopy({ bytes }: FuzzedFile, seed: number): Buffer {
  if (seed % 2 === 0) return mutate(bytes, seed);
  const rng = createRng(seed);
  let text = bytes.toString('latin1');
  for (let n = 1 + rng.int(2); n > 0; n--) text = textMutations[rng.int(textMutations.length)]!(text, rng);
  return Buffer.from(text, 'latin1');
}

/** The bars of a file: time, open, high, low, close, volume. */
export async function barsOf(path: string, source: FuzzedFile['source']): Promise<readonly (readonly number[])[]> {
  const store = createBarStore(() => tmpdir());
  const { all } = await readSeries(
    [{ ...source, file: path }],
    { calendar: sessionCalendars.crypto, barMs: 60_000, maxBytes: 2 ** 24 },
    store,
  );
  const blocks = [...all[0]!.stream.blocks()];
  return blocks.flatMap(({ time, open, high, low, close, volume }) =>
    Array.from(time, (ms, row) => [ms, open[row]!, high[row]!, low[row]!, close[row]!, volume[row]!]),
  );
}

const refusals = new Set(['data_invalid', 'usage', 'config_invalid']);

/**
 * Reads a changed file.
 * @param path where it is written.
 * @throws Error for what must not happen: an error without a code, place or hint; bars that are inconsistent, out of order or other than the
 * text says.
 */
export async function outcomeOf(
  path: string,
  { source, plain }: FuzzedFile,
  bytes: Buffer,
  original: readonly (readonly number[])[],
): Promise<Outcome> {
  writeFileSync(path, bytes);
  let bars: readonly (readonly number[])[];
  try {
    bars = await barsOf(path, source);
  } catch (error) {
    const isCoded =
      error instanceof AssayError && refusals.has(error.code) && error.place?.startsWith(path) === true && error.hint !== undefined;
    if (isCoded) return 'refused';
    throw error;
  }
  for (const [row, [time, open, high, low, close, volume]] of bars.entries()) {
    const isOrdered = row === 0 || bars[row - 1]![0]! < time!;
    const isBar = low! > 0 && low! <= Math.min(open!, close!) && high! >= Math.max(open!, close!) && Number.isFinite(high) && volume! >= 0;
    if (!isOrdered || !isBar || !Number.isFinite(volume)) throw new Error(`the bar ${row} is no bar: ${bars[row]!.join(', ')}`);
  }
  const rows = plain?.(bytes.toString('latin1')) ?? null;
  const expected = rows?.toSorted((one, other) => one[0]! - other[0]!) ?? null;
  if (expected !== null && JSON.stringify(expected) !== JSON.stringify(bars)) throw new Error('the bars are not those of the text');
  return JSON.stringify(bars) === JSON.stringify(original) ? 'same' : 'other values';
}
