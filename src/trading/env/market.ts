import { AssayError } from '../../core/errors.ts';
import type { AlignedBars } from '../../market/bars.ts';
import { sessionOfBar } from '../../market/sessions.ts';

/** Bars and the features that an agent sees of them, one row per bar. */
export interface Market {
  readonly bars: AlignedBars;
  /** rows x (assets * featuresPerAsset), row-major, asset 0's first; normalised for an agent, raw for a saved policy. */
  readonly features: Float32Array;
  readonly featuresPerAsset: number;
  /** First row with complete features: no decision is made before it. */
  readonly firstRow: number;
}

/** Sessions `[from, to)` of a market, counted as in `AlignedBars.session`. */
export interface SessionRange {
  readonly from: number;
  readonly to: number;
}

/** One range of sessions, or several in time order that do not touch. */
export type SessionParts = SessionRange | readonly SessionRange[];

/**
 * The bars of a session range at whose close a decision is made: every bar but the last of its session, because a
 * decision is executed at the next bar's open and nothing is held over night. A session of n bars has n - 1 decisions.
 */
export interface Decisions {
  /** Row of each decision, rising. */
  readonly rows: Int32Array;
  /**
   * 1 where the bar after this decision is its session's last: positions are closed at that bar's close. The calendar says so before the
   * bar comes. Where the data lack the session's last bars, it is the last one there is: the order to close, which stands until the
   * session's end, is settled at the last price, and no action depends on it. Where the data end within a session, nothing closes.
   */
  readonly closesSession: Uint8Array;
  /** Session of each decision. */
  readonly sessions: Int32Array;
}

/**
 * The decisions of a session range.
 * @throws AssayError `data_invalid` if the range holds no decision; `config_invalid` for a calendar that does not know when sessions end.
 */
export function decisionsOf({ bars, firstRow }: Pick<Market, 'bars' | 'firstRow'>, range: SessionRange): Decisions {
  const { session, calendar } = bars;
  if (!calendar.knowsClose)
    throw new AssayError('config_invalid', `the calendar ${calendar.id} knows a session's end only when the next one begins`, {
      hint: 'import the data with the calendar of their market: assay data import --calendar',
    });
  // Exact lengths, without lists that grow: this runs for every backtest, over all rows of the range.
  const { from, to } = rowsOf(bars, range);
  const first = Math.max(from, firstRow);
  let count = 0;
  for (let row = first; row < to; row++) if (session[row + 1] === session[row]) count++;
  if (count === 0)
    throw new AssayError('data_invalid', `sessions ${range.from} to ${range.to} (exclusive) hold no two bars of one session`, {
      hint: "check the session ranges against the data set's sessions",
    });
  const decisions = { rows: new Int32Array(count), closesSession: new Uint8Array(count), sessions: new Int32Array(count) };
  for (let row = first, at = 0; row < to; row++) {
    if (session[row + 1] !== session[row]) continue;
    decisions.rows[at] = row;
    decisions.closesSession[at] = endsSession(bars, row + 1) ? 1 : 0;
    decisions.sessions[at] = session[row]!;
    at++;
  }
  return decisions;
}

/** True for the last bar of its session: by the calendar, or because the next bar is another session's. */
export function endsSession({ time, session, barMs, calendar, closingAuction }: AlignedBars, row: number): boolean {
  if (row + 1 < session.length && session[row + 1] !== session[row]) return true;
  const closeMs = sessionOfBar(calendar, time[row]!)?.closeMs;
  return closeMs !== undefined && (closingAuction ? time[row]! >= closeMs : time[row]! + barMs >= closeMs);
}

/** Rows of a session range: from the first bar of its first session up to, not including, the bar after its last. */
export function rowsOf(bars: AlignedBars, range: SessionRange): { readonly from: number; readonly to: number } {
  return { from: firstRowOf(bars, range.from), to: firstRowOf(bars, range.to) };
}

/** First row whose session is `session` or later; the number of rows if there is none. */
function firstRowOf({ session: sessions }: AlignedBars, session: number): number {
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sessions[middle]! < session) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Number of sessions in the bars. */
export function sessionCount(bars: AlignedBars): number {
  const last = bars.session.at(-1);
  return last === undefined ? 0 : last + 1;
}

/**
 * Checks that features and bars fit together.
 * @throws AssayError `data_invalid` for other sizes, or if a feature of a decision is not finite.
 */
export function checkMarket(market: Market, decisions: Pick<Decisions, 'rows'>): void {
  const { bars, features, featuresPerAsset } = market;
  const width = bars.bars.length * featuresPerAsset;
  if (features.length !== bars.time.length * width)
    throw new AssayError('data_invalid', `${features.length} feature values do not make ${bars.time.length} rows of ${width}`);
  for (const row of decisions.rows)
    for (let i = row * width; i < (row + 1) * width; i++)
      if (!Number.isFinite(features[i]))
        throw new AssayError('data_invalid', `feature ${i - row * width} of row ${row} is not finite`, {
          hint: "start after the features' warm-up, or clean the bars",
        });
}
