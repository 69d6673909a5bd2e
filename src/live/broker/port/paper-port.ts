import { isWorking, newProgress, type OrderProgress, transition } from '../order-states.ts';
import type { BrokerEvent, NewOrder } from '../orders.ts';
import type { MarketRecord } from '../paper/market-record.ts';
import type { PaperBroker } from '../paper/paper-broker.ts';
import { triggerOf } from '../report-trigger.ts';
import type { Broker, BrokerFill, BrokerOrder, CancelOutcome, PortEvent, SubmitOutcome } from './broker.ts';

/** An order and how far it is. */
export interface OrderSoFar {
  readonly order: NewOrder;
  readonly progress: OrderProgress;
}

/** What an earlier life of the account knew: its orders and fills. Its working orders are expired by the restart. */
export interface PaperHistory {
  readonly orders: readonly OrderSoFar[];
  readonly fills: readonly BrokerFill[];
}

/** The broker on paper behind the port, with the market that it is shown. */
export interface PaperPort extends Broker {
  readonly market: (record: MarketRecord) => void;
  /** Everything that is due by now happens. */
  readonly advance: (now: bigint) => void;
}

interface Kept {
  order: NewOrder;
  progress: OrderProgress;
  /** False while its request is on the way. */
  hasArrived: boolean;
  readonly outcome: Promise<SubmitOutcome>;
  readonly resolve: (outcome: SubmitOutcome) => void;
  readonly cancels: ((outcome: CancelOutcome) => void)[];
}

/** Characters of an order's id: as many as the strictest broker of ours takes. */
const clientIdMax = 48;

/**
 * Puts the port before a broker on paper in this process. Requests leave at `now()`; answers and reports come when the market or `advance`
 * makes them, with the time at which they are seen.
 */
export function createPaperPort(paper: PaperBroker, now: () => bigint, history: PaperHistory = { orders: [], fills: [] }): PaperPort {
  const orders = new Map<string, Kept>();
  const listeners = new Set<(event: PortEvent) => void>();
  const fills: BrokerFill[] = [...history.fills];
  /** Reports that nobody has listened to yet. */
  let unheard: BrokerEvent[] = [];

  const brokerIdOf = (id: string): string => `paper/${id}`;
  const keep = (order: NewOrder, progress: OrderProgress, hasArrived: boolean): Kept => {
    let resolve: Kept['resolve'];
    const outcome = new Promise<SubmitOutcome>((settled) => {
      resolve = settled;
    });
    const kept: Kept = { order, progress, hasArrived, outcome, resolve: resolve!, cancels: [] };
    orders.set(order.id, kept);
    return kept;
  };
  const emit = (event: BrokerEvent): void => {
    if (listeners.size === 0) unheard.push(event);
    for (const listener of listeners) listener({ kind: 'report', event });
  };

  const settle = (kept: Kept, { orderId, report }: BrokerEvent): void => {
    if (report.kind === 'rejected') kept.resolve({ outcome: 'rejected', code: report.code, because: report.because });
    else kept.resolve({ outcome: 'accepted', brokerId: brokerIdOf(orderId) });
    if (report.kind === 'cancelRejected') kept.cancels.shift()?.('tooLate');
    else if (report.kind === 'canceled') for (const resolve of kept.cancels.splice(0)) resolve('accepted');
  };
  const pump = (): void => {
    for (const event of paper.take()) {
      const kept = orders.get(event.orderId);
      const { report } = event;
      if (kept !== undefined) {
        kept.hasArrived = true;
        kept.progress = transition(kept.progress, triggerOf(report)).order;
      }
      if (report.kind === 'fill') fills.push({ ...event, report });
      emit(event);
      if (kept !== undefined) settle(kept, event);
    }
  };

  for (const { order, progress } of history.orders) {
    const kept = keep(order, progress, true);
    kept.resolve(
      progress.state === 'rejected'
        ? { outcome: 'rejected', code: 'refused', because: 'it was rejected before the restart' }
        : { outcome: 'accepted', brokerId: brokerIdOf(order.id) },
    );
    if (!isWorking(progress.state)) continue;
    kept.progress = transition(progress, { trigger: 'expired' }).order;
    unheard.push({ time: now(), seenAt: now(), orderId: order.id, report: { kind: 'expired', reason: 'engine-restart' } });
  }

  const shown = ({ order, progress }: Kept): BrokerOrder => ({
    clientOrderId: order.id,
    brokerId: brokerIdOf(order.id),
    symbol: order.symbol,
    side: order.side,
    lots: order.lots,
    filledLots: progress.filledLots,
    state: progress.state as BrokerOrder['state'],
  });
  const isOpen = ({ hasArrived, progress }: Kept): boolean => hasArrived && isWorking(progress.state);

  const cancel = (id: string): Promise<CancelOutcome> => {
    const kept = orders.get(id);
    if (kept === undefined || !isWorking(kept.progress.state)) return Promise.resolve('tooLate');
    kept.progress = transition(kept.progress, { trigger: 'cancel' }).order;
    return new Promise((resolve) => {
      kept.cancels.push(resolve);
      paper.cancel(id, now());
    });
  };

  return {
    id: 'paper',
    can: {
      orderTypes: ['market', 'limit', 'stop'],
      timeInForce: ['day', 'gtc', 'ioc', 'fok'],
      fractional: false,
      short: true,
      assetClasses: ['equity', 'future'],
      clientIdMax,
      cancelOnDisconnect: true,
    },
    submit: (order) => {
      const known = orders.get(order.id);
      if (known !== undefined) return known.outcome;
      const kept = keep(order, transition(newProgress(order.lots), { trigger: 'submit' }).order, false);
      paper.submit(order, now());
      return kept.outcome;
    },
    cancel,
    cancelAll: () =>
      Promise.all(
        [...orders.values()].filter(isOpen).map(async ({ order }) => ({ clientOrderId: order.id, outcome: await cancel(order.id) })),
      ),
    find: (id) => {
      const kept = orders.get(id);
      return Promise.resolve(kept?.hasArrived === true ? shown(kept) : null);
    },
    snapshot: (since) =>
      Promise.resolve({
        navMicros: navOf(paper),
        positions: Object.fromEntries(Object.entries(paper.books().holdings).map(([symbol, { lots }]) => [symbol, lots])),
        openOrders: [...orders.values()].filter(isOpen).map(shown),
        fills: fills.slice(since === null ? 0 : Number(since)),
        cursor: String(fills.length),
        at: now(),
      }),
    events: (listener) => {
      listeners.add(listener);
      listener({ kind: 'up' });
      const missed = unheard;
      unheard = [];
      for (const event of missed) listener({ kind: 'report', event });
      return () => void listeners.delete(listener);
    },
    market: (record) => {
      paper.market(record);
      pump();
    },
    advance: (until) => {
      paper.advance(until);
      pump();
    },
  };
}

function navOf(paper: PaperBroker): number | null {
  try {
    return paper.nav();
  } catch {
    // Something is held that no price of was seen.
    return null;
  }
}
