import { AssayError } from '../../core/errors.ts';
import { refuseAbsurd } from '../absurd.ts';
import { alignBars } from '../align.ts';
import type { AlignedBars } from '../bars.ts';
import { type CalendarId, sessionCalendarOf } from '../calendars/index.ts';
import { readingFactsOf } from '../formats/describe.ts';
import { type ReadSeries, readSeries } from '../formats/read-series.ts';
import type { DeclaredFormat } from '../formats/reading.ts';
import type { SymbolChoice } from '../formats/table.ts';
import { absurdBarsOf, qualityOf } from '../quality.ts';
import type { DatasetOrigin } from './manifest.ts';
import { type WrittenDataset, writeDataset } from './write.ts';

/** A file, or several of a pattern; what is declared here takes precedence over what is declared for all. */
export interface ImportSource extends DeclaredFormat {
  readonly file: string;
  /** Name of the symbol in the data set; default: the file's own name of it, else the beginning of the file's name. */
  readonly symbol?: string | undefined;
  /** Which symbols of the file are read, and their names in the data set. */
  readonly only?: SymbolChoice | undefined;
}

export interface CsvImport extends DeclaredFormat {
  readonly dataDir: string;
  readonly name: string;
  /** Several files of one symbol are joined in time order. */
  readonly sources: readonly ImportSource[];
  readonly only?: SymbolChoice | undefined;
  /** Default us-equities. */
  readonly calendar?: CalendarId | undefined;
  /** Length of the bars; without it, it is seen in the files. */
  readonly barMs?: number | undefined;
  /** Refuses or allows missing bars within a session. Default: refuse. */
  readonly gaps?: 'refuse' | 'allow' | undefined;
  /** Refuses or drops bars outside the session's hours. Default: refuse. */
  readonly outside?: 'refuse' | 'drop' | undefined;
  /** Refuses or allows implausible values, see {@link refuseAbsurd}. Default: refuse. */
  readonly jumps?: 'refuse' | 'allow' | undefined;
  /** Limit of unpacked bytes of one file. */
  readonly maxBytes?: number | undefined;
  readonly replace?: boolean | undefined;
}

/**
 * Imports the bars of one or more symbols, aligned by time, as a data set.
 * @throws AssayError as {@link readSeries}; `usage` without a file; `conflict`, `disk_full` and `unavailable` as {@link writeDataset}.
 */
export async function importCsv(request: CsvImport): Promise<WrittenDataset> {
  const {
    sources,
    dataDir,
    name,
    only,
    calendar: calendarId = 'us-equities',
    barMs: declaredBarMs,
    maxBytes,
    replace = false,
    ...rest
  } = request;
  const { gaps = 'refuse', outside = 'refuse', jumps = 'refuse', ...format } = rest;
  const calendar = sessionCalendarOf(calendarId);
  if (sources.length === 0) throw new AssayError('usage', 'no file to import');
  const { barMs, all } = await readSeries(
    sources.map(({ file, symbol, only: own, ...ownFormat }) => ({
      file,
      symbol,
      only: own ?? only,
      format: { ...format, ...defined(ownFormat) },
    })),
    { calendar, gaps, outside, barMs: declaredBarMs, maxBytes },
  );
  if (jumps === 'refuse') for (const one of all) refuseAbsurd(one.series, absurdBarsOf(one.series, calendar), one.parts[0]!.path);
  const { bars, report } = alignBars(
    all.map((one) => one.series),
    { calendar, barMs },
  );
  refuseEqualPrices(bars);
  return writeDataset({
    dataDir,
    name,
    replace,
    bars,
    calendar: calendarId,
    origin: originOf(all, { gaps, outside, jumps, barMs: declaredBarMs ?? null }, calendar.zone, report.dropped),
    quality: all.map((one) => qualityOf(one.series, calendar, barMs)),
  });
}

/** The members of an object that are not undefined. */
function defined<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<Value>;
}

type CsvOrigin = Extract<DatasetOrigin, { kind: 'csv' }>;

function originOf(
  all: readonly ReadSeries[],
  options: CsvOrigin['options'],
  calendarZone: string,
  dropped: ReturnType<typeof alignBars>['report']['dropped'],
): CsvOrigin {
  return {
    kind: 'csv',
    sources: all.flatMap(({ series, parts }) =>
      parts.map((part) => ({
        symbol: series.symbol,
        file: part.file,
        bytes: part.bytes,
        sha256: part.sha256,
        reading: readingFactsOf(part, calendarZone),
      })),
    ),
    options,
    leftOut: all.map(({ series, outside, afterClose, repeated }) => ({ symbol: series.symbol, outside, afterClose, repeated })),
    dropped: dropped.map((one) => ({ ...one, firstTimes: [...one.firstTimes] })),
  };
}

/** Fewest bars in common for the check of equal closes; with fewer they may be chance. */
const fewestToCompare = 20;

/** Refuses two symbols with the same prices: one file or column was read twice. */
function refuseEqualPrices({ symbols, bars, time }: AlignedBars): void {
  if (time.length < fewestToCompare) return;
  for (const [i, one] of bars.entries())
    for (const [j, other] of bars.slice(0, i).entries())
      if (one.close.every((close, row) => close === other.close[row]))
        throw new AssayError('data_invalid', `${symbols[j]} and ${symbols[i]} have the same close in all ${time.length} bars in common`, {
          hint: 'one file or column may have been used for both: name each symbol once with --symbols, and its columns with --column',
        });
}
