import { holdingOf } from '../broker/books.ts';
import { microsPerDollar } from '../broker/micros.ts';
import type { NewOrder } from '../broker/orders.ts';
import { msOf, nsOf } from '../nanoseconds.ts';
import { reducibleLots, worstLots } from './exposure.ts';
import { burstMs, comparedWith, countedMs, type RiskLimits } from './limits.ts';
import { type OrderFacts, type Purpose, purposes, type RiskMarket } from './order-facts.ts';

/** Why an order was not sent. */
export const denialCodes = [
  'not-computable',
  'order-form',
  'unknown-symbol',
  'halted',
  'reducing-only',
  'outside-hours',
  'expired-contract',
  'no-record',
  'late-order',
  'order-in-flight',
  'duplicate-order',
  'order-rate',
  'cancel-rate',
  'no-quote',
  'stale-quote',
  'collar',
  'order-size',
  'order-value',
  'position-limit',
  'gross-exposure',
] as const;
export type DenialCode = (typeof denialCodes)[number];

/** Denials that show a loop; several within a minute halt. */
export const loopingDenials: ReadonlySet<DenialCode> = new Set(['order-in-flight', 'duplicate-order', 'order-rate', 'cancel-rate']);

type Fault = (order: NewOrder, facts: OrderFacts, limits: RiskLimits) => string | null;

export interface OrderCheck {
  readonly code: DenialCode;
  /** The orders that it is asked of. */
  readonly of: readonly Purpose[];
  /** Why the order fails; null: it passes. May throw, which denies. Each comparison passes only where it is true, so NaN never does. */
  readonly fault: Fault;
}

const every = purposes;
const ofStrategy: readonly Purpose[] = ['opening', 'reducing'];
const opening: readonly Purpose[] = ['opening'];

/** All checks in the order in which they are made; the first that fails names the denial. */
export const orderChecks: readonly OrderCheck[] = [
  { code: 'order-form', of: every, fault: formFault },
  {
    code: 'unknown-symbol',
    of: every,
    fault: ({ symbol }, { markets }) => (Object.hasOwn(markets, symbol) ? null : `${symbol} is not traded by this run`),
  },
  { code: 'halted', of: ofStrategy, fault: (_, { state }) => (state === 'active' || state === 'reducing' ? null : `trading is ${state}`) },
  // The liquidator reduces in any state; the strategy may do more only where trading is active.
  { code: 'reducing-only', of: ['liquidation'], fault: reductionFault },
  {
    code: 'reducing-only',
    of: ofStrategy,
    fault: (order, facts) => (facts.state === 'active' ? null : reductionFault(order, facts)),
  },
  {
    code: 'outside-hours',
    of: every,
    // What fills at the close of the bar that has just ended belongs to that bar's session.
    fault: ({ symbol, kind }, facts) =>
      marketOf(facts, symbol).terms.calendar.sessionAt(msOf(kind.type === 'close' ? facts.now - 1n : facts.now)) === null
        ? `${symbol} is not traded at this hour`
        : null,
  },
  {
    code: 'expired-contract',
    of: every,
    fault: ({ symbol }, facts) => {
      const { lastTradeMs } = marketOf(facts, symbol).terms;
      return lastTradeMs === null || msOf(facts.now) < lastTradeMs ? null : `${symbol} was traded for the last time`;
    },
  },
  {
    code: 'no-record',
    of: ofStrategy,
    fault: (_, { canRecord }) => (canRecord === true ? null : 'the database or the journal cannot be written'),
  },
  { code: 'late-order', of: ofStrategy, fault: decisionFault },
  {
    code: 'order-in-flight',
    of: every,
    fault: ({ symbol }, { open }) => {
      const other = open.find((one) => one.symbol === symbol && one.state === 'submitted');
      return other === undefined ? null : `the broker has not answered ${other.id} yet`;
    },
  },
  {
    code: 'duplicate-order',
    of: every,
    fault: ({ id }, { open, sent }) => ([...open, ...sent].some((one) => one.id === id) ? `the id ${id} was sent before` : null),
  },
  {
    code: 'duplicate-order',
    of: ofStrategy,
    fault: (order, { sent, now }, { duplicateMs }) => {
      const same = sent.filter(({ symbol, side, lots }) => symbol === order.symbol && side === order.side && lots === order.lots);
      return within(same, now, duplicateMs) === 0 ? null : `the same symbol, side and lots were sent less than ${duplicateMs} ms ago`;
    },
  },
  { code: 'order-rate', of: ofStrategy, fault: rateFault },
  {
    code: 'cancel-rate',
    of: ofStrategy,
    fault: (_, { cancels, fills }, { cancelsPerFill }) =>
      Number.isSafeInteger(cancels) && Number.isSafeInteger(fills) && cancels <= cancelsPerFill * Math.max(1, fills)
        ? null
        : `${cancels} cancels for ${fills} fills`,
  },
  {
    code: 'no-quote',
    of: ofStrategy,
    fault: ({ symbol }, facts) => (quoteOf(facts, symbol) === null ? `no sound quote of ${symbol} is known` : null),
  },
  {
    code: 'stale-quote',
    of: ofStrategy,
    fault: ({ symbol }, facts, { quoteAgeMs }) => {
      const age = facts.now - marketOf(facts, symbol).quote!.seenAt;
      return age >= 0n && age <= nsOf(quoteAgeMs) ? null : `the quote of ${symbol} is ${Number(age) / 1e6} ms old`;
    },
  },
  { code: 'collar', of: ofStrategy, fault: collarFault },
  {
    code: 'order-size',
    of: ofStrategy,
    fault: ({ lots }, _, { maxOrderLots }) => (lots <= maxOrderLots ? null : `${lots} lots, and an order has ${maxOrderLots} at most`),
  },
  {
    code: 'order-value',
    of: ofStrategy,
    fault: (order, facts, { maxOrderDollars }) => {
      const value = lotMicros(order.symbol, facts, order) * order.lots;
      return value <= maxOrderDollars * microsPerDollar ? null : `the order is worth ${value / 1e6} dollars, over ${maxOrderDollars}`;
    },
  },
  {
    code: 'position-limit',
    of: opening,
    fault: ({ symbol, side, lots }, { books, open }, { maxPositionLots }) => {
      const worst = worstLots(holdingOf(books, symbol).lots, open, symbol, side) + lots;
      return worst <= maxPositionLots ? null : `at worst ${worst} lots would be held, over ${maxPositionLots}`;
    },
  },
  { code: 'gross-exposure', of: opening, fault: exposureFault },
];

function formFault({ id, side, lots, kind }: NewOrder): string | null {
  if (!(Number.isSafeInteger(lots) && lots > 0)) return `${lots} is no whole, positive number of lots`;
  if (typeof id !== 'string' || id === '') return 'the order has no id';
  if (side !== 'buy' && side !== 'sell') return `${String(side)} is no side`;
  switch (kind.type) {
    case 'market':
    case 'close':
      return null;
    case 'limit':
      return priceFault(kind.limitTicks);
    case 'stop':
      return priceFault(kind.stopTicks);
    default:
      return `${String((kind as NewOrder['kind']).type)} is no kind of order`;
  }
}

function priceFault(ticks: number): string | null {
  return Number.isSafeInteger(ticks) && ticks > 0 ? null : `${ticks} is no whole, positive number of ticks`;
}

function reductionFault({ symbol, side, lots }: NewOrder, { books, open, state }: OrderFacts): string | null {
  const position = holdingOf(books, symbol).lots;
  const most = reducibleLots(position, open, symbol, side);
  return lots <= most ? null : `trading is ${state} and ${position} lots are held: to ${side} ${lots} is more than the ${most} that reduce`;
}

function decisionFault(_: NewOrder, { decision, now }: OrderFacts, { decisionAgeMs }: RiskLimits): string | null {
  if (decision === null) return 'the order follows from no decision';
  if (decision.isFinite !== true) return 'a feature or the action of its decision is not finite';
  const age = now - decision.madeAt;
  return age >= 0n && age <= nsOf(decisionAgeMs) ? null : `its decision is ${Number(age) / 1e6} ms old`;
}

function rateFault(_: NewOrder, { sent, now }: OrderFacts, { ordersPerMinute, burstOrders }: RiskLimits): string | null {
  const [lately, atOnce] = [within(sent, now, countedMs), within(sent, now, burstMs)];
  if (!(lately < ordersPerMinute)) return `${lately} orders were sent within a minute`;
  return atOnce < burstOrders ? null : `${atOnce} orders were sent within a second`;
}

/** How many lie at most so long ago; what lies in the future counts. */
function within(sent: readonly { readonly at: bigint }[], now: bigint, ms: number): number {
  const window = nsOf(ms);
  return sent.filter(({ at }) => !(now - at > window)).length;
}

function marketOf({ markets }: OrderFacts, symbol: string): RiskMarket {
  if (!Object.hasOwn(markets, symbol)) throw new Error(`the market of ${symbol} is not known`);
  return markets[symbol]!;
}

/** The quote of a symbol; null where a side is missing or no positive price, or the book is crossed. */
function quoteOf(facts: OrderFacts, symbol: string): NonNullable<RiskMarket['quote']> | null {
  const { quote } = marketOf(facts, symbol);
  if (quote === null) return null;
  const { bidTicks, askTicks } = quote;
  return bidTicks > 0 && Number.isFinite(askTicks) && bidTicks <= askTicks ? quote : null;
}

/** Held against the last trade: the limit of a limit order, of a market order the quote that it would take; a stop waits for a trade. */
function collarFault({ symbol, side, kind }: NewOrder, facts: OrderFacts, { collarTicks }: RiskLimits): string | null {
  if (kind.type === 'stop') return null;
  const { quote, lastTradeTicks } = marketOf(facts, symbol);
  if (lastTradeTicks === null || !(lastTradeTicks > 0)) return `the last trade of ${symbol} is not known`;
  const price = kind.type === 'limit' ? kind.limitTicks : side === 'buy' ? quote!.askTicks : quote!.bidTicks;
  const beyond = side === 'buy' ? price - lastTradeTicks : lastTradeTicks - price;
  return beyond <= collarTicks ? null : `${price} ticks is ${beyond} worse than the last trade, over ${collarTicks}`;
}

/** Micro-dollars of one lot at the highest price that it may be dealt at, rounded up. */
function lotMicros(symbol: string, facts: OrderFacts, order?: NewOrder): number {
  const quote = quoteOf(facts, symbol);
  if (quote === null) throw new Error(`no sound quote of ${symbol} is known`);
  const asked = order?.kind.type === 'limit' ? order.kind.limitTicks : order?.kind.type === 'stop' ? order.kind.stopTicks : 0;
  const { tickMicros } = marketOf(facts, symbol).terms;
  if (!(Number.isSafeInteger(tickMicros) && tickMicros > 0)) throw new Error(`a tick of ${symbol} is worth ${tickMicros} micro-dollars`);
  return Math.ceil(Math.max(quote.askTicks, asked) * tickMicros);
}

/** Every symbol at its worst: the larger of both directions with all that works in it. */
function exposureFault(order: NewOrder, facts: OrderFacts, { maxGrossExposure }: RiskLimits): string | null {
  const { books, open, navMicros } = facts;
  if (navMicros === null || !Number.isSafeInteger(navMicros)) return 'the net asset value is not known';
  if (navMicros <= 0) return 'the net asset value is not positive';
  let gross = 0;
  for (const symbol of new Set([order.symbol, ...Object.keys(books.holdings), ...open.map((one) => one.symbol)])) {
    const own = (side: NewOrder['side']): number => (symbol === order.symbol && side === order.side ? order.lots : 0);
    const { lots } = holdingOf(books, symbol);
    const worst = Math.max(worstLots(lots, open, symbol, 'buy') + own('buy'), worstLots(lots, open, symbol, 'sell') + own('sell'));
    if (worst !== 0) gross += worst * lotMicros(symbol, facts, symbol === order.symbol ? order : undefined);
  }
  if (!Number.isSafeInteger(gross)) return `the exposure is ${gross}, which is not exact`;
  return comparedWith(gross, navMicros, maxGrossExposure) <= 0
    ? null
    : `at worst ${gross / 1e6} dollars would be held, over ${maxGrossExposure} times the ${navMicros / 1e6} of the account`;
}
