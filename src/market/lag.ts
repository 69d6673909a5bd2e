import { AssayError } from '../core/errors.ts';
import type { AlignedStream } from './align.ts';
import type { SessionCalendar } from './calendars/calendar.ts';
import { sessionOfBar } from './sessions.ts';

/** Correlations of two symbols' returns per bar: at the same bar, and with either one bar later. */
export interface LagCorrelations {
  readonly first: string;
  readonly second: string;
  /** Number of pairs of returns. */
  readonly pairs: number;
  readonly atOnce: number;
  /** Correlation of the first symbol's return with the second's of the next bar. */
  readonly firstLeads: number;
  readonly secondLeads: number;
}

/** Fewest pairs of returns for a decision. */
const fewestPairs = 100;
/** A lagged correlation must exceed this, and this many standard errors of a correlation of 0. */
const leastCorrelation = 0.1;
const standardErrors = 5;

/** The correlations of every two symbols over three neighbouring bars of a session, in constant memory. */
export function lagCorrelations(aligned: AlignedStream, calendar: SessionCalendar, barMs: number): LagCorrelations[] {
  const { symbols } = aligned;
  const pairs = symbols.flatMap((second, k) =>
    symbols.slice(0, k).map((first, j) => ({
      first,
      second,
      j,
      k,
      atOnce: createCorrelation(),
      firstLeads: createCorrelation(),
      secondLeads: createCorrelation(),
    })),
  );
  if (pairs.length === 0) return [];
  const closes = new Float64Array(symbols.length);
  let returns = new Float64Array(symbols.length).fill(Number.NaN);
  let before = new Float64Array(symbols.length).fill(Number.NaN);
  let [previousMs, previousOpen] = [Number.NaN, Number.NaN];
  for (const { time, series } of aligned.blocks())
    for (let row = 0; row < time.length; row++) {
      const openMs = sessionOfBar(calendar, time[row]!)?.openMs ?? Number.NaN;
      const isNext = openMs === previousOpen && time[row]! - previousMs === barMs;
      [before, returns] = [returns, before];
      for (let k = 0; k < symbols.length; k++) {
        const close = series[k]!.close[row]!;
        returns[k] = isNext ? Math.log(close / closes[k]!) : Number.NaN;
        closes[k] = close;
      }
      for (const { j, k, atOnce, firstLeads, secondLeads } of pairs) {
        atOnce.add(returns[j]!, returns[k]!);
        firstLeads.add(before[j]!, returns[k]!);
        secondLeads.add(returns[j]!, before[k]!);
      }
      previousMs = time[row]!;
      previousOpen = openMs;
    }
  return pairs.map(({ first, second, atOnce, firstLeads, secondLeads }) => ({
    first,
    second,
    pairs: atOnce.count(),
    atOnce: atOnce.value(),
    firstLeads: firstLeads.value(),
    secondLeads: secondLeads.value(),
  }));
}

/**
 * Refuses two symbols whose returns correlate more one bar apart than at once: the stamps of one file are a bar off, and every feature of
 * the pair would look into the future.
 * @throws AssayError `data_invalid`, with the correlations.
 */
export function refuseLag(correlations: readonly LagCorrelations[]): void {
  for (const { first, second, pairs, atOnce, firstLeads, secondLeads } of correlations) {
    const lagged = Math.max(Math.abs(firstLeads), Math.abs(secondLeads));
    if (pairs < fewestPairs || lagged < leastCorrelation || lagged < standardErrors / Math.sqrt(pairs) || lagged <= Math.abs(atOnce))
      continue;
    const shown = [secondLeads, atOnce, firstLeads].map((value) => value.toFixed(2)).join(', ');
    const late = Math.abs(firstLeads) > Math.abs(secondLeads) ? second : first;
    throw new AssayError(
      'data_invalid',
      `the returns of ${first} and ${second} correlate more one bar apart than at once: ${shown} at lags -1, 0 and +1 (${pairs} bars); ${late} is a bar late`,
      {
        hint: 'one file is stamped at the start of its bars, the other at the end: declare --stamp for each; if the lag is real, import with --lag allow',
      },
    );
  }
}

/** Pearson's correlation by running means (Welford 1962); pairs with NaN are left out. */
function createCorrelation(): { add: (x: number, y: number) => void; count: () => number; value: () => number } {
  let [n, meanX, meanY, sumXX, sumYY, sumXY] = [0, 0, 0, 0, 0, 0];
  return {
    add: (x, y) => {
      if (!Number.isFinite(x) || !Number.isFinite(y)) return;
      n++;
      const [dx, dy] = [x - meanX, y - meanY];
      meanX += dx / n;
      meanY += dy / n;
      sumXX += dx * (x - meanX);
      sumYY += dy * (y - meanY);
      sumXY += dx * (y - meanY);
    },
    count: () => n,
    value: () => (sumXX > 0 && sumYY > 0 ? sumXY / Math.sqrt(sumXX * sumYY) : 0),
  };
}
