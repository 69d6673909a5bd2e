import { priceScale } from '../dbn/kinds.ts';
import { type FlowLevels, flowValues } from './columns.ts';
import type { FlowMinute } from './minute-flow.ts';

/** Minutes that became no bar, or one without a trade. */
export interface MinuteBarCounts {
  bars: number;
  /** Minutes without a trade whose bar repeats the last close with volume 0. */
  filled: number;
  /** Minutes before the session's first trade: no price is known. */
  beforeFirstTrade: number;
  /** Minutes in which no valid book stood at any time: nothing can be said of them, and nothing could be traded. */
  withoutBook: number;
}

/** @param prices open, high, low, close. */
export type PushBar = (
  minute: FlowMinute,
  prices: readonly [number, number, number, number],
  volume: number,
  flow: readonly number[],
) => void;

/**
 * Makes bars of the minutes of one instrument. With books every minute of a session from its first trade on is a bar, so that no flow is lost
 * where nothing traded; with trades alone a minute without one has no bar.
 */
export class MinuteBars {
  readonly counts: MinuteBarCounts = { bars: 0, filled: 0, beforeFirstTrade: 0, withoutBook: 0 };
  readonly #levels: FlowLevels;
  readonly #push: PushBar;
  #session = Number.NaN;
  #close = Number.NaN;

  constructor(levels: FlowLevels, push: PushBar) {
    this.#levels = levels;
    this.#push = push;
  }

  add(minute: FlowMinute): void {
    if (minute.session.openMs !== this.#session) {
      this.#session = minute.session.openMs;
      this.#close = Number.NaN;
    }
    const { bar } = minute;
    if (bar === null && this.#levels === 0) return;
    if (bar !== null) this.#close = bar.close / priceScale;
    if (Number.isNaN(this.#close)) this.counts.beforeFirstTrade++;
    else if (this.#levels > 0 && minute.validNs === 0) this.counts.withoutBook++;
    else {
      this.counts.bars++;
      if (bar === null) this.counts.filled++;
      const price = (one: number): number => one / priceScale;
      const [open, high, low] = bar === null ? [this.#close, this.#close, this.#close] : [price(bar.open), price(bar.high), price(bar.low)];
      this.#push(minute, [open, high, low, this.#close], minute.bought + minute.sold + minute.unsided, flowValues(minute, this.#levels));
    }
  }
}
