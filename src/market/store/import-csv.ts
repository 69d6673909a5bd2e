import { basename } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import { refuseAbsurd } from '../absurd.ts';
import { alignBars } from '../align.ts';
import type { AlignedBars } from '../bars.ts';
import { type CalendarId, sessionCalendarOf } from '../calendars/index.ts';
import { type CsvBars, type CsvOptions, readCsv, symbolOfFile } from '../formats/csv.ts';
import { minuteMs } from '../local-time.ts';
import { absurdBarsOf, qualityOf } from '../quality.ts';
import { type WrittenDataset, writeDataset } from './write.ts';

export interface CsvImport extends Partial<Omit<CsvOptions, 'calendar' | 'barMs'>> {
  readonly dataDir: string;
  readonly name: string;
  /** One file per symbol; the symbol defaults to the beginning of the file's name. */
  readonly sources: readonly { readonly file: string; readonly symbol?: string }[];
  /** Default us-equities, whose zone is also the stamps' default zone. */
  readonly calendar?: CalendarId;
  /** Refuses or allows implausible values, see {@link refuseAbsurd}. Default: refuse. */
  readonly jumps?: 'refuse' | 'allow';
  readonly replace?: boolean;
}

/**
 * Imports minute bars of one or more symbols, aligned by time, as a data set.
 * @throws AssayError `data_invalid`, with the place, for content that does not match the declared format; `usage` for symbols that are
 * missing or named twice; `conflict`, `disk_full` and `unavailable` as {@link writeDataset}.
 */
export async function importCsv(request: CsvImport): Promise<WrittenDataset> {
  const calendarId = request.calendar ?? 'us-equities';
  const calendar = sessionCalendarOf(calendarId);
  const options = {
    order: request.order ?? 'ascending',
    zone: request.zone ?? calendar.zone,
    stamp: request.stamp ?? 'start',
    gaps: request.gaps ?? 'refuse',
    outside: request.outside ?? 'refuse',
    jumps: request.jumps ?? 'refuse',
    columns: { ...request.columns },
  } as const;
  const files = request.sources.map(({ file, symbol }) => ({ file, symbol: checkedSymbol(symbol ?? symbolOfFile(file), file) }));
  if (files.length === 0) throw new AssayError('usage', 'no file to import');
  const symbols = files.map((file) => file.symbol);
  if (new Set(symbols).size < symbols.length)
    throw new AssayError('usage', `two files of one symbol: ${symbols.join(', ')}`, { hint: 'name a symbol for each file with --symbols' });

  const limit = request.maxBytes === undefined ? {} : { maxBytes: request.maxBytes };
  const read: (CsvBars & { readonly file: string })[] = [];
  for (const { file, symbol } of files)
    read.push({ file, ...(await readCsv(file, symbol, { ...options, ...limit, calendar, barMs: minuteMs })) });
  if (options.jumps === 'refuse') for (const { series, file } of read) refuseAbsurd(series, absurdBarsOf(series, calendar), file);
  const { bars, report } = alignBars(
    read.map((one) => one.series),
    { calendar, barMs: minuteMs },
  );
  refuseEqualPrices(bars);
  return writeDataset({
    dataDir: request.dataDir,
    name: request.name,
    replace: request.replace ?? false,
    bars,
    calendar: calendarId,
    origin: {
      kind: 'csv',
      sources: read.map((one) => ({
        symbol: one.series.symbol,
        file: basename(one.file),
        bytes: one.bytes,
        sha256: one.sha256,
        outside: one.outside,
      })),
      options,
      dropped: report.dropped.map((one) => ({ ...one, firstTimes: [...one.firstTimes] })),
    },
    quality: read.map((one) => qualityOf(one.series, calendar, minuteMs)),
  });
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

/** Checks a symbol: letters and digits only, as it is part of column names ("NVDA.close"). */
function checkedSymbol(symbol: string, file: string): string {
  if (/^[A-Za-z0-9]+$/.test(symbol)) return symbol;
  throw new AssayError('usage', `${JSON.stringify(symbol)} cannot be a symbol`, {
    place: file,
    hint: 'use letters and digits: --symbols NVDA,MSFT',
  });
}
