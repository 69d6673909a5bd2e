import { closeSync, openSync, rmSync } from 'node:fs';
import { makePrivateFolder } from '../../core/data-dir.ts';
import { writeFault } from '../../core/free-space.ts';
import type { Json } from '../../core/json.ts';
import { flowColumns } from '../book/columns.ts';
import { BookFeed } from '../book/feed.ts';
import { MinuteBars } from '../book/minute-bars.ts';
import { MinuteFlow } from '../book/minute-flow.ts';
import { globexEquity } from '../calendars/globex-equity.ts';
import { encodeHeader } from '../dbn/header.ts';
import { priceScale } from '../dbn/kinds.ts';
import type { DbnRun } from '../dbn/runs.ts';
import { bookGeneratorId, generateBook } from '../synthetic/book/generate-book.ts';
import { bookInstrument } from '../synthetic/book/mbo-writer.ts';
import { type BookParameters, bookParameters } from '../synthetic/book/parameters.ts';
import { importBars, strictRules } from './import-bars.ts';
import { datasetsFolder } from './layout.ts';
import { createSpool, writeAll } from './spool.ts';
import { makeWorkFolder } from './work-folder.ts';
import type { WrittenDataset } from './write.ts';

/** Name of the market with a generated book. */
export const bookPreset = 'order-flow';

export interface GenerateBookOptions {
  readonly dataDir: string;
  readonly name: string;
  readonly seed: number | string;
  /** Number of sessions of 1,380 minutes; default 20, a month. */
  readonly sessions?: number;
  /** See {@link BookParameters.edge}; default 0.3. */
  readonly edge?: number;
  /** A file that gets the orders as well, as DBN. */
  readonly orders?: string;
  readonly replace?: boolean;
}

/**
 * Generates the orders of a future, reads them as the orders of a real one are read, and stores the minute bars with their order flow. Equal
 * arguments give equal bytes.
 * @throws AssayError as {@link generateBook} and {@link importBars}; `disk_full` and `unavailable` if a file cannot be written.
 */
export function generateBookDataset(options: GenerateBookOptions): WrittenDataset {
  const { dataDir, name, seed, sessions = 20, edge = bookParameters.edge, orders, replace = false } = options;
  const parameters: BookParameters = { ...bookParameters, edge };
  const { symbol } = parameters;
  makePrivateFolder(dataDir, datasetsFolder(dataDir));
  const folder = makeWorkFolder(dataDir, 'generating');
  const file = orders === undefined ? null : createOrders(orders, parameters);
  try {
    const spool = createSpool(folder, symbol, flowColumns[10]);
    const bars = new MinuteBars(10, ({ time }, prices, volume, flow) => spool.push(time, ...prices, volume, flow));
    const feed = new BookFeed({
      tickOf: () => parameters.tick * priceScale,
      sinkOf: (one) => new MinuteFlow({ ...one, calendar: globexEquity, emit: (minute) => bars.add(minute) }),
    });
    feed.startFile(bookGeneratorId, 'mbo');
    generateBook(parameters, seed, sessions, (run) => {
      feed.push(run);
      file?.append(run);
    });
    feed.end(null);
    return importBars({
      dataDir,
      name,
      replace,
      calendar: 'globex-equity',
      barMs: 60_000,
      sources: [{ stream: spool.stream(), file: bookGeneratorId, instrument: instrumentOf(parameters) }],
      rules: { ...strictRules, gaps: 'allow' },
      origin: {
        kind: 'synthetic',
        generator: bookGeneratorId,
        preset: bookPreset,
        seed,
        parameters: { ...parameters, sessions } as unknown as Json,
      },
    });
  } finally {
    file?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function instrumentOf({ symbol, root, multiplier, tick, firstDate }: BookParameters) {
  return {
    symbol,
    root,
    unit: 'contract' as const,
    multiplier,
    tick,
    currency: 'USD',
    calendar: 'globex-equity' as const,
    feePerSide: null,
    initialMargin: null,
    maintenanceMargin: null,
    validFrom: firstDate,
  };
}

/** A new DBN file of orders. */
function createOrders(path: string, { symbol, firstDate }: BookParameters): { append: (run: DbnRun) => void; close: () => void } {
  const day = Number(firstDate.replaceAll('-', ''));
  const header = encodeHeader({
    version: 3,
    dataset: 'SYNTHETIC',
    schema: 'mbo',
    start: BigInt(globexEquity.sessionOf(firstDate)!.openMs) * 1_000_000n,
    end: null,
    limit: 0n,
    stypeIn: 1,
    stypeOut: 0,
    tsOut: false,
    symbolLength: 71,
    symbols: [symbol],
    partial: [],
    notFound: [],
    mappings: [{ symbol, intervals: [{ start: day, end: 99991231, symbol: String(bookInstrument) }] }],
  });
  try {
    const file = openSync(path, 'w');
    let position = header.length;
    writeAll(file, header, 0);
    return {
      append: ({ bytes, start, count, stride }) => {
        const records = bytes.subarray(start, start + count * stride);
        writeAll(file, records, position);
        position += records.length;
      },
      close: () => closeSync(file),
    };
  } catch (cause) {
    throw writeFault(cause, path);
  }
}
