import { rangesOf } from '../../features/training-rows.ts';
import { type Decisions, decisionsOf, endsSession, type Market, rowsOf, type SessionParts, type SessionRange } from './market.ts';
import type { EnvironmentConfig } from './options.ts';

/** The decisions of an account, in time order. */
export interface AccountDecisions extends Pick<Decisions, 'rows'> {
  /** Session of the bar that each decision is filled in. */
  readonly sessions: Int32Array;
  /** 1 where everything is closed at the close of the bar after this decision. */
  readonly closes: Uint8Array;
}

/**
 * The decisions that an account makes. Flat overnight: those of {@link decisionsOf}, and everything is closed with each session. Held
 * overnight: one at every bar but the range's last, that at a session's last bar being filled at the next session's open; everything is
 * closed only where the range's last session ends.
 * @throws AssayError `data_invalid` if the range holds no decision; `config_invalid` as {@link decisionsOf}.
 */
export function decisionsUnder(
  { overnight }: Pick<EnvironmentConfig, 'overnight'>,
  market: Pick<Market, 'bars' | 'firstRow'>,
  range: SessionRange,
): AccountDecisions {
  const { rows, closesSession, sessions } = decisionsOf(market, range);
  if (overnight === 'flat') return { rows, sessions, closes: closesSession };
  const { bars, firstRow } = market;
  const { from, to } = rowsOf(bars, range);
  const first = Math.max(from, firstRow);
  const held = Int32Array.from({ length: to - 1 - first }, (_, step) => first + step);
  return {
    rows: held,
    sessions: held.map((row) => bars.session[row + 1]!),
    closes: Uint8Array.from(held, (row) => (row + 2 === to && endsSession(bars, row + 1) ? 1 : 0)),
  };
}

/** The decisions of several ranges, one after the other; `ends` is, for each, the number of decisions up to the end of its range. */
export function decisionsOfParts(
  config: Pick<EnvironmentConfig, 'overnight'>,
  market: Pick<Market, 'bars' | 'firstRow'>,
  parts: SessionParts,
): Pick<AccountDecisions, 'rows' | 'closes'> & { readonly ends: Int32Array } {
  const each = rangesOf(parts).map((range) => decisionsUnder(config, market, range));
  let end = 0;
  const ends = each.flatMap(({ rows }) => {
    end += rows.length;
    return new Array<number>(rows.length).fill(end);
  });
  return {
    rows: Int32Array.from(each.flatMap(({ rows }) => [...rows])),
    closes: Uint8Array.from(each.flatMap(({ closes }) => [...closes])),
    ends: Int32Array.from(ends),
  };
}
