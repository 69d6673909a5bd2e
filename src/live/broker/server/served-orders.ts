import { isWorking, newProgress, type OrderProgress, transition } from '../order-states.ts';
import { type BrokerEvent, type NewOrder, signOf } from '../orders.ts';
import { triggerOf } from '../report-trigger.ts';
import { uuidOf } from './wire.ts';

/** An order as the server keeps it. Times are nanoseconds since the epoch. */
export interface ServedOrder {
  readonly id: string;
  readonly order: NewOrder;
  readonly progress: OrderProgress;
  readonly createdAt: bigint;
  readonly updatedAt: bigint;
  /** When it ended, however. */
  readonly endedAt: bigint | null;
  /** Sum of ticks times lots over its fills. */
  readonly filledTickLots: number;
  /** Ids of the order that it stands in for, and of the one that stands in for it. */
  readonly replaces: string | null;
  readonly replacedBy: string | null;
}

/** A fill in the order of the account's activities. */
export interface ServedFill {
  readonly event: BrokerEvent & { readonly report: { readonly kind: 'fill' } };
  readonly order: ServedOrder;
}

/** What is held of a symbol, at its average price. */
export interface ServedPosition {
  readonly symbol: string;
  /** Negative where sold short. */
  readonly lots: number;
  readonly entryTicks: number;
}

/** Orders, fills and positions of an account, as the reports of its broker make them. */
export interface ServedOrders {
  readonly add: (order: NewOrder, now: bigint, replaces: string | null) => ServedOrder;
  /** Follows a report; null: of an order that was not sent here. */
  readonly hear: (event: BrokerEvent) => ServedOrder | null;
  /** Null: by none after all. */
  readonly markReplaced: (id: string, by: string | null) => void;
  readonly byId: (id: string) => ServedOrder | undefined;
  readonly byClientId: (id: string) => ServedOrder | undefined;
  /** Newest first. */
  readonly all: () => readonly ServedOrder[];
  readonly open: () => readonly ServedOrder[];
  readonly fills: () => readonly ServedFill[];
  readonly positions: () => readonly ServedPosition[];
}

/** The server's id of an order. */
export function servedId(clientId: string): string {
  return uuidOf(`order/${clientId}`);
}

export function createServedOrders(): ServedOrders {
  const orders = new Map<string, ServedOrder>();
  const ids = new Map<string, string>();
  const fills: ServedFill[] = [];
  const positions = new Map<string, ServedPosition>();
  const byClientId = (id: string): ServedOrder | undefined => orders.get(ids.get(id) ?? '');

  const all = (): readonly ServedOrder[] => [...orders.values()].reverse();
  return {
    byClientId,
    all,
    byId: (id) => orders.get(id),
    open: () => all().filter(({ progress }) => isWorking(progress.state)),
    fills: () => fills,
    positions: () => [...positions.values()].filter(({ lots }) => lots !== 0),
    add: (order, now, replaces) => {
      const added: ServedOrder = {
        ...{
          id: servedId(order.id),
          order,
          replaces,
          replacedBy: null,
          createdAt: now,
          updatedAt: now,
          endedAt: null,
          filledTickLots: 0,
        },
        progress: transition(newProgress(order.lots), { trigger: 'submit' }).order,
      };
      orders.set(added.id, added);
      ids.set(order.id, added.id);
      return added;
    },
    hear: (event) => {
      const known = byClientId(event.orderId);
      if (known === undefined) return null;
      const { report, time } = event;
      const { order: progress, outcome } = transition(known.progress, triggerOf(report));
      const isNewFill = report.kind === 'fill' && outcome !== 'repeated';
      const heard: ServedOrder = {
        ...known,
        progress,
        updatedAt: time,
        endedAt: isWorking(progress.state) ? null : time,
        filledTickLots: known.filledTickLots + (isNewFill ? report.lots * report.priceTicks : 0),
      };
      orders.set(known.id, heard);
      if (isNewFill) {
        fills.push({ event: { ...event, report }, order: heard });
        const held = positions.get(report.symbol) ?? { symbol: report.symbol, lots: 0, entryTicks: 0 };
        positions.set(report.symbol, positionAfter(held, signOf(report.side) * report.lots, report.priceTicks));
      }
      return heard;
    },
    markReplaced: (id, by) => {
      const known = orders.get(id);
      if (known !== undefined) orders.set(id, { ...known, replacedBy: by });
    },
  };
}

/** Adding to a position averages its price, closing leaves it, turning it begins anew. */
function positionAfter({ symbol, lots, entryTicks }: ServedPosition, more: number, ticks: number): ServedPosition {
  const after = lots + more;
  if (lots * more >= 0) return { symbol, lots: after, entryTicks: (entryTicks * lots + ticks * more) / after };
  return { symbol, lots: after, entryTicks: lots * after > 0 ? entryTicks : ticks };
}
