export type Side = 'buy' | 'sell';

/** 1 for a purchase, -1 for a sale. */
export function signOf(side: Side): 1 | -1 {
  return side === 'buy' ? 1 : -1;
}

/**
 * Kinds of orders. `stop` becomes a market order when the last trade touches its price. `close` fills at the close of the bar that has just
 * ended, the way an account on bars leaves the market with its session; where quotes are traded it is refused.
 */
export type OrderKind =
  | { readonly type: 'market' }
  | { readonly type: 'close' }
  | { readonly type: 'limit'; readonly limitTicks: number }
  | { readonly type: 'stop'; readonly stopTicks: number };

/** How long an order works: to its session's end, until it is canceled, or only at the instant of its arrival (in part, or whole or not). */
export type TimeInForce = 'day' | 'gtc' | 'ioc' | 'fok';

/** An order as it is sent. Quantities are whole lots, prices whole ticks. */
export interface NewOrder {
  /** Ours, see client-order-id.ts: a broker takes each id once. */
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly lots: number;
  readonly kind: OrderKind;
  readonly timeInForce: TimeInForce;
}

/** Why an order was not taken. */
export const rejectCodes = [
  'tick',
  'lot',
  'price',
  'kind',
  'unknown-symbol',
  'closed',
  'halted',
  'no-quote',
  'stale',
  'margin',
  'duplicate-id',
  'collar',
  'expired-contract',
  'too-late',
  /** Of a broker's own reasons, which its text says. */
  'refused',
] as const;

export type RejectCode = (typeof rejectCodes)[number];

/** Why a working order ended without being filled whole. */
export type EndReason =
  | 'asked'
  | 'replaced'
  | 'immediate-or-cancel'
  | 'fill-or-kill'
  | 'session-end'
  | 'engine-restart'
  /** The broker knows it no more. */
  | 'vanished'
  /** The broker does not say. */
  | 'untold';

/** What a broker reports of an order. */
export type OrderReport =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly code: RejectCode; readonly because: string }
  | {
      readonly kind: 'fill';
      readonly symbol: string;
      readonly side: Side;
      /** The broker's own, unique: a repeat of it is the same fill. */
      readonly executionId: string;
      readonly lots: number;
      readonly priceTicks: number;
      readonly feeMicros: number;
      /** Whether the order took what was displayed, or waited for it; a broker may not say. */
      readonly liquidity: 'taker' | 'maker' | 'unknown';
    }
  | { readonly kind: 'canceled'; readonly reason: EndReason }
  | { readonly kind: 'expired'; readonly reason: EndReason }
  | { readonly kind: 'cancelRejected'; readonly because: string }
  | { readonly kind: 'replaceRejected'; readonly because: string };

/** A report with its order, and when it was made and is seen by whoever sent the order (nanoseconds since the epoch). */
export interface BrokerEvent {
  readonly time: bigint;
  readonly seenAt: bigint;
  readonly orderId: string;
  readonly report: OrderReport;
}
