import type { LiveBar } from './events.ts';

const nsPerMs = 1_000_000n;

/** A minute that is complete: one bar of every symbol. */
export interface CompleteRow {
  readonly startMs: number;
  readonly bars: readonly LiveBar[];
}

/** Bars of the interval under way, and how far it was decided, as plain data. */
export interface GateState {
  readonly open: { readonly startMs: number; readonly bars: readonly (LiveBar | null)[] } | null;
  /** Epoch milliseconds up to which every interval is over; later records of them are late. */
  readonly overUntilMs: number;
  readonly late: number;
  /** Intervals that lacked a symbol's bar, and were nobody's decision. */
  readonly dropped: number;
}

export interface GateAnswer {
  readonly rows: readonly CompleteRow[];
  /** When the gate wants to be asked again (`due`), in nanoseconds. */
  readonly wakeAt: bigint | null;
}

/**
 * Tells when an interval is complete: when every symbol's bar is there, when the feed says that it is over, with the first bar of a later
 * interval, or when its end plus a grace has passed. Never before its end, whatever arrived. An interval that lacks a symbol's bar then is
 * dropped (the inner join of market/align.ts); what arrives for it later counts as late and is ignored.
 */
export interface BarGate {
  readonly bar: (symbol: number, startMs: number, bar: LiveBar, now: bigint) => GateAnswer;
  readonly intervalEnd: (endMs: number) => GateAnswer;
  /** Asked at a time that the gate named. */
  readonly due: (now: bigint) => GateAnswer;
  /** Forgets the interval under way: records of it were lost. */
  readonly forget: () => void;
  readonly state: () => GateState;
}

export function createBarGate(
  { symbols, barMs, graceMs }: { readonly symbols: number; readonly barMs: number; readonly graceMs: number },
  saved: GateState = { open: null, overUntilMs: 0, late: 0, dropped: 0 },
): BarGate {
  let { open, overUntilMs, late, dropped } = saved;
  const endOf = (startMs: number): bigint => BigInt(startMs + barMs) * nsPerMs;

  const close = (): readonly CompleteRow[] => {
    if (open === null) return [];
    const { startMs, bars } = open;
    open = null;
    overUntilMs = Math.max(overUntilMs, startMs + barMs);
    if (bars.every((one) => one !== null)) return [{ startMs, bars }];
    dropped++;
    return [];
  };
  const isWhole = (): boolean => open?.bars.every((one) => one !== null) === true;
  const wakeAt = (now: bigint): bigint | null => {
    if (open === null) return null;
    const end = endOf(open.startMs);
    return isWhole() || now < end ? end : end + BigInt(graceMs) * nsPerMs;
  };

  return {
    bar: (symbol, startMs, bar, now) => {
      if (startMs + barMs <= overUntilMs || (open !== null && startMs < open.startMs)) {
        late++;
        return { rows: [], wakeAt: null };
      }
      const rows = open !== null && startMs > open.startMs ? close() : [];
      const bars = open?.bars ?? new Array<LiveBar | null>(symbols).fill(null);
      open = { startMs, bars: bars.map((one, k) => (k === symbol ? bar : one)) };
      const complete = isWhole() && now >= endOf(startMs) ? close() : [];
      return { rows: [...rows, ...complete], wakeAt: wakeAt(now) };
    },
    intervalEnd: (endMs) => {
      const rows = open !== null && open.startMs + barMs <= endMs ? close() : [];
      overUntilMs = Math.max(overUntilMs, endMs);
      return { rows, wakeAt: null };
    },
    due: (now) => {
      if (open === null || now < endOf(open.startMs)) return { rows: [], wakeAt: null };
      const isOver = isWhole() || now >= endOf(open.startMs) + BigInt(graceMs) * nsPerMs;
      return isOver ? { rows: close(), wakeAt: null } : { rows: [], wakeAt: wakeAt(now) };
    },
    forget: () => {
      if (open === null) return;
      overUntilMs = Math.max(overUntilMs, open.startMs + barMs);
      open = null;
      dropped++;
    },
    state: () => ({ open, overUntilMs, late, dropped }),
  };
}
