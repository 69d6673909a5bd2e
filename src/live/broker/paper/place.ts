import type { Session } from '../../../market/calendars/calendar.ts';
import { sessionOfBar } from '../../../market/sessions.ts';
import { msOf } from '../../nanoseconds.ts';
import type { LotTerms } from '../lot-terms.ts';
import type { Side } from '../orders.ts';
import { DisplayedSide } from './displayed-side.ts';
import type { MarketRecord } from './market-record.ts';

/** Where one symbol is traded: what is displayed, the last trade, halts and sessions. */
export class TradingPlace {
  readonly terms: LotTerms;
  readonly bids = new DisplayedSide();
  readonly asks = new DisplayedSide();
  /** Ticks of the session's last trade; null before it. */
  lastTrade: number | null = null;
  /** Time of the last book; null where what is displayed is not known. */
  quotedAt: bigint | null = null;
  halted = false;
  /** The last whole bar. */
  lastBar: Extract<MarketRecord, { kind: 'bar' }> | null = null;
  #suspect = false;
  #session: Session | null = null;
  /** The last prices at which a holding could have been closed, which its value is kept at while nothing is displayed. */
  #marks: Readonly<Record<Side, number | null>> = { buy: null, sell: null };

  constructor(terms: LotTerms) {
    this.terms = terms;
  }

  /** The session of an instant; what an earlier session displayed is forgotten where another begins. */
  sessionAt(time: bigint): Session | null {
    const session = this.terms.calendar.sessionAt(msOf(time));
    if (session !== null && session.openMs !== this.#session?.openMs) {
      if (this.#session !== null) this.forget();
      this.#session = session;
      this.lastTrade = null;
    }
    return session;
  }

  /** The session that a bar belongs to, its closing auction's included. */
  sessionOfBar(startTime: bigint): Session | null {
    return sessionOfBar(this.terms.calendar, msOf(startTime));
  }

  /** What is displayed is not known until the next book. */
  forget(): void {
    this.bids.clear();
    this.asks.clear();
    this.quotedAt = null;
  }

  show({ bids, asks, suspect = false, time }: Extract<MarketRecord, { kind: 'book' }>): void {
    this.bids.show(bids);
    this.asks.show(asks);
    this.quotedAt = time;
    this.#suspect = suspect;
    if (this.isSound) this.#marks = { buy: this.asks.best!.ticks, sell: this.bids.best!.ticks };
  }

  /** True where both sides are displayed, bid below ask, and the feed does not doubt it. */
  get isSound(): boolean {
    const [bid, ask] = [this.bids.best, this.asks.best];
    return !this.#suspect && bid !== null && ask !== null && bid.ticks < ask.ticks;
  }

  /** The side that an order of this side takes from. */
  opposite(side: Side): DisplayedSide {
    return side === 'buy' ? this.asks : this.bids;
  }

  own(side: Side): DisplayedSide {
    return side === 'buy' ? this.bids : this.asks;
  }

  /** The price at which a holding could be closed: the bid for what is long, the ask for what is short; on bars the last close. */
  markOf(lots: number): number | null {
    return this.lastBar?.close ?? (lots > 0 ? this.#marks.sell : this.#marks.buy);
  }
}
