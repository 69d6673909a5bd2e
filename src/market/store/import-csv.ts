import { rmSync } from 'node:fs';
import { makePrivateFolder } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { Alignment } from '../align-as-of.ts';
import type { SessionCalendar } from '../calendars/calendar.ts';
import { calendarFromStreams, fromDataId } from '../calendars/from-data.ts';
import { type CalendarId, sessionCalendarOf } from '../calendars/index.ts';
import { type ExportedFacts, exportedFactsOf } from '../export/exported-facts.ts';
import { type BarStore, createBarStore } from '../formats/bar-store.ts';
import { readingFactsOf } from '../formats/describe.ts';
import { filesOf } from '../formats/files.ts';
import { type ReadSeries, readSeries } from '../formats/read-series.ts';
import type { DeclaredFormat } from '../formats/reading.ts';
import type { SymbolChoice } from '../formats/table.ts';
import { hasContractColumns, labelledContracts } from '../labelled-contracts.ts';
import { type RollRule, rollRuleText } from '../rolls.ts';
import { type BarSource, type ImportRules, importBars, strictRules } from './import-bars.ts';
import { datasetsFolder } from './layout.ts';
import type { DatasetOrigin } from './manifest.ts';
import { makeWorkFolder } from './work-folder.ts';
import type { WrittenDataset } from './write.ts';

/** A file, or several of a pattern; what is declared here takes precedence over what is declared for all. */
export interface ImportSource extends DeclaredFormat {
  readonly file: string;
  /** Name of the symbol in the data set; default: the file's own name of it, else the beginning of the file's name. */
  readonly symbol?: string | undefined;
  /** Which symbols of the file are read, and their names in the data set. */
  readonly only?: SymbolChoice | undefined;
}

export interface CsvImport {
  readonly dataDir: string;
  readonly name: string;
  /** Several files of one symbol are joined in time order. */
  readonly sources: readonly ImportSource[];
  /** What is declared about all files. */
  readonly format?: DeclaredFormat | undefined;
  readonly only?: SymbolChoice | undefined;
  /** Default: the exported data set's, else us-equities. */
  readonly calendar?: CalendarId | undefined;
  /** Length of the bars; without it, it is seen in the files. */
  readonly barMs?: number | undefined;
  /** Joins contracts to one symbol per product. */
  readonly roll?: RollRule | undefined;
  /** Default: the times that all symbols have. */
  readonly align?: Alignment | undefined;
  /** Default: {@link strictRules}. */
  readonly rules?: Partial<ImportRules> | undefined;
  /** Limit of unpacked bytes of one file. */
  readonly maxBytes?: number | undefined;
  readonly replace?: boolean | undefined;
}

/**
 * Imports the bars of one or more symbols from files of text, aligned by time, as a data set. Memory is constant.
 * @throws AssayError as {@link readSeries} and {@link importBars}; `usage` without a file.
 */
export async function importCsv(request: CsvImport): Promise<WrittenDataset> {
  const { sources, dataDir, name, replace = false } = request;
  const { rules = {}, maxBytes } = request;
  if (sources.length === 0) throw new AssayError('usage', 'no file to import');
  const facts = await exportedBy(sources);
  const calendarId = request.calendar ?? facts?.calendar ?? 'us-equities';
  const declaredMs = request.barMs ?? facts?.barMs;
  // What shows the zone and the length of the bars is looked for around the clock where sessions are made of the bars.
  const calendar = calendarId === fromDataId ? { ...sessionCalendarOf('crypto'), id: fromDataId } : sessionCalendarOf(calendarId);
  const spool = createSpoolFolder(dataDir);
  const store = createBarStore(spool.folder);
  try {
    const { barMs, all } = await readSeries(
      sources.map(({ file, symbol, only, ...own }) => ({
        file,
        symbol,
        only: only ?? request.only ?? symbolsOf(facts),
        format: { ...columnsOf(facts), ...defined(request.format ?? {}), ...defined(own) },
      })),
      { calendar, barMs: declaredMs, maxBytes },
      store,
    );
    return importBars({
      dataDir,
      name,
      replace,
      barMs,
      calendar: calendarId,
      sources: all.map((one) =>
        sourceOf(one, {
          calendar: calendarId === fromDataId ? calendarFromStreams([one.stream], barMs) : calendar,
          store,
          facts,
          roll: request.roll,
        }),
      ),
      ...(request.roll === undefined ? {} : { roll: request.roll }),
      ...(request.align === undefined ? {} : { align: request.align }),
      rules: { ...strictRules, ...rules, ...(all.every(({ hasVolume }) => hasVolume) ? {} : { volume: 'none' }) },
      origin: originOf(
        all,
        {
          ...{ ...strictRules, ...rules, barMs: declaredMs ?? null },
          roll: request.roll === undefined ? null : rollRuleText(request.roll),
          ...(request.align === undefined ? {} : { align: request.align }),
        },
        calendar.zone,
      ),
    });
  } finally {
    store.remove();
    spool.remove();
  }
}

/** What an exported data set says about itself, where a single file of one is imported. */
async function exportedBy(sources: readonly ImportSource[]): Promise<ExportedFacts | null> {
  const [only, ...others] = sources.flatMap(({ file }) => filesOf(file));
  return only === undefined || others.length > 0 ? null : exportedFactsOf(only);
}

function symbolsOf(facts: ExportedFacts | null): SymbolChoice | undefined {
  return facts === null ? undefined : new Map(facts.symbols.map((symbol) => [symbol, symbol]));
}

/** The named columns of an exported data set, which are kept unless others are declared. */
function columnsOf(facts: ExportedFacts | null): DeclaredFormat {
  return facts === null || facts.columns.length === 0 ? {} : { extra: Object.fromEntries(facts.columns.map((name) => [name, name])) };
}

function sourceOf(
  { stream, parts }: ReadSeries,
  of: { calendar: SessionCalendar; store: BarStore; facts: ExportedFacts | null; roll: RollRule | undefined },
): BarSource {
  const { calendar, store, facts, roll } = of;
  const file = parts[0]!.path;
  const known = facts?.instruments[stream.symbol];
  const source: BarSource = { stream, file, ...(known == null ? {} : { instrument: known }) };
  if (!hasContractColumns(stream)) return source;
  const rule = facts?.rules[stream.symbol];
  const labels = { nameOf: store.labels.textOf, place: file, ...(rule === undefined ? {} : { rule }) };
  const { stream: labelled, contracts } = labelledContracts(stream, calendar, labels);
  if (contracts !== null && roll !== undefined)
    throw new AssayError('usage', `the bars of ${stream.symbol} name their contracts already: they are rolled`, {
      place: file,
      hint: 'leave --roll out, or import the contracts themselves',
    });
  return { ...source, stream: labelled, contracts };
}

/** A folder beside the data sets for bars that do not fit into memory, made when it is needed. */
function createSpoolFolder(dataDir: string): { readonly folder: () => string; readonly remove: () => void } {
  let folder: string | null = null;
  return {
    folder: () => {
      makePrivateFolder(dataDir, datasetsFolder(dataDir));
      folder ??= makeWorkFolder(dataDir, 'reading');
      return folder;
    },
    remove: () => {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The members of an object that are not undefined. */
function defined<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<Value>;
}

function originOf(all: readonly ReadSeries[], options: Json, calendarZone: string): DatasetOrigin {
  return {
    kind: 'import',
    reader: 'csv',
    sources: all.map(({ stream, parts, repeated }) => ({
      symbol: stream.symbol,
      files: parts.map(({ file, bytes, sha256 }) => ({ file, bytes, sha256 })),
      read: { repeated, files: parts.map((part) => readingFactsOf(part, calendarZone)) },
    })),
    options,
  };
}
