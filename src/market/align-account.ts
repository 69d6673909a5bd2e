import type { AlignmentReport } from './align.ts';
import type { Session, SessionCalendar } from './calendars/calendar.ts';
import { sessionOfBar } from './sessions.ts';

/** Called for every bar of every symbol k, in the order of their times within a symbol. */
export type Seen = (k: number, timeMs: number, isKept: boolean) => void;

const listedTimes = 5;

/** Counts what an alignment keeps and leaves out. */
export function createAccount(
  symbols: readonly string[],
  calendar: SessionCalendar,
): { readonly see: Seen; readonly report: (rows: number, filled: readonly number[]) => AlignmentReport } {
  const dropped = symbols.map((symbol) => ({ symbol, bars: 0, firstTimes: [] as string[] }));
  const presence = new Map<Session, Int32Array>();
  return {
    see: (k, timeMs, isKept) => {
      const session = sessionOfBar(calendar, timeMs);
      if (session !== null) {
        const counts = presence.get(session) ?? new Int32Array(symbols.length);
        presence.set(session, counts);
        counts[k]!++;
      }
      if (isKept) return;
      const lost = dropped[k]!;
      lost.bars++;
      if (lost.firstTimes.length < listedTimes) lost.firstTimes.push(new Date(timeMs).toISOString());
    },
    report: (rows, filled) => ({ rows, dropped, missingSessions: missingOf(symbols, presence), filled }),
  };
}

/** Sessions that a symbol lacks, among those between the first and the last session of every symbol. */
function missingOf(symbols: readonly string[], presence: ReadonlyMap<Session, Int32Array>): { symbol: string; date: string }[] {
  const sessions = [...presence].sort(([a], [b]) => a.openMs - b.openMs);
  const firsts = symbols.map((_, k) => sessions.findIndex(([, counts]) => counts[k]! > 0));
  const lasts = symbols.map((_, k) => sessions.findLastIndex(([, counts]) => counts[k]! > 0));
  return sessions
    .slice(Math.max(...firsts), Math.min(...lasts) + 1)
    .flatMap(([{ date }, counts]) => symbols.flatMap((symbol, k) => (counts[k] === 0 ? [{ symbol, date }] : [])));
}
