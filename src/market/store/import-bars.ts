import { AssayError } from '../../core/errors.ts';
import { absurdBars, refuseAbsurd } from '../absurd.ts';
import { type AlignedStream, alignStreams } from '../align.ts';
import { type Alignment, alignAsOf } from '../align-as-of.ts';
import { inferBarLength, lengthText } from '../bar-length.ts';
import { barAge } from '../bars.ts';
import type { SessionCalendar } from '../calendars/calendar.ts';
import { calendarFromStreams, fromDataId } from '../calendars/from-data.ts';
import { type CalendarId, sessionCalendarOf } from '../calendars/index.ts';
import { type Contract, parseContract } from '../contracts.ts';
import { type Instrument, knownInstrument } from '../instruments.ts';
import { lagCorrelations, refuseLag } from '../lag.ts';
import { qualityOf } from '../quality.ts';
import { type RollRule, rollContracts } from '../rolls.ts';
import { cutToSessions, dailyBars, type SessionCutReport } from '../session-cut.ts';
import type { BarStream } from '../stream.ts';
import {
  checkSymbols,
  type ImportRules,
  refuseEqualPrices,
  refuseFaults,
  refuseMissing,
  refuseOffGrid,
  refuseOutside,
  refuseTooShort,
} from './import-rules.ts';
import type { DatasetOrigin, LeftOut, Manifest2 } from './manifest.ts';
import { type WrittenDataset, writeDataset } from './write.ts';

export { type ImportRules, strictRules } from './import-rules.ts';

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
  /** Joins sources whose symbols are contracts (`NQZ3`, `NQH4`) to one symbol per product (`NQ`). */
  readonly roll?: RollRule;
  /** Default: the times that all symbols have. */
  readonly align?: Alignment;
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
  const { rules } = request;
  checkSymbols(request.sources);
  const barMs = barLengthOf(request);
  const calendar = calendarOf(request, barMs);
  const cut = request.sources.map((source): CutSource => {
    const { stream, report } = cutToSessions(dailyBars(source.stream, calendar, barMs), calendar, rules.auction);
    if (rules.outside === 'refuse') refuseOutside(report, calendar, source.file);
    return { ...source, stream, report };
  });
  const sources = request.roll === undefined ? cut : rollSources(cut, calendar, request.roll);
  const quality = sources.map(({ stream, file }) => {
    refuseOffGrid(stream, calendar, barMs, file);
    const found = absurdBars(stream, calendar);
    refuseAbsurd(found, file, rules);
    const report = qualityOf(stream, calendar, barMs, found);
    refuseTooShort(stream, calendar, barMs, report, file);
    refuseFaults(report, file, rules, barMs);
    return report;
  });
  const streams = sources.map(({ stream }) => stream);
  const common = alignStreams(streams, calendar);
  if (rules.missing === 'refuse') refuseMissing(common);
  // Both compare bars that both symbols have: a repeated close follows late, and would look like a lag.
  refuseEqualPrices(common);
  if (rules.lag === 'refuse') refuseLag(lagCorrelations(common, calendar, barMs));
  const isAsOf = request.align?.kind === 'asof';
  const aligned = isAsOf ? alignAsOf(streams, calendar, { barMs, limitBars: request.align.limitBars }) : common;
  return writeDataset({
    dataDir: request.dataDir,
    name: request.name,
    replace: request.replace ?? false,
    symbols: aligned.symbols,
    extra: streams.map(({ extra }) => (isAsOf ? [...extra, barAge] : extra)),
    blocks: aligned.blocks(),
    rows: aligned.report.rows,
    barMs,
    calendar,
    closingAuction: sources.every(({ report }) => report.auctions > 0),
    instruments: sources.map(({ instrument, stream }) => instrument ?? instrumentOn(calendar, stream.symbol)),
    contracts: sources.map(({ contracts }) => contracts ?? null),
    origin: request.origin,
    quality,
    leftOut: sources.map(({ report, stream }, k) => leftOutOf(stream.symbol, report, aligned, k)),
  });
}

/** A source with the bars of its sessions alone. */
interface CutSource extends BarSource {
  readonly report: SessionCutReport;
}

/** The instrument of the table for a symbol on its calendar: the share ES on a stock exchange is no future. */
function instrumentOn(calendar: SessionCalendar, symbol: string): Instrument | null {
  const instrument = knownInstrument(symbol);
  return instrument?.calendar === calendar.id ? instrument : null;
}

/**
 * Joins sources whose symbols are contracts to one source per product, named by its root; other sources stay as they are.
 * @throws AssayError `usage` if no symbol is a contract; otherwise as {@link rollContracts}.
 */
function rollSources(sources: readonly CutSource[], calendar: SessionCalendar, rule: RollRule): CutSource[] {
  const products = new Map<string, (CutSource & { readonly contract: Contract })[]>();
  const others: CutSource[] = [];
  for (const source of sources) {
    const contract = parseContract(source.stream.symbol, firstYear(source.stream));
    if (contract === null) others.push(source);
    else products.set(contract.root, [...(products.get(contract.root) ?? []), { ...source, contract }]);
  }
  if (products.size === 0)
    throw new AssayError('usage', 'no symbol is a contract that could be rolled', {
      hint: 'name each file by its contract: --symbols NQZ3,NQH4',
    });
  return [
    ...[...products].map(([root, parts]): CutSource => {
      const { stream, contracts } = rollContracts(root, parts, calendar, rule);
      return { stream, contracts, file: parts.map(({ file }) => file).join(', '), report: sumOf(parts.map(({ report }) => report)) };
    }),
    ...others,
  ];
}

/** Year of a stream's first bar, by which a contract's single digit is read; undefined without bars. */
function firstYear(stream: BarStream): number | undefined {
  for (const { time } of stream.blocks()) return new Date(time[0]!).getUTCFullYear();
  return undefined;
}

function sumOf(reports: readonly SessionCutReport[]): SessionCutReport {
  const sum = (count: (report: SessionCutReport) => number): number => reports.reduce((total, report) => total + count(report), 0);
  return {
    outside: sum((report) => report.outside),
    firstOutside: reports.flatMap((report) => report.firstOutside).slice(0, 5),
    afterClose: sum((report) => report.afterClose),
    auctions: sum((report) => report.auctions),
  };
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

function leftOutOf(symbol: string, cut: SessionCutReport, { report }: AlignedStream, k: number): LeftOut {
  const { bars, firstTimes } = report.dropped[k]!;
  return {
    symbol,
    outside: cut.outside,
    firstOutside: [...cut.firstOutside],
    afterClose: cut.afterClose,
    auctions: cut.auctions,
    alone: bars,
    ...(report.filled[k]! > 0 ? { filled: report.filled[k]! } : {}),
    firstAlone: [...firstTimes],
    missingSessions: report.missingSessions.flatMap((missing) => (missing.symbol === symbol ? [missing.date] : [])),
  };
}
