import { AssayError, assertNever } from '../../../core/errors.ts';
import { nsOf } from '../../nanoseconds.ts';
import { type Books, booked, navMicros, openBooks } from '../books.ts';
import type { LotTerms } from '../lot-terms.ts';
import type { BrokerEvent, EndReason, NewOrder, OrderReport } from '../orders.ts';
import { Agenda } from './agenda.ts';
import { matchBar, matchClose } from './bar-matching.ts';
import { collarOf, formFault, placeFault, type Refusal } from './checks.ts';
import { delayOf, type PaperOptions } from './config.ts';
import { marginFault } from './margin.ts';
import type { MarketRecord } from './market-record.ts';
import { TradingPlace } from './place.ts';
import { type Fill, matchArrival, matchBook, matchTrade } from './quote-matching.ts';
import { joinQueue, type WorkingOrder } from './working-order.ts';

type Due =
  | { readonly kind: 'arrive'; readonly order: NewOrder }
  | { readonly kind: 'cancel'; readonly id: string }
  | { readonly kind: 'replace'; readonly id: string; readonly order: NewOrder }
  | { readonly kind: 'expire'; readonly id: string };

/** A working order as the account's owner sees it. */
export interface OpenOrder {
  readonly order: NewOrder;
  readonly leftLots: number;
  /** Displayed size before it in its queue; null: not known, or no limit order. */
  readonly ahead: number | null;
}

/**
 * A broker on paper: a matching engine without clocks, timers or randomness of its own. It is told what the market does, what is sent to
 * it and what time it is, in the order of time; it answers with reports. At one instant the order of work is: it sees the record and fills
 * what rests, the account is marked, the strategy orders, and what has arrived by then is matched (`advance`).
 *
 * @example
 * ```ts
 * broker.market(record);
 * broker.submit(order, record.time);
 * broker.advance(record.time);
 * for (const event of broker.take()) …
 * ```
 */
export interface PaperBroker {
  /** Sees a record, after everything that was due before it. @throws AssayError `data_invalid` for a record that is older than the last. */
  readonly market: (record: MarketRecord) => void;
  /** Sends an order; it arrives after the latency. */
  readonly submit: (order: NewOrder, now: bigint) => void;
  readonly cancel: (id: string, now: bigint) => void;
  /** Cancels an order and sends another one in its place, which queues anew; refused if the old one is no longer open. */
  readonly replace: (id: string, order: NewOrder, now: bigint) => void;
  /** Everything that is due by now happens. */
  readonly advance: (now: bigint) => void;
  /** Reports since the last call, in the order in which they were made. */
  readonly take: () => readonly BrokerEvent[];
  /** Ends every working order, as after a restart of whoever sent them. */
  readonly expireAll: (now: bigint) => void;
  readonly books: () => Books;
  /** Net asset value in micro-dollars at the liquidation mark: the bid for what is long, the ask for what is short, on bars the close. */
  readonly nav: () => number;
  readonly openOrders: () => readonly OpenOrder[];
}

/**
 * Creates a paper broker.
 * @param account what it holds: a capital, or the books that the fills of an earlier life add up to.
 */
export function createPaperBroker(
  terms: readonly LotTerms[],
  options: PaperOptions,
  account: { readonly capitalMicros: number } | { readonly books: Books },
): PaperBroker {
  const places = new Map(terms.map((one) => [one.symbol, new TradingPlace(one)]));
  const agenda = new Agenda<Due>();
  const known = new Set<string>();
  let books = 'books' in account ? account.books : openBooks(account.capitalMicros);
  let working: readonly WorkingOrder[] = [];
  let events: BrokerEvent[] = [];
  let clock: bigint | null = null;

  const report = (orderId: string, time: bigint, what: OrderReport, knownAt = time): void => {
    events.push({ time, seenAt: knownAt + delayOf(options, 'ack', orderId), orderId, report: what });
  };

  const tickMicrosOf = (symbol: string): number => places.get(symbol)!.terms.tickMicros;
  const markOf = (symbol: string, lots: number): number => {
    const mark = places.get(symbol)?.markOf(lots) ?? null;
    if (mark !== null) return mark;
    throw new AssayError('data_invalid', `${lots} lots of ${symbol} are held, and no price of it has been seen`, {
      hint: 'show the broker a quote, or a bar, of everything that its account holds before it is asked for its value',
    });
  };
  const nav = (): number => navMicros(books, tickMicrosOf, markOf);

  const fill = (time: bigint, knownAt: bigint, { working: filled, ticks, lots, liquidity, slippageMicros = 0 }: Fill): void => {
    const { order } = filled;
    const feeMicros = lots * (places.get(order.symbol)!.terms.feeMicros + slippageMicros);
    filled.left -= lots;
    filled.fills++;
    books = booked(books, { ...order, lots, priceTicks: ticks, feeMicros }, tickMicrosOf(order.symbol));
    const { id, symbol, side } = order;
    const executionId = `${id}/${filled.fills}`;
    report(id, time, { kind: 'fill', symbol, side, executionId, lots, priceTicks: ticks, feeMicros, liquidity }, knownAt);
  };
  const settle = (time: bigint, fills: readonly Fill[], knownAt = time): void => {
    if (fills.length === 0) return;
    for (const one of fills) fill(time, knownAt, one);
    working = working.filter(({ left }) => left > 0);
  };

  const end = (id: string, time: bigint, kind: 'canceled' | 'expired', reason: EndReason): boolean => {
    const found = working.find(({ order }) => order.id === id);
    if (found === undefined) return false;
    working = working.filter((one) => one !== found);
    report(id, time, { kind, reason });
    return true;
  };

  /** Margin of one lot; of a share its price. */
  const unitMicros = (symbol: string): number => {
    const place = places.get(symbol)!;
    const { initialMarginMicros, tickMicros } = place.terms;
    return initialMarginMicros ?? Math.ceil((place.markOf(-1) ?? 0) * tickMicros);
  };

  const faultOf = (order: NewOrder, time: bigint): Refusal | null => {
    if (known.has(order.id)) return { code: 'duplicate-id', because: `the id ${order.id} was used before` };
    const place = places.get(order.symbol);
    if (place === undefined) return { code: 'unknown-symbol', because: `${order.symbol} is not traded here` };
    return (
      formFault(order, options) ?? placeFault(order, place, time, options) ?? marginFault(order, books, working, terms, unitMicros, nav())
    );
  };

  const arrive = (order: NewOrder, time: bigint): void => {
    const fault = faultOf(order, time);
    known.add(order.id);
    if (fault !== null) {
      report(order.id, time, { kind: 'rejected', ...fault });
      return;
    }
    const place = places.get(order.symbol)!;
    report(order.id, time, { kind: 'accepted' });
    const collar = order.kind.type === 'market' ? collarOf(order.side, place, options.collarTicks) : null;
    const accepted: WorkingOrder = { order, arrivedAt: time, left: order.lots, fills: 0, touched: false, collar, ahead: null };
    working = [...working, accepted];
    if (order.kind.type === 'close') {
      settle(time, matchClose(accepted, place));
      return;
    }
    if (options.matching === 'quotes') {
      settle(time, matchArrival(accepted, place));
      if (order.timeInForce === 'ioc' || order.timeInForce === 'fok')
        end(order.id, time, 'canceled', order.timeInForce === 'ioc' ? 'immediate-or-cancel' : 'fill-or-kill');
      joinQueue(accepted, place);
    }
    if (order.timeInForce === 'day' && accepted.left > 0)
      agenda.add(nsOf(place.sessionAt(time)!.closeMs), { kind: 'expire', id: order.id });
  };

  const refuse = (id: string, time: bigint, kind: 'cancelRejected' | 'replaceRejected'): void => {
    report(id, time, { kind, because: known.has(id) ? 'it is no longer open' : 'no such order has arrived' });
  };

  const happen = (due: Due, time: bigint): void => {
    switch (due.kind) {
      case 'arrive':
        arrive(due.order, time);
        break;
      case 'expire':
        end(due.id, time, 'expired', 'session-end');
        break;
      case 'cancel':
        if (!end(due.id, time, 'canceled', 'asked')) refuse(due.id, time, 'cancelRejected');
        break;
      case 'replace':
        if (end(due.id, time, 'canceled', 'replaced')) {
          arrive(due.order, time);
          break;
        }
        refuse(due.id, time, 'replaceRejected');
        known.add(due.order.id);
        report(due.order.id, time, { kind: 'rejected', code: 'too-late', because: `the order ${due.id} that it replaces is not open` });
        break;
      default:
        assertNever(due);
    }
  };

  const run = (time: bigint, strictly: boolean): void => {
    for (let due = agenda.next(time, strictly); due !== undefined; due = agenda.next(time, strictly)) happen(due.item, due.time);
    if (clock === null || time > clock) clock = time;
  };

  const see = (record: Exclude<MarketRecord, { kind: 'bar' }>, place: TradingPlace): readonly Fill[] => {
    const session = place.sessionAt(record.time);
    switch (record.kind) {
      case 'halt':
        place.halted = record.halted;
        return [];
      case 'gap':
        place.forget();
        return [];
      case 'book':
        place.show(record);
        return session === null || place.halted || !place.isSound ? [] : matchBook(ofSymbol(record.symbol), place);
      case 'trade':
        if (session === null) return [];
        place.lastTrade = record.ticks;
        return place.halted || !place.isSound ? [] : matchTrade(ofSymbol(record.symbol), place, record, options.collarTicks);
      default:
        return assertNever(record);
    }
  };
  const ofSymbol = (symbol: string): readonly WorkingOrder[] => working.filter(({ order }) => order.symbol === symbol);

  return {
    market: (record) => {
      const place = places.get(record.symbol);
      if (place === undefined) return;
      const from = record.kind === 'bar' ? record.startTime : record.time;
      if (clock !== null && record.time < clock)
        throw new AssayError('data_invalid', `a record of ${record.symbol} is ${clock - record.time} ns older than what was seen before`, {
          hint: 'records are shown in the order of time',
        });
      if (record.kind !== 'bar') {
        run(record.time, true);
        settle(record.time, see(record, place));
        if (clock === null || record.time > clock) clock = record.time;
        return;
      }
      // What was sent by the bar's start is there for its open; what ends with the bar ends after it.
      run(from, false);
      if (place.sessionOfBar(from) !== null) settle(from, matchBar(ofSymbol(record.symbol), record), record.time);
      place.lastBar = record;
      run(record.time, false);
    },
    submit: (order, now) => agenda.add(now + delayOf(options, 'insert', order.id), { kind: 'arrive', order }),
    cancel: (id, now) => agenda.add(now + delayOf(options, 'cancel', id), { kind: 'cancel', id }),
    replace: (id, order, now) => agenda.add(now + delayOf(options, 'insert', order.id), { kind: 'replace', id, order }),
    advance: (now) => run(now, false),
    take: () => {
      const taken = events;
      events = [];
      return taken;
    },
    expireAll: (now) => {
      for (const { order } of working) end(order.id, now, 'expired', 'engine-restart');
    },
    books: () => books,
    nav,
    openOrders: () => working.map(({ order, left, ahead }) => ({ order, leftLots: left, ahead })),
  };
}
