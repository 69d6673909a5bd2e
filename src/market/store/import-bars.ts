import { AssayError } from '../../core/errors.ts';
import { absurdBars, refuseAbsurd } from '../absurd.ts';
import { type AlignedStream, alignStreams } from '../align.ts';
import { inferBarLength, lengthText, offGridBars } from '../bar-length.ts';
import type { SessionCalendar } from '../calendars/calendar.ts';
import { calendarFromStreams, fromDataId } from '../calendars/from-data.ts';
import { type CalendarId, sessionCalendarOf } from '../calendars/index.ts';
import type { Instrument } from '../instruments.ts';
import { lagCorrelations, refuseLag } from '../lag.ts';
import { type QualityReport, qualityOf } from '../quality.ts';
import { cutToSessions, dailyBars, type SessionCutReport } from '../session-cut.ts';
import type { BarStream } from '../stream.ts';
import type { DatasetOrigin, LeftOut, Manifest2 } from './manifest.ts';
import { type WrittenDataset, writeDataset } from './write.ts';

/** What an import does about each kind of fault: refuses the data, or takes them and counts. */
export interface ImportRules {
  /** Missing bars inside a session. */
  readonly gaps: 'refuse' | 'allow';
  /** Bars outside every session. */
  readonly outside: 'refuse' | 'drop';
  /** Implausible values, see {@link refuseAbsurd}. */
  readonly jumps: 'refuse' | 'allow';
  /** Sessions that one symbol has and another lacks. */
  readonly missing: 'refuse' | 'allow';
  /** Symbols whose returns correlate more one bar apart than at once. */
  readonly lag: 'refuse' | 'allow';
  /**
   * Bars that start at the close: `print` keeps the open alone, as the auction's print; `bar` keeps them as they are, with trades after
   * hours that they may hold.
   */
  readonly auction: 'print' | 'bar';
  /** `none`: the source has no volumes. */
  readonly volume: 'required' | 'none';
}

export const strictRules: ImportRules = {
  gaps: 'refuse',
  outside: 'refuse',
  jumps: 'refuse',
  missing: 'refuse',
  lag: 'refuse',
  auction: 'print',
  volume: 'required',
};

/** Bars as a reader gives them, of one symbol. */
export interface BarSource {
  /** In time order; times are starts of bars in UTC. */
  readonly stream: BarStream;
  /** For error messages. */
  readonly file: string;
  readonly instrument?: Instrument | null;
  readonly contracts?: Manifest2['contracts'][number];
}

export interface BarsImport {
  readonly dataDir: string;
  readonly name: string;
  readonly sources: readonly BarSource[];
  /** `from-data` makes sessions of what the bars show; nothing can be trained on them. */
  readonly calendar: CalendarId;
  /** Declared length of the bars; inferred by default. */
  readonly barMs?: number;
  readonly rules: ImportRules;
  readonly origin: DatasetOrigin;
  readonly replace?: boolean;
}

/**
 * Checks, cuts, aligns and stores bars of any reader: the sessions of the calendar, closing auctions, the length of the bars, gaps,
 * implausible values, sessions that a symbol lacks, and stamps that are a bar off. Memory is constant if the streams' is.
 * @throws AssayError `data_invalid` for what the rules refuse; `usage` for symbols that are missing or named twice; `conflict`, `disk_full`
 * and `unavailable` as {@link writeDataset}.
 */
export function importBars(request: BarsImport): WrittenDataset {
  const { sources, rules } = request;
  checkSymbols(sources);
  const barMs = barLengthOf(request);
  const calendar = calendarOf(request, barMs);
  const cut = sources.map(({ stream, file }) => {
    const { stream: kept, report } = cutToSessions(dailyBars(stream, calendar, barMs), calendar, rules.auction);
    if (rules.outside === 'refuse') refuseOutside(report, calendar, file);
    const offGrid = offGridBars(kept, calendar, barMs);
    if (offGrid.count > 0)
      throw new AssayError(
        'data_invalid',
        `${offGrid.count} bars do not start on the grid of ${lengthText(barMs)} (the first: ${offGrid.first})`,
        {
          place: file,
          hint: 'check whether stamps are starts or ends of bars, and their zone: --stamp, --zone',
        },
      );
    const found = absurdBars(kept, calendar);
    refuseAbsurd(found, file, rules);
    const quality = qualityOf(kept, calendar, barMs, found);
    refuseFaults(quality, file, rules, barMs);
    return { stream: kept, report, quality };
  });
  const aligned = alignStreams(
    cut.map((one) => one.stream),
    calendar,
  );
  if (rules.missing === 'refuse') refuseMissing(aligned);
  refuseEqualPrices(aligned);
  if (rules.lag === 'refuse') refuseLag(lagCorrelations(aligned, calendar, barMs));
  return writeDataset({
    dataDir: request.dataDir,
    name: request.name,
    replace: request.replace ?? false,
    symbols: aligned.symbols,
    extra: sources.map(({ stream }) => stream.extra),
    blocks: aligned.blocks(),
    rows: aligned.report.rows,
    barMs,
    calendar,
    closingAuction: cut.every(({ report }) => report.auctions > 0),
    instruments: sources.map(({ instrument }) => instrument ?? null),
    contracts: sources.map(({ contracts }) => contracts ?? null),
    origin: request.origin,
    quality: cut.map((one) => one.quality),
    leftOut: cut.map(({ report, stream }, k) => leftOutOf(stream.symbol, report, aligned, k)),
  });
}

function checkSymbols(sources: readonly BarSource[]): void {
  if (sources.length === 0) throw new AssayError('usage', 'no file to import');
  const symbols = sources.map(({ stream }) => stream.symbol);
  for (const [k, symbol] of symbols.entries())
    if (!/^[A-Za-z0-9]+$/.test(symbol))
      throw new AssayError('usage', `${JSON.stringify(symbol)} cannot be a symbol`, {
        place: sources[k]!.file,
        hint: 'use letters and digits: --symbols NVDA,MSFT',
      });
  if (new Set(symbols).size < symbols.length)
    throw new AssayError('usage', `two files of one symbol: ${symbols.join(', ')}`, { hint: 'name a symbol for each file with --symbols' });
}

function barLengthOf({ sources, calendar, barMs }: BarsImport): number {
  if (barMs !== undefined) return barMs;
  const known = calendar === fromDataId ? sessionCalendarOf('crypto') : sessionCalendarOf(calendar);
  const lengths = sources.map(({ stream, file }) => inferBarLength(stream, known, file).barMs);
  const other = lengths.findIndex((length) => length !== lengths[0]);
  if (other > 0)
    throw new AssayError(
      'data_invalid',
      `bars of ${lengthText(lengths[0]!)} (${sources[0]!.stream.symbol}) and of ${lengthText(lengths[other]!)} (${sources[other]!.stream.symbol}) cannot be aligned`,
      { place: sources[other]!.file, hint: 'import files with bars of one length together' },
    );
  return lengths[0]!;
}

function calendarOf({ sources, calendar }: BarsImport, barMs: number): SessionCalendar {
  if (calendar !== fromDataId) return sessionCalendarOf(calendar);
  return calendarFromStreams(
    sources.map(({ stream }) => stream),
    barMs,
  );
}

function refuseOutside({ outside, afterClose, firstOutside }: SessionCutReport, { id }: SessionCalendar, file: string): void {
  if (outside + afterClose === 0) return;
  const first = firstOutside[0] === undefined ? '' : ` (the first: ${firstOutside[0]})`;
  throw new AssayError('data_invalid', `${outside + afterClose} bars lie outside the ${id} sessions${first}`, {
    place: file,
    hint: 'declare --calendar, --zone and --stamp if one of them is wrong, or drop such bars with --outside drop',
  });
}

function refuseFaults(quality: QualityReport, file: string, rules: ImportRules, barMs: number): void {
  const { rows, gaps, duplicates, outOfOrder, badOhlc, badVolume } = quality;
  const refuse = (message: string, hint: string): never => {
    throw new AssayError('data_invalid', message, { place: file, hint });
  };
  if (rows === 0) refuse('no bar lies within a session', 'declare --calendar, --zone and --stamp if one of them is wrong');
  if (duplicates > 0) refuse(`${duplicates} bars have the time of the bar before`, 'name parts of one symbol that do not overlap');
  if (outOfOrder > 0) refuse(`${outOfOrder} bars are earlier than the bar before`, 'declare --order if the file runs backwards');
  if (badOhlc > 0)
    refuse(`the high and low of ${badOhlc} bars do not enclose their prices, or a price is not positive`, 'correct the file');
  if (badVolume > 0) refuse(`${badVolume} volumes are negative or no number`, 'correct the file');
  if (gaps.count > 0 && rules.gaps === 'refuse')
    refuse(
      `${gaps.missingBars} bars of ${lengthText(barMs)} are missing inside sessions, in ${gaps.count} places`,
      'a bar without trades is often left out: take the file with --gaps allow',
    );
}

function refuseMissing({ report: { missingSessions } }: AlignedStream): void {
  const [first] = missingSessions;
  if (first === undefined) return;
  throw new AssayError(
    'data_invalid',
    `${missingSessions.length} sessions are missing in one symbol and would vanish from the others (the first: ${first.symbol} on ${first.date})`,
    { hint: 'add the missing sessions, or leave them out of all symbols with --missing allow' },
  );
}

/** Fewest bars in common for the check of equal closes; with fewer they may be chance. */
const fewestToCompare = 20;

/** Refuses two symbols with the same prices: one file or column was read twice. */
function refuseEqualPrices(aligned: AlignedStream): void {
  const { symbols, report } = aligned;
  if (report.rows < fewestToCompare) return;
  const equal = symbols.flatMap((_, k) => symbols.slice(0, k).map((__, j) => [j, k] as const));
  let left = equal;
  for (const { series } of aligned.blocks()) {
    left = left.filter(([j, k]) => series[j]!.close.every((close, row) => close === series[k]!.close[row]));
    if (left.length === 0) return;
  }
  for (const [j, k] of left)
    throw new AssayError('data_invalid', `${symbols[j]} and ${symbols[k]} have the same close in all ${report.rows} bars in common`, {
      hint: 'one file or column may have been used for both: name each symbol once with --symbols, and its columns with --column',
    });
}

function leftOutOf(symbol: string, cut: SessionCutReport, { report }: AlignedStream, k: number): LeftOut {
  const { bars, firstTimes } = report.dropped[k]!;
  return {
    symbol,
    outside: cut.outside,
    firstOutside: [...cut.firstOutside],
    afterClose: cut.afterClose,
    auctions: cut.auctions,
    alone: bars,
    firstAlone: [...firstTimes],
    missingSessions: report.missingSessions.flatMap((missing) => (missing.symbol === symbol ? [missing.date] : [])),
  };
}
