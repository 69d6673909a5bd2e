import type { Books } from '../broker/books.ts';
import type { LotTerms } from '../broker/lot-terms.ts';
import type { Side } from '../broker/orders.ts';
import type { TradingState } from './causes.ts';
import type { OpenLots } from './exposure.ts';

/**
 * What an order is for, by which checks are chosen: `liquidation`, of the liquidator; `reducing`, of the strategy and no larger than what it
 * closes; `opening`, any other.
 */
export const purposes = ['opening', 'reducing', 'liquidation'] as const;
export type Purpose = (typeof purposes)[number];

/** What is known of a symbol's market. */
export interface RiskMarket {
  readonly terms: LotTerms;
  /** Best prices in ticks and when they were received; on bars the last close on both sides. Null: none is known. */
  readonly quote: { readonly bidTicks: number; readonly askTicks: number; readonly seenAt: bigint } | null;
  /** Ticks of the session's last trade; on bars the last close. */
  readonly lastTradeTicks: number | null;
}

export interface SentLots {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly lots: number;
  readonly at: bigint;
}

/** Everything that an order is judged by, at the instant at which it would leave. Times are nanoseconds since the epoch. */
export interface OrderFacts {
  readonly now: bigint;
  readonly by: 'strategy' | 'liquidator';
  readonly state: TradingState;
  readonly books: Books;
  /** Every order that is not at its end. */
  readonly open: readonly OpenLots[];
  readonly markets: Readonly<Record<string, RiskMarket>>;
  /** At the liquidation mark; null: not known. */
  readonly navMicros: number | null;
  /** Orders sent in the last minute at least. */
  readonly sent: readonly SentLots[];
  /** Of this session. */
  readonly cancels: number;
  readonly fills: number;
  /** The decision that a strategy's order follows from, and whether its features and action were all finite; null: of the liquidator. */
  readonly decision: { readonly madeAt: bigint; readonly isFinite: boolean } | null;
  /** True if the database answers and the journal takes writes. */
  readonly canRecord: boolean;
}
