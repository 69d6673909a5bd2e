import { rmSync } from 'node:fs';
import { makePrivateFolder } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { Alignment } from '../align-as-of.ts';
import type { CalendarId } from '../calendars/index.ts';
import { type Definition, instrumentOf, readDefinitions } from '../dbn/definitions-file.ts';
import type { Schema } from '../dbn/kinds.ts';
import { readDbnBars } from './dbn-bars.ts';
import { readDbnMinutes, readDbnSnapshots } from './dbn-events.ts';
import { calendarIdOfFiles, type DbnFiles, inspectFiles } from './dbn-files.ts';
import { isQuoteSchema, readDbnQuotes } from './dbn-quotes.ts';
import type { ReadDbn } from './dbn-series.ts';
import { tickOf } from './dbn-ticks.ts';
import { type ImportRules, importBars, strictRules } from './import-bars.ts';
import { datasetsFolder } from './layout.ts';
import { makeWorkFolder } from './work-folder.ts';
import type { WrittenDataset } from './write.ts';

export interface DbnImport {
  readonly dataDir: string;
  readonly name: string;
  /** Of one schema; parts of one time after the other are joined. */
  readonly files: readonly string[];
  /** The symbols that are read, as the files name them; default: all that have records. */
  readonly only?: readonly string[] | undefined;
  /** Names in the data set, parallel to `only` or to the symbols of the files. */
  readonly symbols?: readonly string[] | undefined;
  /** Default: that of the venue, where it is known. */
  readonly calendar?: CalendarId | undefined;
  /** Smallest difference of two prices, for instruments without a definition; default: that of a product that is known. */
  readonly tick?: number | undefined;
  /** A file of definitions. */
  readonly definitions?: string | undefined;
  /** The schema that is read of a file that mixes several. */
  readonly schema?: Schema | undefined;
  readonly allowTruncated?: boolean | undefined;
  readonly maxBytes?: number | undefined;
  readonly rules?: Partial<ImportRules> | undefined;
  /** `snapshots`: a bar a second of a book, its levels as columns. Default: bars of a minute, or of the files' own length. */
  readonly as?: 'bars' | 'snapshots' | undefined;
  /** Default: the times that all symbols have. */
  readonly align?: Alignment | undefined;
  readonly replace?: boolean | undefined;
}

/** What every reader of the files needs. */
export interface DbnReading extends DbnFiles {
  readonly folder: string;
  readonly calendarId: CalendarId;
  readonly schema: Schema | null;
  readonly only: ReadonlySet<string> | null;
  readonly definitions: ReadonlyMap<number, Definition>;
  /** In units of 1e-9; throws where nothing says it. */
  readonly tickOf: (instrumentId: number) => number;
  readonly allowTruncated: boolean;
  readonly maxBytes?: number;
}

const barSchemas: ReadonlySet<string> = new Set(['ohlcv-1s', 'ohlcv-1m', 'ohlcv-1h', 'ohlcv-1d', 'ohlcv-eod']);

/**
 * Imports files of Databento: bars as they are, events of trades or books as minute bars with the columns of `order-flow@1`.
 * @throws AssayError as {@link importBars}; `data_invalid` for damaged files and schemas that hold no trades; `usage` where tick, calendar or
 * symbols have to be declared.
 */
export async function importDbn(request: DbnImport): Promise<WrittenDataset> {
  const found = await inspectFiles(request.files);
  const calendarId = request.calendar ?? calendarIdOfFiles(found);
  const definitions = request.definitions === undefined ? new Map<number, Definition>() : await readDefinitions(request.definitions);
  makePrivateFolder(request.dataDir, datasetsFolder(request.dataDir));
  const folder = makeWorkFolder(request.dataDir, 'reading');
  try {
    const reading: DbnReading = {
      ...found,
      folder,
      calendarId,
      schema: request.schema ?? found.files[0]!.header?.schema ?? null,
      only: request.only === undefined ? null : new Set(request.only),
      definitions,
      tickOf: (id) => definitions.get(id)?.tick ?? tickOf(id, found.symbols, request.tick, found.files[0]!.path),
      allowTruncated: request.allowTruncated ?? false,
      ...(request.maxBytes === undefined ? {} : { maxBytes: request.maxBytes }),
    };
    const read = await readerOf(reading, request.as ?? 'bars')(reading);
    const names = namesOf(
      read.series.map((one) => one.symbol),
      request,
    );
    const contractsOf = (symbol: string) => read.contracts.get(symbol) ?? null;
    return importBars({
      dataDir: request.dataDir,
      name: request.name,
      calendar: calendarId,
      barMs: read.barMs,
      sources: read.series.map(({ symbol, spool }) => ({
        stream: { ...spool.stream(), symbol: names.get(symbol)! },
        file: request.files[0]!,
        instrument: instrumentOf(definitions.get(found.symbols.idsOf(symbol).at(-1) ?? -1), names.get(symbol)!, calendarId),
        contracts: contractsOf(symbol),
      })),
      ...(request.align === undefined ? {} : { align: request.align }),
      // Minutes without a trade have no bar in the source: that is no fault of the files.
      rules: { ...strictRules, gaps: 'allow', ...request.rules, ...(read.hasVolume === false ? { volume: 'none' } : {}) },
      origin: {
        kind: 'import',
        reader: 'dbn',
        sources: read.series.map(({ symbol, facts }) => ({
          symbol: names.get(symbol)!,
          files: [...read.files],
          read: { ...facts, symbol },
        })),
        options: optionsOf(request, calendarId),
      },
      replace: request.replace ?? false,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readerOf({ schema }: DbnReading, as: 'bars' | 'snapshots'): (reading: DbnReading) => Promise<ReadDbn> {
  if (isQuoteSchema(schema)) return readDbnQuotes;
  if (as === 'snapshots') return readDbnSnapshots;
  return barSchemas.has(schema ?? '') ? readDbnBars : readDbnMinutes;
}

function namesOf(symbols: readonly string[], { only, symbols: wanted, files }: DbnImport): ReadonlyMap<string, string> {
  const missing = only?.filter((symbol) => !symbols.includes(symbol)) ?? [];
  if (missing.length > 0 || symbols.length === 0)
    throw new AssayError('data_invalid', `no bar of ${missing.join(', ') || 'any instrument'} is in a session`, {
      place: files[0]!,
      hint: 'look into the file with `assay data dbn`: its records have no prices, or lie outside the hours; declare --calendar if these are others',
    });
  const order = only ?? symbols;
  if (wanted !== undefined && wanted.length !== order.length)
    throw new AssayError('usage', `the files hold ${order.length} symbols (${order.slice(0, 10).join(', ')}), but ${wanted.length} names`, {
      hint: 'name each with --symbols, or choose some with --only',
    });
  return new Map(order.map((symbol, i) => [symbol, wanted?.[i] ?? symbol]));
}

function optionsOf({ tick, schema, as, allowTruncated, only, rules, align }: DbnImport, calendar: CalendarId): Json {
  return {
    calendar,
    ...(tick === undefined ? {} : { tick }),
    ...(schema === undefined ? {} : { schema }),
    ...(as === undefined ? {} : { as }),
    ...(only === undefined ? {} : { only: [...only] }),
    ...(allowTruncated === true ? { allowTruncated } : {}),
    ...(rules === undefined ? {} : { rules: { ...rules } }),
    ...(align === undefined ? {} : { align }),
  };
}
