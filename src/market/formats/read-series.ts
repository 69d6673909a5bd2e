import { basename } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import type { BarSeries } from '../bars.ts';
import type { SessionCalendar } from '../calendars/calendar.ts';
import { sessionOfBar } from '../sessions.ts';
import { barLengthOf, checkGrid } from './bar-length.ts';
import { type BarTable, reversedBars } from './bar-table.ts';
import { filesOf } from './files.ts';
import { barsInSession, checkSessionGaps } from './in-session.ts';
import { checkAssumedStarts, checkAssumedZone, openEvidenceOf } from './open-evidence.ts';
import { orderOf, type RowOrder } from './order.ts';
import { joinParts } from './parts.ts';
import type { DeclaredFormat, Reading } from './reading.ts';
import { readTable, type SymbolChoice } from './table.ts';
import { defaultMaxBytes, textsOf } from './text.ts';
import { assumesZone, toStarts } from './times.ts';

/** A file, or several of a pattern, and what is declared about it. */
export interface SeriesSource {
  readonly file: string;
  /** Name of the symbol in the data set; default: the file's own name of it, else the beginning of the file's name. */
  readonly symbol?: string | undefined;
  /** Which symbols of the file are read, and their names in the data set; null: the only one. */
  readonly only?: SymbolChoice | undefined;
  readonly format?: DeclaredFormat | undefined;
}

export interface SeriesOptions {
  readonly calendar: SessionCalendar;
  /** Refuses or allows missing bars within a session. */
  readonly gaps: 'refuse' | 'allow';
  /** Refuses or drops bars outside the session's hours. */
  readonly outside: 'refuse' | 'drop';
  /** Length of the bars; without it, it is seen in the files. */
  readonly barMs?: number | undefined;
  /** Limit of unpacked bytes of one file. */
  readonly maxBytes?: number | undefined;
}

/** What was read from one file for one symbol, and how. */
export interface SeriesPart {
  readonly path: string;
  /** File name without its folder. */
  readonly file: string;
  /** The file's own name of the symbol; '' if it names none. */
  readonly named: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly bars: number;
  /** Number of rows of other symbols, and of times without a bar of this one in a file with several side by side. */
  readonly otherSymbols: number;
  readonly emptyBars: number;
  /** True if the file is a page that names a next one. */
  readonly continues: boolean;
  readonly order: RowOrder;
  readonly reading: Reading;
}

/** One symbol's bars and where they are from. */
export interface ReadSeries {
  readonly series: BarSeries;
  readonly parts: readonly SeriesPart[];
  /** Number of bars outside the hours, at a close that the file goes on after, and repeated by a second file. */
  readonly outside: number;
  readonly afterClose: number;
  readonly repeated: number;
  readonly hasVolume: boolean;
}

/** A part with its bars. */
interface LoadedPart extends SeriesPart {
  readonly symbol: string;
  readonly table: BarTable;
}

/**
 * Reads the bars of one symbol or several from files of text, as UTC starts of bars in ascending order. Several files of one symbol are
 * joined in time order.
 * @throws AssayError `not_found` without a file; `usage` for names that cannot be symbols; `data_invalid`, with file, line and column, for
 * content that does not match what was declared or seen, and for what must be declared and is not.
 */
export async function readSeries(
  sources: readonly SeriesSource[],
  options: SeriesOptions,
): Promise<{ barMs: number; all: readonly ReadSeries[] }> {
  const parts: LoadedPart[] = [];
  for (const source of sources)
    for (const file of filesOf(source.file))
      for (const text of await textsOf(file)) parts.push(...(await loadParts(text, source, options)));
  checkChoices(sources, parts);
  const barMs = options.barMs ?? barLengthOf(parts.map(({ path, table }) => ({ path, time: table.time })));
  return { barMs, all: [...bySymbol(parts)].map(([symbol, own]) => seriesOf(symbol, own, barMs, options)) };
}

/** Checks that every chosen symbol has bars in one of its files. */
function checkChoices(sources: readonly SeriesSource[], parts: readonly LoadedPart[]): void {
  const found = new Set(parts.map(({ named }) => named));
  for (const { file, only } of sources)
    for (const name of only?.keys() ?? [])
      if (!found.has(name))
        throw new AssayError('data_invalid', `no file holds a bar of ${name}`, {
          place: file,
          hint: 'write the symbol as it stands in the file; without --only, an import lists what a file holds',
        });
}

async function loadParts(
  text: Awaited<ReturnType<typeof textsOf>>[number],
  { symbol, only = null, format = {} }: SeriesSource,
  options: SeriesOptions,
): Promise<readonly LoadedPart[]> {
  const { reading, tables, bytes, sha256, otherSymbols, emptyBars, continues } = await readTable(
    text,
    format,
    only,
    options.maxBytes ?? defaultMaxBytes,
  );
  return [...tables].map(([named, table]) => {
    const order = orderOf(table, text.path, reading.order);
    return {
      path: text.path,
      file: text.name,
      symbol: checkedSymbol(only?.get(named) ?? symbol ?? symbolIn(named, text.name), text.path),
      named,
      bytes,
      sha256,
      bars: table.time.length,
      otherSymbols,
      emptyBars: emptyBars.get(named) ?? 0,
      continues,
      order,
      reading,
      table: order === 'descending' ? reversedBars(table) : table,
    };
  });
}

function seriesOf(symbol: string, parts: readonly LoadedPart[], barMs: number, options: SeriesOptions): ReadSeries {
  const { calendar } = options;
  const starts = parts.map((part) => toStarts(part, { calendar, barMs, outside: options.outside }));
  const { table, repeated, placeOf } = joinParts(starts, symbol);
  const [first] = parts;
  const evidence = openEvidenceOf(table.time, table.volume, calendar, barMs);
  if (parts.some(({ reading }) => assumesZone(reading))) checkAssumedZone(evidence, calendar, first!.path);
  if (parts.some(({ reading }) => reading.stampFrom === 'assumed' && reading.stampKind !== 'date'))
    checkAssumedStarts(evidence, calendar, first!.path);
  const zone = first!.reading.zone ?? calendar.zone;
  const kept = barsInSession(table, options, placeOf, outsideHint(first!.reading, zone, calendar));
  const { time, open, high, low, close, volume } = kept.table;
  checkGrid(time, barMs, (row) => sessionOfBar(calendar, time[row]!), kept.placeOf);
  if (options.gaps === 'refuse') checkSessionGaps(kept, calendar, barMs);
  return {
    series: { symbol, time, open, high, low, close, volume },
    parts,
    outside: kept.outside + starts.reduce((n, part) => n + part.closedDates, 0),
    afterClose: kept.afterClose,
    repeated,
    hasVolume: parts.every(({ reading }) => reading.fields.values[0]!.volume !== null),
  };
}

function outsideHint(reading: Reading, zone: string, calendar: SessionCalendar): string {
  const hasOffset = reading.stampKind === 'offset' || reading.stampKind.startsWith('epoch');
  const read = hasOffset ? `stamps were read as bar ${reading.stamp}s` : `stamps were read as bar ${reading.stamp}s in ${zone}`;
  const declare = hasOffset ? 'declare --stamp if that is wrong' : 'declare --zone and --stamp if that is wrong';
  return `${read}: ${declare}, drop such bars with --outside drop, or choose another market's hours than those of ${calendar.id} with --calendar`;
}

/** "NVDA" of "NVDA_1m_2018.csv.gz": the file's name up to the first underscore, dot, dash or space. */
export function symbolOfFile(path: string): string {
  return basename(path)
    .split(/[_.\s-]/, 1)[0]!
    .toUpperCase();
}

/** The file's name of the symbol without punctuation ("BRKB" of "BRK.B"); of an instrument's number or no name, the file's. */
function symbolIn(named: string, file: string): string {
  const letters = named.replaceAll(/[^A-Za-z0-9]/g, '');
  return letters === '' || /^\d+$/.test(letters) ? symbolOfFile(file) : letters;
}

/** Checks a symbol: letters and digits only, as it is part of column names ("NVDA.close"). */
function checkedSymbol(symbol: string, file: string): string {
  if (/^[A-Za-z0-9]+$/.test(symbol)) return symbol;
  throw new AssayError('usage', `${JSON.stringify(symbol)} cannot be a symbol`, {
    place: file,
    hint: 'use letters and digits: --symbols NVDA,MSFT, or --only BRK.B=BRKB',
  });
}

function bySymbol(parts: readonly LoadedPart[]): ReadonlyMap<string, readonly LoadedPart[]> {
  const groups = new Map<string, LoadedPart[]>();
  for (const part of parts) {
    const group = groups.get(part.symbol);
    if (group === undefined) groups.set(part.symbol, [part]);
    else group.push(part);
  }
  return groups;
}
