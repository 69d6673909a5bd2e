import { AssayError } from '../../core/errors.ts';
import type { AlignedStream } from '../align.ts';
import { commonestStep, lengthText, offGridBars } from '../bar-length.ts';
import type { SessionCalendar } from '../calendars/calendar.ts';
import type { QualityReport } from '../quality.ts';
import type { SessionCutReport } from '../session-cut.ts';
import type { BarStream } from '../stream.ts';

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

/** Refuses no source, and symbols that cannot be part of a column's name or occur twice. */
export function checkSymbols(sources: readonly { readonly stream: BarStream; readonly file: string }[]): void {
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

/** Refuses bars that do not start on the grid of their length, and says so where they are shorter than that. */
export function refuseOffGrid(stream: BarStream, calendar: SessionCalendar, barMs: number, file: string): void {
  const { count, first } = offGridBars(stream, calendar, barMs);
  if (count === 0) return;
  const shown = commonestStep(stream, calendar).barMs;
  if (shown > 0 && shown < barMs)
    throw new AssayError('data_invalid', `the file has bars of ${lengthText(shown)}, not of ${lengthText(barMs)}`, {
      place: file,
      hint: `declare --bar ${lengthText(shown)}, or leave --bar out`,
    });
  throw new AssayError('data_invalid', `${count} bars do not start on the grid of ${lengthText(barMs)} (the first: ${first})`, {
    place: file,
    hint: 'check whether stamps are starts or ends of bars, and their zone: --stamp, --zone',
  });
}

/** Fewest steps between bars that show their length against a declared one. */
const fewestSteps = 20;

/** Refuses a declared length that is shorter than the bars: all of them lie on the grid of a longer one, and most are that far apart. */
export function refuseTooShort(
  stream: BarStream,
  calendar: SessionCalendar,
  barMs: number,
  { rows, gaps }: QualityReport,
  file: string,
): void {
  if (2 * gaps.count < rows - 1) return;
  const { barMs: shown, n, total } = commonestStep(stream, calendar);
  if (shown <= barMs || total < fewestSteps || 2 * n < total || offGridBars(stream, calendar, shown).count > 0) return;
  throw new AssayError('data_invalid', `the file has bars of ${lengthText(shown)}, not of ${lengthText(barMs)}`, {
    place: file,
    hint: `declare --bar ${lengthText(shown)}, or leave --bar out`,
  });
}

/** Refuses bars outside every session, those that start at the close of an extended day among them. */
export function refuseOutside({ outside, afterClose, firstOutside }: SessionCutReport, { id }: SessionCalendar, file: string): void {
  if (outside + afterClose === 0) return;
  const first = firstOutside[0] === undefined ? '' : ` (the first: ${firstOutside[0]})`;
  throw new AssayError('data_invalid', `${outside + afterClose} bars lie outside the ${id} sessions${first}`, {
    place: file,
    hint: 'declare --calendar, --zone and --stamp if one of them is wrong, or drop such bars with --outside drop',
  });
}

/** Refuses duplicates, disorder, impossible prices and volumes, and gaps unless they are allowed. */
export function refuseFaults(quality: QualityReport, file: string, rules: ImportRules, barMs: number): void {
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

/** Refuses sessions that one symbol has and another lacks. */
export function refuseMissing({ report: { missingSessions } }: AlignedStream): void {
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
export function refuseEqualPrices(aligned: AlignedStream): void {
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
