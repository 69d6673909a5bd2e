import type { OrderState } from '../order-states.ts';
import type { BrokerEvent, NewOrder, OrderKind, OrderReport, RejectCode, Side, TimeInForce } from '../orders.ts';

/** What a broker takes. */
export interface BrokerAbilities {
  readonly orderTypes: readonly OrderKind['type'][];
  readonly timeInForce: readonly TimeInForce[];
  readonly fractional: boolean;
  readonly short: boolean;
  readonly assetClasses: readonly ('equity' | 'future' | 'option' | 'crypto')[];
  /** Most characters of an order's id. */
  readonly clientIdMax: number;
  /** True if working orders are canceled when the connection ends. */
  readonly cancelOnDisconnect: boolean;
}

/**
 * What came of sending an order. `accepted`: the broker has it, now or since an earlier request with this id. `unknown`: no answer, or none
 * that says it: the order may work. It is looked up by its id, and never sent under another one.
 */
export type SubmitOutcome =
  | { readonly outcome: 'accepted'; readonly brokerId: string }
  | { readonly outcome: 'rejected'; readonly code: RejectCode; readonly because: string }
  | { readonly outcome: 'unknown'; readonly because: string };

/** `accepted`: the request was taken, and a report tells how the order ends. `tooLate`: it is not open, or there is no such order. */
export type CancelOutcome = 'accepted' | 'tooLate' | 'unknown';

export interface CancelResult {
  /** Ours; of an order that we did not send, whatever id its sender gave it. */
  readonly clientOrderId: string;
  readonly outcome: CancelOutcome;
}

/** An order as a broker shows it. */
export interface BrokerOrder {
  readonly clientOrderId: string;
  readonly brokerId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly lots: number;
  /** The broker's counter: only compared with the sum of the fills. */
  readonly filledLots: number;
  readonly state: Exclude<OrderState, 'initialized' | 'denied'>;
}

export type FillReport = Extract<OrderReport, { readonly kind: 'fill' }>;

export interface BrokerFill extends BrokerEvent {
  readonly report: FillReport;
}

/** How far the fills of an account were read; only the broker that gave it understands it. */
export type FillCursor = string;

/** An account as the broker sees it. */
export interface AccountSnapshot {
  /** Null: it does not say, or no price is known. */
  readonly navMicros: number | null;
  /** Lots by symbol, negative where sold short; what is not named is 0. */
  readonly positions: Readonly<Record<string, number>>;
  /** Of whoever sent them. */
  readonly openOrders: readonly BrokerOrder[];
  /** Fills since the cursor, in their order; some may have been told before. */
  readonly fills: readonly BrokerFill[];
  /** Behind the last of these fills. */
  readonly cursor: FillCursor;
  /** Nanoseconds since the epoch at which it was asked for. */
  readonly at: bigint;
}

/**
 * `report`: of an order; `seenAt` may lie ahead where the broker is simulated. `down`: from now on reports may be lost; after the next `up` a
 * snapshot tells what was.
 */
export type PortEvent =
  | { readonly kind: 'report'; readonly event: BrokerEvent }
  | { readonly kind: 'up' }
  | { readonly kind: 'down'; readonly because: string };

/**
 * A broker, whatever is behind it. Outcomes are values: no member rejects, and what cannot be told is `unknown`, which is no news. No
 * member sends a request for an order twice by itself. `tests/conformance/broker.ts` says all of it as cases that every adapter passes.
 */
export interface Broker {
  readonly id: string;
  readonly can: BrokerAbilities;
  /** A broker takes each id once: the same id again never makes a second order, and has the outcome of the first. */
  readonly submit: (order: NewOrder) => Promise<SubmitOutcome>;
  readonly cancel: (clientOrderId: string) => Promise<CancelOutcome>;
  /** One result for each order that was open. */
  readonly cancelAll: () => Promise<readonly CancelResult[] | 'unknown'>;
  /** An order by our id, ended ones included; null: the broker knows none now, which once proves nothing. */
  readonly find: (clientOrderId: string) => Promise<BrokerOrder | null | 'unknown'>;
  /** @param since null: from the beginning. */
  readonly snapshot: (since: FillCursor | null) => Promise<AccountSnapshot | 'unknown'>;
  /** Calls with reports in the order in which they come; at once with `up` where the connection stands. Returns what ends it. */
  readonly events: (listener: (event: PortEvent) => void) => () => void;
}
