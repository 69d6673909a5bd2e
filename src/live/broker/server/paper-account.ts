import type { LotTerms } from '../lot-terms.ts';
import type { BrokerEvent, NewOrder } from '../orders.ts';
import type { MarketRecord } from '../paper/market-record.ts';
import type { CancelOutcome, SubmitOutcome } from '../port/broker.ts';
import type { PaperPort } from '../port/paper-port.ts';
import { createServedOrders, type ServedOrder, type ServedOrders, type ServedPosition, servedId } from './served-orders.ts';

/** Amounts of an account in micro-dollars; null where something is held that no price of is known. */
export interface AccountAmounts {
  readonly nav: number | null;
  readonly cash: number | null;
  readonly longValue: number;
  readonly shortValue: number;
  readonly initialMargin: number;
  readonly maintenanceMargin: number;
}

/** A report as it may be told, when it is seen. */
export interface AccountNews {
  readonly event: BrokerEvent;
  readonly order: ServedOrder;
  /** Lots that are held of its symbol behind it. */
  readonly positionLots: number;
}

/** One account of the broker on paper, as its server shows it. */
export interface PaperAccount {
  readonly terms: ReadonlyMap<string, LotTerms>;
  readonly now: () => bigint;
  readonly orders: Omit<ServedOrders, 'add' | 'hear' | 'markReplaced'>;
  /** Null: an order with this id was sent before. */
  readonly submit: (order: NewOrder) => Promise<SubmitOutcome> | null;
  readonly cancel: (order: ServedOrder) => Promise<CancelOutcome>;
  /** Cancels an order and sends another in its place; `tooLate`: it is not open any more. Null as of `submit`. */
  readonly replace: (order: ServedOrder, by: NewOrder) => Promise<SubmitOutcome | 'tooLate'> | null;
  readonly amounts: () => Promise<AccountAmounts>;
  /** Ticks at which a position could be closed; null: not known. */
  readonly markOf: (position: ServedPosition) => number | null;
  readonly market: (record: MarketRecord) => void;
  /** Everything that is due by now happens, and what is seen by now is told. */
  readonly advance: () => void;
  readonly onNews: (listener: (news: AccountNews) => void) => () => void;
}

export function createPaperAccount(port: PaperPort, symbols: readonly LotTerms[], now: () => bigint): PaperAccount {
  const terms = new Map(symbols.map((one) => [one.symbol, one]));
  const orders = createServedOrders();
  const listeners = new Set<(news: AccountNews) => void>();
  /** Ticks by symbol at which one could sell, and buy. */
  const quotes = new Map<string, { readonly bid: number; readonly ask: number }>();
  let unseen: AccountNews[] = [];

  const heldOf = (symbol: string): number => orders.positions().find((one) => one.symbol === symbol)?.lots ?? 0;
  port.events((event) => {
    if (event.kind !== 'report') return;
    const order = orders.hear(event.event);
    if (order !== null) unseen.push({ event: event.event, order, positionLots: heldOf(order.order.symbol) });
    tell();
  });
  const tell = (): void => {
    const at = now();
    // An order's reports are seen in their order, whatever was drawn for each.
    const waiting = new Set<string>();
    const left: AccountNews[] = [];
    for (const news of unseen) {
      const id = news.order.id;
      if (news.event.seenAt <= at && !waiting.has(id)) for (const listener of listeners) listener(news);
      else {
        waiting.add(id);
        left.push(news);
      }
    }
    unseen = left;
  };

  const submit = (order: NewOrder, replaces: string | null): Promise<SubmitOutcome> => {
    orders.add(order, now(), replaces);
    return port.submit(order);
  };
  const markOf = ({ symbol, lots }: ServedPosition): number | null => {
    const quote = quotes.get(symbol);
    return quote === undefined ? null : lots > 0 ? quote.bid : quote.ask;
  };

  return {
    terms,
    now,
    orders,
    markOf,
    submit: (order) => (orders.byClientId(order.id) === undefined ? submit(order, null) : null),
    cancel: ({ order }) => port.cancel(order.id),
    replace: (old, by) => {
      if (orders.byClientId(by.id) !== undefined) return null;
      const at = orders.byId(old.id)!;
      orders.markReplaced(old.id, servedId(by.id));
      return port.cancel(at.order.id).then(async (outcome) => {
        if (outcome !== 'accepted') {
          orders.markReplaced(old.id, null);
          return 'tooLate';
        }
        const left = at.order.lots - orders.byId(old.id)!.progress.filledLots;
        return await submit({ ...by, lots: Math.min(by.lots, left) }, old.id);
      });
    },
    amounts: async () => {
      const read = await port.snapshot('0');
      const nav = read === 'unknown' ? null : read.navMicros;
      let [longValue, shortValue, initialMargin, maintenanceMargin, paid] = [0, 0, 0, 0, 0];
      for (const position of orders.positions()) {
        const { tickMicros, initialMarginMicros, maintenanceMarginMicros } = terms.get(position.symbol)!;
        const mark = markOf(position) ?? position.entryTicks;
        const value = position.lots * mark * tickMicros;
        if (value > 0) longValue += value;
        else shortValue += value;
        // A share is paid whole; of a future only the gain is in the account.
        paid += initialMarginMicros === null ? value : value - position.lots * position.entryTicks * tickMicros;
        initialMargin += initialMarginMicros === null ? Math.abs(value) : Math.abs(position.lots) * initialMarginMicros;
        maintenanceMargin += maintenanceMarginMicros === null ? Math.abs(value) : Math.abs(position.lots) * maintenanceMarginMicros;
      }
      return { nav, cash: nav === null ? null : nav - paid, longValue, shortValue, initialMargin, maintenanceMargin };
    },
    market: (record) => {
      if (record.kind === 'book' && record.bids[0] !== undefined && record.asks[0] !== undefined)
        quotes.set(record.symbol, { bid: record.bids[0].ticks, ask: record.asks[0].ticks });
      port.market(record);
    },
    advance: () => {
      port.advance(now());
      tell();
    },
    onNews: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
