import { basename } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import { inferBarLength } from '../bar-length.ts';
import type { SessionCalendar } from '../calendars/calendar.ts';
import { dayMs } from '../local-time.ts';
import type { BarStream } from '../stream.ts';
import type { BarStore } from './bar-store.ts';
import { filesOf } from './files.ts';
import { joinParts } from './joined-parts.ts';
import { checkAssumedStarts, checkAssumedZone, openEvidenceOf } from './open-evidence.ts';
import type { DeclaredFormat } from './reading.ts';
import { readTable, type SymbolChoice } from './table.ts';
import { defaultMaxBytes, type TextSource, textsOf } from './text.ts';
import { assumesZone, type Part, streamOfPart } from './times.ts';

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
  /** Length of the bars; without it, it is seen in the files. */
  readonly barMs?: number | undefined;
  /** Limit of unpacked bytes of one file. */
  readonly maxBytes?: number | undefined;
}

/** What was read from one file for one symbol, and how. */
export interface SeriesPart extends Part {
  /** File name without its folder. */
  readonly file: string;
  readonly symbol: string;
  /** The file's own name of the symbol; '' if it names none. */
  readonly named: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Number of rows of other symbols, and of times without a bar of this one in a file with several side by side. */
  readonly otherSymbols: number;
  readonly emptyBars: number;
  /** True if the file is a page that names a next one. */
  readonly continues: boolean;
  /** Files of the same archive that were not read. */
  readonly otherEntries?: readonly string[] | undefined;
}

/** One symbol's bars and where they are from. */
export interface ReadSeries {
  readonly stream: BarStream;
  readonly parts: readonly SeriesPart[];
  /** Number of bars that a second file repeats. */
  readonly repeated: number;
  readonly hasVolume: boolean;
}

/**
 * Reads the bars of one symbol or several from files of text, as streams of UTC starts of bars in ascending order. Several files of one
 * symbol are joined in time order.
 * @param store holds the bars until it is removed.
 * @throws AssayError `not_found` without a file; `usage` for a choice of symbols in a file that names none; `data_invalid`, with file, line
 * and column, for content that does not match what was declared or seen, and for what must be declared and is not.
 */
export async function readSeries(
  sources: readonly SeriesSource[],
  options: SeriesOptions,
  store: BarStore,
): Promise<{ barMs: number; all: readonly ReadSeries[] }> {
  const parts: SeriesPart[] = [];
  for (const source of sources)
    for (const file of filesOf(source.file))
      for (const text of await textsOf(file)) parts.push(...(await readParts(text, source, options.maxBytes ?? defaultMaxBytes, store)));
  checkChoices(sources, parts);
  const groups = bySymbol(parts);
  const barMs = options.barMs ?? barLengthOf(groups, options.calendar);
  return { barMs, all: [...groups].map(([symbol, own]) => seriesOf(symbol, own, options.calendar, barMs)) };
}

async function readParts(
  text: TextSource,
  { symbol, only = null, format = {} }: SeriesSource,
  maxBytes: number,
  store: BarStore,
): Promise<readonly SeriesPart[]> {
  const { reading, series, bytes, sha256, otherSymbols, emptyBars, continues } = await readTable(text, format, only, maxBytes, store);
  return [...series].map(([named, { bars, order }]) => ({
    path: text.path,
    file: text.name,
    symbol: only?.get(named) ?? symbol ?? symbolIn(named, text.name),
    named,
    bytes,
    sha256,
    otherSymbols,
    emptyBars: emptyBars.get(named) ?? 0,
    continues,
    otherEntries: text.otherEntries,
    order,
    reading,
    bars,
  }));
}

/** Checks that every chosen symbol has bars in one of its files. */
function checkChoices(sources: readonly SeriesSource[], parts: readonly SeriesPart[]): void {
  const found = new Set(parts.map(({ named }) => named));
  for (const { file, only } of sources)
    for (const name of only?.keys() ?? [])
      if (!found.has(name))
        throw new AssayError('data_invalid', `no file holds a bar of ${name}`, {
          place: file,
          hint: 'write the symbol as it stands in the file; without --only, an import lists what a file holds',
        });
}

/** The common length of all symbols' bars; those of dates alone are days. */
function barLengthOf(groups: ReadonlyMap<string, readonly SeriesPart[]>, calendar: SessionCalendar): number {
  const lengths = [...groups].map(([symbol, parts]) => {
    if (parts.every(({ reading }) => reading.stampKind === 'date')) return { path: parts[0]!.path, barMs: dayMs };
    const { stream } = joinedOf(symbol, parts, calendar, null);
    return { path: parts[0]!.path, barMs: inferBarLength(stream, calendar, parts[0]!.path).barMs };
  });
  const [first] = lengths;
  const other = lengths.find(({ barMs }) => barMs !== first!.barMs);
  if (other === undefined) return first!.barMs;
  throw new AssayError(
    'data_invalid',
    `bars of ${first!.barMs / 1000} s in ${first!.path} and of ${other.barMs / 1000} s here cannot be aligned`,
    {
      place: other.path,
      hint: 'import files with bars of one length together',
    },
  );
}

function joinedOf(symbol: string, parts: readonly SeriesPart[], calendar: SessionCalendar, barMs: number | null) {
  return joinParts(
    parts.map((part) => ({ path: part.path, stream: streamOfPart(part, symbol, calendar, barMs) })),
    symbol,
  );
}

function seriesOf(symbol: string, parts: readonly SeriesPart[], calendar: SessionCalendar, barMs: number): ReadSeries {
  const { stream, repeated } = joinedOf(symbol, parts, calendar, barMs);
  const { path } = parts[0]!;
  const isZoneAssumed = parts.some(({ reading }) => assumesZone(reading));
  const isStampAssumed = barMs < dayMs && parts.some(({ reading }) => reading.stampFrom === 'assumed');
  if (isZoneAssumed || isStampAssumed) {
    const evidence = openEvidenceOf(stream, calendar, barMs);
    if (isZoneAssumed) checkAssumedZone(evidence, calendar, path);
    if (isStampAssumed) checkAssumedStarts(evidence, calendar, path);
  }
  const hasVolume = parts.every(({ reading, named }) => {
    const { values } = reading.fields;
    return (values.find((side) => side.symbol === named) ?? values[0]!).volume.length > 0;
  });
  return { stream, parts, repeated, hasVolume };
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

function bySymbol(parts: readonly SeriesPart[]): ReadonlyMap<string, readonly SeriesPart[]> {
  const groups = new Map<string, SeriesPart[]>();
  for (const part of parts) {
    const group = groups.get(part.symbol);
    if (group === undefined) groups.set(part.symbol, [part]);
    else group.push(part);
  }
  return groups;
}
