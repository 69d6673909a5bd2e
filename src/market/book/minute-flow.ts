import type { Session, SessionCalendar } from '../calendars/calendar.ts';
import type { FlowSink } from './flow-sink.ts';
import { eventFlow, micropriceDeviation } from './measures.ts';
import { depth, emptyLevels, type Levels } from './side.ts';
import { minuteSeconds, timesGoBack } from './time.ts';
import { type TradeBar, TradeBarBuilder } from './trade-bar.ts';

/** Best prices (units of 1e-9) and sizes. */
export interface Quote {
  readonly bidPrice: number;
  readonly bidSize: number;
  readonly askPrice: number;
  readonly askSize: number;
}

/**
 * Order flow and trades of one minute, `order-flow@1`. Mean values weight each valid state with the time it stood; they are NaN where no
 * valid state stood at any time.
 */
export interface FlowMinute {
  /** Epoch milliseconds (UTC) of its start. */
  readonly time: number;
  readonly session: Session;
  /** Number of valid states that began in it. */
  readonly states: number;
  /** Event flow by level: the sum over its states, each against the one before it in the same session. */
  readonly ofi: readonly number[];
  /** The same of the best level between the last states of consecutive seconds. Never mixed with `ofi`: it misses what happens within a second. */
  readonly ofiSeconds: number;
  /** Ask less bid in ticks, mean over time. */
  readonly spread: number;
  /** Bid and ask sizes of five and ten levels together, mean over time; NaN for books of the best prices. */
  readonly depth5: number;
  readonly depth10: number;
  /** Microprice less mid in ticks, (bid size / both sizes - 1/2) * spread: of its last valid state, and the mean over time. */
  readonly microDev: number;
  readonly microDevMean: number;
  /** Time with a valid state, in nanoseconds. */
  readonly validNs: number;
  /** Traded volume by the side that took: buyers, sellers, unknown (auctions, implied). */
  readonly bought: number;
  readonly sold: number;
  readonly unsided: number;
  /** Number of trades. */
  readonly trades: number;
  /** Prices of the trades in units of 1e-9; null without a trade. */
  readonly bar: TradeBar | null;
  /** The valid state that stands at its end; null without one. */
  readonly close: Quote | null;
}

export interface FlowOptions {
  /** In units of 1e-9. */
  readonly tick: number;
  /** Levels of the states: 10, or 1 for books of the best prices. */
  readonly levels: 1 | 10;
  readonly calendar: SessionCalendar;
  readonly place: string;
  readonly emit: (minute: FlowMinute) => void;
}

/**
 * Adds up the states and trades of one instrument by minute, in the order of their times. Nothing outside sessions counts. Flow has no
 * predecessor at a session's start and after {@link MinuteFlow.reset}; a state that is not valid (a side without orders, bid at or above
 * ask) ends the one before it.
 */
export class MinuteFlow implements FlowSink {
  readonly #options: FlowOptions;
  readonly #bids: Levels = emptyLevels();
  readonly #asks: Levels = emptyLevels();
  #session: Session | null = null;
  /** Second at which the minute began, and the time in nanoseconds from there. */
  #minute = Number.NaN;
  #now = 0;
  /** A valid state stands since `#since`; flow to the next state counts if it `#isChained`, which no state is after a reset. */
  #isValid = false;
  #isChained = false;
  #since = 0;
  /** Second that the last record lies in, and the best level at the last second's end. */
  #second = Number.NaN;
  #hasSnapshot = false;
  readonly #snapshot = { bidPrice: 0, bidSize: 0, askPrice: 0, askSize: 0 };
  #spread = 0;
  #depth5 = 0;
  #depth10 = 0;
  #microDev = 0;
  readonly #ofi = new Float64Array(depth);
  #sums = emptySums();
  readonly #bar = new TradeBarBuilder();

  constructor(options: FlowOptions) {
    this.#options = options;
  }

  moveTo(seconds: number, nanos: number): boolean {
    if (seconds > this.#second) this.#endSecond();
    if (!(seconds >= this.#minute && seconds < this.#minute + minuteSeconds)) this.#toMinute(seconds);
    // Times of one venue rise; a step back within a minute counts at the time before it.
    if (!(seconds < this.#second)) this.#second = seconds;
    this.#now = Math.max(this.#now, (seconds - this.#minute) * 1e9 + nanos);
    return this.#session !== null;
  }

  state(bids: Levels, asks: Levels, isTrusted: boolean): void {
    const bidPrice = bids.price[0]!;
    const askPrice = asks.price[0]!;
    this.#weigh();
    if (!isTrusted || !(bidPrice < askPrice)) {
      this.#isValid = false;
      this.reset();
      return;
    }
    this.#sums.states++;
    const { levels, tick } = this.#options;
    if (this.#isChained)
      for (let rank = 0; rank < levels; rank++)
        this.#ofi[rank] =
          this.#ofi[rank]! +
          eventFlow(
            this.#bids.price[rank]!,
            this.#bids.size[rank]!,
            this.#asks.price[rank]!,
            this.#asks.size[rank]!,
            bids.price[rank]!,
            bids.size[rank]!,
            asks.price[rank]!,
            asks.size[rank]!,
          );
    copyLevels(bids, this.#bids, levels);
    copyLevels(asks, this.#asks, levels);
    this.#isValid = true;
    this.#isChained = true;

    this.#spread = (askPrice - bidPrice) / tick;
    this.#microDev = micropriceDeviation(bids.size[0]!, asks.size[0]!, this.#spread);
    let sizes = 0;
    for (let rank = 0; rank < levels; rank++) {
      sizes += bids.size[rank]! + asks.size[rank]!;
      if (rank === 4) this.#depth5 = sizes;
    }
    this.#depth10 = sizes;
  }

  same(): boolean {
    if (this.#isChained) this.#sums.states++;
    return this.#isChained;
  }

  reset(): void {
    this.#isChained = false;
    this.#hasSnapshot = false;
  }

  trade(price: number, size: number, side: -1 | 0 | 1): void {
    const sums = this.#sums;
    sums.trades++;
    if (side > 0) sums.bought += size;
    else if (side < 0) sums.sold += size;
    else sums.unsided += size;
    this.#bar.add(price);
  }

  end(knownUntil: bigint | null): void {
    if (this.#session === null) return;
    const start = BigInt(this.#minute) * 1_000_000_000n;
    const until = knownUntil === null ? wholeMinute : Number(knownUntil - start);
    this.#endSecond();
    this.#endMinute(Math.max(this.#now, Math.min(wholeMinute, until)));
    this.#session = null;
  }

  #toMinute(seconds: number): void {
    const minute = Math.floor(seconds / minuteSeconds) * minuteSeconds;
    if (minute < this.#minute) throw timesGoBack(this.#minute, seconds, this.#options.place);
    for (let at = this.#minute; this.#session !== null && at < minute; at += minuteSeconds) {
      this.#endMinute(wholeMinute);
      this.#minute = at + minuteSeconds;
      if (this.#minute * 1000 >= this.#session.closeMs) this.#session = null;
    }
    this.#minute = minute;
    this.#now = 0;
    if (this.#session !== null) return;
    this.#session = this.#options.calendar.sessionAt(minute * 1000);
    this.#isValid = false;
    this.reset();
  }

  /** Adds the time since the last change with the values of the state that stood. */
  #weigh(): void {
    const elapsed = this.#now - this.#since;
    this.#since = this.#now;
    if (!this.#isValid || elapsed === 0) return;
    const sums = this.#sums;
    sums.validNs += elapsed;
    sums.spread += this.#spread * elapsed;
    sums.depth5 += this.#depth5 * elapsed;
    sums.depth10 += this.#depth10 * elapsed;
    sums.microDev += this.#microDev * elapsed;
  }

  /** Takes the snapshot of the second that has ended, if a state stands that flow may follow on. */
  #endSecond(): void {
    if (!this.#isChained) {
      this.#hasSnapshot = false;
      return;
    }
    const last = this.#snapshot;
    const [bidPrice, askPrice] = [this.#bids.price[0]!, this.#asks.price[0]!];
    const [bidSize, askSize] = [this.#bids.size[0]!, this.#asks.size[0]!];
    if (this.#hasSnapshot)
      this.#sums.ofiSeconds += eventFlow(last.bidPrice, last.bidSize, last.askPrice, last.askSize, bidPrice, bidSize, askPrice, askSize);
    Object.assign(last, { bidPrice, bidSize, askPrice, askSize });
    this.#hasSnapshot = true;
  }

  #endMinute(now: number): void {
    this.#now = now;
    this.#weigh();
    const { states, ofiSeconds, validNs, bought, sold, unsided, trades, spread, depth5, depth10, microDev } = this.#sums;
    this.#options.emit({
      time: this.#minute * 1000,
      session: this.#session!,
      states,
      ofi: Array.from(this.#ofi.subarray(0, this.#options.levels)),
      ofiSeconds,
      spread: spread / validNs,
      depth5: this.#options.levels === 1 ? Number.NaN : depth5 / validNs,
      depth10: this.#options.levels === 1 ? Number.NaN : depth10 / validNs,
      microDev: validNs > 0 ? this.#microDev : Number.NaN,
      microDevMean: microDev / validNs,
      validNs,
      bought,
      sold,
      unsided,
      trades,
      bar: this.#bar.take(),
      close: this.#isValid
        ? { bidPrice: this.#bids.price[0]!, bidSize: this.#bids.size[0]!, askPrice: this.#asks.price[0]!, askSize: this.#asks.size[0]! }
        : null,
    });
    this.#ofi.fill(0);
    this.#sums = emptySums();
    this.#since = 0;
  }
}

const wholeMinute = minuteSeconds * 1e9;

function emptySums() {
  return { states: 0, ofiSeconds: 0, validNs: 0, bought: 0, sold: 0, unsided: 0, trades: 0, spread: 0, depth5: 0, depth10: 0, microDev: 0 };
}

function copyLevels(from: Levels, to: Levels, levels: number): void {
  for (let rank = 0; rank < levels; rank++) {
    to.price[rank] = from.price[rank]!;
    to.size[rank] = from.size[rank]!;
  }
}
