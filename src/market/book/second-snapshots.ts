import type { Session, SessionCalendar } from '../calendars/calendar.ts';
import type { FlowSink } from './flow-sink.ts';
import { eventFlow } from './measures.ts';
import { depth, emptyLevels, type Levels } from './side.ts';
import { minuteSeconds, timesGoBack } from './time.ts';

/** The book at the end of a second: its last valid state, carried forward within the session. The arrays are used again for the next one. */
export interface Snapshot {
  /** Epoch milliseconds (UTC) of the second's start. */
  readonly time: number;
  readonly session: Session;
  readonly bids: Levels;
  readonly asks: Levels;
  /** Flow of the best level since the snapshot before. */
  readonly ofiSeconds: number;
  /** Traded volume in the second by the side that took, and number of trades. */
  readonly bought: number;
  readonly sold: number;
  readonly unsided: number;
  readonly trades: number;
}

/**
 * Makes a snapshot of each second of a session from its first valid state on. A second at whose end no valid state stands has none, and the
 * next one no predecessor; so it is after a reset.
 */
export class SecondSnapshots implements FlowSink {
  readonly #calendar: SessionCalendar;
  readonly #place: string;
  readonly #emit: (snapshot: Snapshot) => void;
  readonly #step: number;
  readonly #bids = emptyLevels();
  readonly #asks = emptyLevels();
  readonly #last = { bidPrice: 0, bidSize: 0, askPrice: 0, askSize: 0 };
  #session: Session | null = null;
  #second = Number.NEGATIVE_INFINITY;
  #isValid = false;
  #isChained = false;
  #hasLast = false;
  #trades = { bought: 0, sold: 0, unsided: 0, trades: 0 };

  /** @param step length of a snapshot's interval in seconds: 1, or 60 for quotes of minutes. */
  constructor(calendar: SessionCalendar, place: string, emit: (snapshot: Snapshot) => void, step: 1 | 60 = 1) {
    this.#calendar = calendar;
    this.#place = place;
    this.#emit = emit;
    this.#step = step;
  }

  moveTo(seconds: number): boolean {
    const minute = Math.floor(this.#second / minuteSeconds) * minuteSeconds;
    if (seconds < minute) throw timesGoBack(minute, seconds, this.#place);
    if (seconds > this.#second) {
      this.#endSeconds(seconds);
      this.#second = seconds;
      this.#session ??= this.#calendar.sessionAt(seconds * 1000);
    }
    return this.#session !== null;
  }

  state(bids: Levels, asks: Levels, isTrusted: boolean): void {
    this.#isValid = isTrusted && bids.price[0]! < asks.price[0]!;
    if (!this.#isValid) {
      this.reset();
      return;
    }
    this.#isChained = true;
    for (const [from, to] of [
      [bids, this.#bids],
      [asks, this.#asks],
    ] as const)
      for (let rank = 0; rank < depth; rank++) {
        to.price[rank] = from.price[rank]!;
        to.size[rank] = from.size[rank]!;
        to.count[rank] = from.count[rank]!;
      }
  }

  same(): boolean {
    return this.#isChained;
  }

  reset(): void {
    this.#isChained = false;
    this.#hasLast = false;
  }

  trade(_price: number, size: number, side: -1 | 0 | 1): void {
    this.#trades.trades++;
    this.#trades[side > 0 ? 'bought' : side < 0 ? 'sold' : 'unsided'] += size;
  }

  end(knownUntil: bigint | null): void {
    this.#endSeconds(knownUntil === null ? this.#second + this.#step : Number(knownUntil / 1_000_000_000n));
    this.#session = null;
    this.#isValid = false;
    this.reset();
  }

  /** Makes the snapshots of the seconds before one, at most to the session's close. */
  #endSeconds(before: number): void {
    if (this.#session === null) return;
    const close = this.#session.closeMs / 1000;
    for (let second = this.#second; second < Math.min(before, close); second += this.#step) this.#take(second);
    if (before < close) return;
    this.#session = null;
    this.#isValid = false;
    this.reset();
  }

  #take(second: number): void {
    const trades = this.#trades;
    this.#trades = { bought: 0, sold: 0, unsided: 0, trades: 0 };
    if (!this.#isValid) return;
    const last = this.#last;
    const [bidPrice, askPrice] = [this.#bids.price[0]!, this.#asks.price[0]!];
    const [bidSize, askSize] = [this.#bids.size[0]!, this.#asks.size[0]!];
    const ofiSeconds = this.#hasLast
      ? eventFlow(last.bidPrice, last.bidSize, last.askPrice, last.askSize, bidPrice, bidSize, askPrice, askSize)
      : 0;
    Object.assign(last, { bidPrice, bidSize, askPrice, askSize });
    this.#hasLast = this.#isChained;
    this.#emit({ time: second * 1000, session: this.#session!, bids: this.#bids, asks: this.#asks, ofiSeconds, ...trades });
  }
}
