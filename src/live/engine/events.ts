import type { ArrivingBar } from '../../features/stream.ts';
import type { BrokerEvent, NewOrder } from '../broker/orders.ts';
import type { CatastrophicCode, Cause, TradingState } from '../risk/causes.ts';
import type { BrokerSnapshot } from '../risk/liquidator.ts';
import type { DenialCode } from '../risk/order-checks.ts';
import type { OrderFacts } from '../risk/order-facts.ts';
import type { Approval, Loosening, RiskChange, RiskState } from '../risk/trading-state.ts';
import type { RiskMeasures } from '../risk/triggers.ts';

/**
 * Which source comes first at one instant. Events are taken in the order of (time, rank, sequence): what the market did, then what the broker
 * says, then timers, then people.
 */
export const sourceRank = { market: 0, broker: 1, timer: 2, operator: 3 } as const;

/** A symbol's whole bar as it arrives. */
export interface LiveBar extends ArrivingBar {
  /** On the first bar of another contract, the old contract's open at that time; left out or NaN: it has none. */
  readonly previousOpen?: number;
}

/** What a driver measures of itself: how late it is, whether it can write, and whether its account is the broker's. */
export type Vitals = Pick<RiskMeasures, 'clockSkewMs' | 'loopDelayMs' | 'canRecord' | 'reconciled'>;

/** What happens to an engine. `time`, nanoseconds since the epoch, is when it became known. */
export type EngineEvent = { readonly time: bigint } & (
  | { readonly kind: 'bar'; readonly symbol: string; readonly startMs: number; readonly bar: LiveBar }
  /** No bar that ends by then is still to come. */
  | { readonly kind: 'intervalEnd'; readonly endMs: number }
  /** Best prices in ticks, for the liquidation mark. */
  | { readonly kind: 'quote'; readonly symbol: string; readonly bidTicks: number; readonly askTicks: number }
  /** Records were lost: the bar under way is incomplete. */
  | { readonly kind: 'gap' }
  | { readonly kind: 'timer'; readonly key: string }
  /** The answer to `decide`. */
  | { readonly kind: 'decided'; readonly action: Float32Array; readonly memory: Float32Array }
  | { readonly kind: 'order'; readonly event: BrokerEvent }
  /** A trade, for the collar of orders. */
  | { readonly kind: 'trade'; readonly symbol: string; readonly ticks: number }
  /** The answer to `snapshot`. */
  | { readonly kind: 'account'; readonly snapshot: BrokerSnapshot }
  | { readonly kind: 'vitals'; readonly vitals: Vitals }
  /** An order that an earlier life wrote down to send, and that the saved state does not know. */
  | { readonly kind: 'intent'; readonly order: NewOrder }
  /** A person, a rule outside or a watchdog restricts trading: at once, and never less than before. */
  | { readonly kind: 'restrict'; readonly cause: Cause; readonly because: string; readonly by: string; readonly request?: string }
  /** Persons ask for a looser state; the answer is `loosen` or `refused`. */
  | {
      readonly kind: 'askLoosening';
      readonly to: TradingState;
      readonly approvals: readonly Approval[];
      readonly reason: string;
      /** What the asker knows the answer by. */
      readonly request: string;
    }
  /** Both copies of the latch of a looser state are written. */
  | { readonly kind: 'loosened'; readonly loosening: Loosening }
  /** No bar follows; `sessionEnded`: because the last one's session is over. */
  | { readonly kind: 'stop'; readonly sessionEnded: boolean }
);

/** One step of an account by the rules of its environment: from a decision to the close of the bar that it is filled in. */
export interface AccountStep {
  /** Epoch milliseconds of the start of the bar that was decided at. */
  readonly decidedMs: number;
  readonly action: readonly number[];
  /** Held after the fill at the open. */
  readonly shares: readonly number[];
  readonly cost: number;
  readonly traded: number;
  readonly navBefore: number;
  readonly nav: number;
  /** True if the drawdown limit, or a NAV of 0, ended the episode. */
  readonly ended: boolean;
  /** True if everything was closed with the session. */
  readonly closes: boolean;
  /** True if it takes the place of the step before it: the session ended with this bar, which was not known then. */
  readonly revised: boolean;
}

/** What an engine wants done, in this order. */
export type Effect =
  /** Ask the policy; the next event must be its answer. The memory is all 0 where it was cleared. */
  | { readonly kind: 'decide'; readonly barEndMs: number; readonly observation: Float32Array; readonly memory: Float32Array }
  | { readonly kind: 'submit'; readonly order: NewOrder; readonly barEndMs: number }
  /** An order that a check of risk did not let pass, with everything that it was judged by. */
  | { readonly kind: 'denied'; readonly order: NewOrder; readonly code: DenialCode; readonly because: string; readonly facts: OrderFacts }
  | { readonly kind: 'cancel'; readonly id: string }
  /** Ask the broker for an order, or for its account: it tells by reports, and by `account`. */
  | { readonly kind: 'lookUp'; readonly id: string }
  | { readonly kind: 'snapshot' }
  /** Everything was sold: the broker and the fold over the fills both say 0. */
  | { readonly kind: 'flat' }
  /** Write both copies of the latch. The state holds already. */
  | { readonly kind: 'latch'; readonly risk: RiskState }
  /** A change of the state of trading, for the audit trail. */
  | { readonly kind: 'change'; readonly change: RiskChange }
  /** Record and write a looser state, then say `loosened`: it holds from then on. `request` is of the person who asked; null: it comes by itself. */
  | { readonly kind: 'loosen'; readonly loosening: Loosening; readonly request: string | null }
  | { readonly kind: 'refused'; readonly because: string; readonly request: string }
  | { readonly kind: 'timer'; readonly at: bigint; readonly key: string }
  | { readonly kind: 'step'; readonly step: AccountStep }
  /** The decision of this bar counts for nothing: its order could not be filled any more. */
  | { readonly kind: 'withdrawn'; readonly barEndMs: number }
  | { readonly kind: 'nav'; readonly barEndMs: number; readonly navMicros: number; readonly lots: readonly number[] }
  | { readonly kind: 'incident'; readonly code: IncidentCode; readonly because: string };

export type IncidentCode =
  | CatastrophicCode
  | 'outside-session'
  | 'gap'
  | 'feature'
  | 'action'
  | 'foreign-order'
  | 'order-rejected'
  | 'margin-call'
  | 'near-expiry';
