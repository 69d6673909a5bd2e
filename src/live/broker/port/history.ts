import { newProgress, transition } from '../order-states.ts';
import { type BrokerEvent, type NewOrder, signOf } from '../orders.ts';
import { triggerOf } from '../report-trigger.ts';
import type { BrokerFill } from './broker.ts';
import type { OrderSoFar } from './paper-port.ts';

/** Orders and position as the fold over what was written: intents, and reports in their order. Repeats change nothing. */
export interface OrderHistory {
  readonly orders: readonly OrderSoFar[];
  readonly fills: readonly BrokerFill[];
  /** Lots by symbol. */
  readonly positions: Readonly<Record<string, number>>;
}

export function historyOf(intents: readonly NewOrder[], events: readonly BrokerEvent[]): OrderHistory {
  const orders = new Map(
    intents.map((order): [string, OrderSoFar] => [
      order.id,
      { order, progress: transition(newProgress(order.lots), { trigger: 'submit' }).order },
    ]),
  );
  const fills: BrokerFill[] = [];
  const positions: Record<string, number> = {};
  for (const event of events) {
    const known = orders.get(event.orderId);
    if (known === undefined) continue;
    const { report } = event;
    const { order: progress, outcome } = transition(known.progress, triggerOf(report));
    orders.set(event.orderId, { ...known, progress });
    if (report.kind !== 'fill' || outcome === 'repeated') continue;
    fills.push({ ...event, report });
    positions[report.symbol] = (positions[report.symbol] ?? 0) + signOf(report.side) * report.lots;
  }
  return { orders: [...orders.values()], fills, positions };
}
