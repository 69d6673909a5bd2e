import { basename } from 'node:path';
import { type CalendarId, sessionCalendarOf } from '../calendars/index.ts';
import { type CsvBars, type CsvOptions, readCsv, symbolOfFile } from '../formats/csv.ts';
import { minuteMs } from '../local-time.ts';
import { streamOf } from '../stream.ts';
import { importBars, strictRules } from './import-bars.ts';
import type { WrittenDataset } from './write.ts';

export interface CsvImport extends Partial<Omit<CsvOptions, 'calendar' | 'barMs'>> {
  readonly dataDir: string;
  readonly name: string;
  /** One file per symbol; the symbol defaults to the beginning of the file's name. */
  readonly sources: readonly { readonly file: string; readonly symbol?: string }[];
  /** Default us-equities, whose zone is also the stamps' default zone. */
  readonly calendar?: CalendarId;
  /** Refuses or allows implausible values, see {@link refuseAbsurd}. Default: refuse. */
  readonly jumps?: 'refuse' | 'allow';
  /** Bars that start at the close, see `ImportRules`; default: their open alone. */
  readonly auction?: 'print' | 'bar';
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
  // Bars that are to be dropped are read as well: where a file goes on after the close, it has no closing auction.
  const everything = options.outside === 'drop' ? ({ calendar: sessionCalendarOf('crypto'), gaps: 'allow' } as const) : { calendar };
  const limit = request.maxBytes === undefined ? {} : { maxBytes: request.maxBytes };
  const read: (CsvBars & { readonly file: string })[] = [];
  for (const { file, symbol = symbolOfFile(file) } of request.sources)
    read.push({ file, ...(await readCsv(file, symbol, { ...options, ...limit, ...everything, barMs: minuteMs })) });
  return importBars({
    dataDir: request.dataDir,
    name: request.name,
    replace: request.replace ?? false,
    calendar: calendarId,
    sources: read.map(({ file, series }) => ({ file, stream: streamOf(series) })),
    rules: { ...strictRules, ...options, auction: request.auction ?? 'print' },
    origin: {
      kind: 'csv',
      sources: read.map((one) => ({ symbol: one.series.symbol, file: basename(one.file), bytes: one.bytes, sha256: one.sha256 })),
      options,
    },
  });
}
