import { basename } from 'node:path';
import { AssayError } from '../../core/errors.ts';
import { alignBars } from '../align.ts';
import { type CsvOptions, readCsv, symbolOfFile } from '../formats/csv.ts';
import { minuteMs } from '../local-time.ts';
import { qualityOf } from '../quality.ts';
import { type CalendarId, sessionCalendarOf } from '../sessions.ts';
import { type WrittenDataset, writeDataset } from './write.ts';

export interface CsvImport extends Partial<Omit<CsvOptions, 'calendar' | 'barMs'>> {
  readonly dataDir: string;
  readonly name: string;
  /** One file per symbol; the symbol defaults to the beginning of the file's name. */
  readonly sources: readonly { readonly file: string; readonly symbol?: string }[];
  /** Default us-equities, whose zone is also the stamps' default zone. */
  readonly calendar?: CalendarId;
  readonly replace?: boolean;
}

/**
 * Imports minute bars of one or more symbols, aligned by time, as a data set.
 * @throws data_invalid, with the place, for anything in the files that the declaration does not fit; usage for symbols that
 * are missing or named twice; conflict as {@link writeDataset}.
 */
export function importCsv(request: CsvImport): WrittenDataset {
  const calendarId = request.calendar ?? 'us-equities';
  const calendar = sessionCalendarOf(calendarId);
  const options = {
    order: request.order ?? 'ascending',
    zone: request.zone ?? calendar.zone,
    stamp: request.stamp ?? 'start',
    gaps: request.gaps ?? 'refuse',
    outside: request.outside ?? 'refuse',
    columns: { ...request.columns },
  } as const;
  const files = request.sources.map(({ file, symbol }) => ({ file, symbol: checkedSymbol(symbol ?? symbolOfFile(file), file) }));
  if (files.length === 0) throw new AssayError('usage', 'no file to import');
  const symbols = files.map((file) => file.symbol);
  if (new Set(symbols).size < symbols.length)
    throw new AssayError('usage', `two files of one symbol: ${symbols.join(', ')}`, { hint: 'name a symbol for each file with --symbols' });

  const read = files.map(({ file, symbol }) => ({ file, ...readCsv(file, symbol, { ...options, calendar, barMs: minuteMs }) }));
  const { bars, report } = alignBars(
    read.map((one) => one.series),
    { calendar, barMs: minuteMs },
  );
  return writeDataset({
    dataDir: request.dataDir,
    name: request.name,
    replace: request.replace ?? false,
    bars,
    calendar: calendarId,
    origin: {
      kind: 'csv',
      sources: read.map((one) => ({ symbol: one.series.symbol, file: basename(one.file), bytes: one.bytes, sha256: one.sha256 })),
      options,
      dropped: report.dropped.map((one) => ({ ...one, firstTimes: [...one.firstTimes] })),
    },
    quality: read.map((one) => qualityOf(one.series, calendar, minuteMs)),
  });
}

/** Symbols head columns ("NVDA.close"), so dots and the like are not for them. */
function checkedSymbol(symbol: string, file: string): string {
  if (/^[A-Za-z0-9]+$/.test(symbol)) return symbol;
  throw new AssayError('usage', `${JSON.stringify(symbol)} cannot be a symbol`, {
    place: file,
    hint: 'use letters and digits: --symbols NVDA,MSFT',
  });
}
