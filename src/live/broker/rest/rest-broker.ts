import { z } from 'zod';
import type { Rng } from '../../../core/rng.ts';
import { type FeedClock, systemFeedClock } from '../../feed/feed-clock.ts';
import { nanosOf } from '../../parse-time.ts';
import { microsOf } from '../micros.ts';
import type { BrokerEvent, NewOrder, RejectCode } from '../orders.ts';
import type { Broker, BrokerFill, BrokerOrder, CancelOutcome, CancelResult, PortEvent, SubmitOutcome } from '../port/broker.ts';
import { decimalText } from '../server/wire.ts';
import {
  type ActivityDocument,
  accountDocument,
  activityDocument,
  cancelDocument,
  documentOf,
  fillOf,
  lotsOf,
  orderDocument,
  orderOf,
  positionDocument,
  refusalDocument,
  rejectCodeOf,
  reportOf,
} from './documents.ts';
import { createRestClient, type Read } from './rest-client.ts';
import { openUpdateStream } from './update-stream.ts';

export interface RestBrokerOptions {
  /** Of the interface, without `/v2`: `http://127.0.0.1:4100`. */
  readonly url: string;
  readonly keyId: string;
  readonly secretKey: string;
  /** Smallest difference of two prices by symbol, of everything that is traded. */
  readonly ticks: Readonly<Record<string, number>>;
  /** What waiting times are drawn from. */
  readonly rng: Pick<Rng, 'uniform'>;
  readonly clock?: FeedClock;
}

/** A broker over HTTP, until it is closed. */
export interface RestBroker extends Broker {
  readonly close: () => void;
}

interface Refusal {
  readonly code: RejectCode;
  readonly because: string;
}

interface OrderBody {
  readonly client_order_id: string;
  readonly [field: string]: string;
}

const timeoutMs = 10_000;
const openOrders = 500;
const pageSize = 100;

/**
 * The adapter of brokers with Alpaca's trading interface: ours on paper, and Alpaca's own. Orders are sent once and never again; an answer
 * that does not say what became of one is `unknown`. A refusal that may mean that the order is there is decided by looking it up.
 */
export function connectRestBroker(options: RestBrokerOptions): RestBroker {
  const { url, keyId, secretKey, ticks, rng, clock = systemFeedClock } = options;
  const client = createRestClient({ url: `${url}/v2`, keyId, secretKey, clock, timeoutMs });
  const listeners = new Set<(event: PortEvent) => void>();
  /** Ids of the broker by ours, and the reverse. */
  const ids = new Map<string, string>();
  const clientIds = new Map<string, string>();
  /** Reports that nobody has listened to yet. */
  let unheard: BrokerEvent[] = [];
  let isUp = false;

  const know = (order: BrokerOrder): BrokerOrder => {
    ids.set(order.clientOrderId, order.brokerId);
    clientIds.set(order.brokerId, order.clientOrderId);
    return order;
  };
  const emit = (event: PortEvent): void => {
    if (event.kind === 'report' && listeners.size === 0) unheard.push(event.event);
    for (const listener of listeners) listener(event);
  };
  const tickOf = (symbol: string): number => {
    const tick = ticks[symbol];
    if (tick === undefined) throw new Error(`the tick of ${symbol} is not known`);
    return tick;
  };

  const updates = openUpdateStream({
    ...{ url: `${url.replace(/^http/, 'ws')}/stream`, keyId, secretKey, clock, uniform: () => rng.uniform() },
    onUp: () => {
      isUp = true;
      emit({ kind: 'up' });
    },
    onDown: (because) => {
      isUp = false;
      emit({ kind: 'down', because });
    },
    onUpdate: (update) => {
      const { clientOrderId, symbol, side } = know(orderOf(update.order));
      const seenAt = clock.now();
      const time = update.timestamp === null || update.timestamp === undefined ? seenAt : nanosOf(update.timestamp);
      if (update.event === 'fill' || update.event === 'partial_fill') {
        const { execution_id: id, qty, price, fee } = update;
        if (!id || !qty || !price) throw new Error('a fill lacks its id, quantity or price');
        emit({ kind: 'report', event: fillOf({ id, clientOrderId, symbol, side, qty, price, fee, time, seenAt }, tickOf(symbol)) });
        return;
      }
      const report = reportOf(update);
      if (report !== null) emit({ kind: 'report', event: { time, seenAt, orderId: clientOrderId, report } });
    },
  });

  const find: Broker['find'] = async (id) => {
    const read = await client.get(`/orders:by_client_order_id?client_order_id=${encodeURIComponent(id)}`, orderDocument.transform(orderOf));
    if (read.kind === 'read') return know(read.value);
    return read.kind === 'absent' ? null : 'unknown';
  };

  const outcomeOf = ({ state, brokerId }: BrokerOrder): SubmitOutcome =>
    state === 'rejected' ? { outcome: 'rejected', code: 'refused', because: 'the broker rejected it' } : { outcome: 'accepted', brokerId };

  const submit = async (order: NewOrder): Promise<SubmitOutcome> => {
    const body = bodyOf(order, ticks[order.symbol]);
    if (isRefusal(body)) return { outcome: 'rejected', ...body };
    const response = await client.send('POST', '/orders', body);
    if (response.kind === 'none') return { outcome: 'unknown', because: response.because };
    const { status } = response;
    if (status === 200) {
      const read = documentOf(orderDocument.transform(orderOf), response.body);
      return read !== null ? outcomeOf(know(read)) : { outcome: 'unknown', because: 'the answer has another form' };
    }
    if (status < 400 || status >= 500 || status === 408) return { outcome: 'unknown', because: `the broker answers ${status}` };
    const refusal = documentOf(refusalDocument, response.body) ?? { message: '', code: null, reject: null };
    const rejected: SubmitOutcome = {
      outcome: 'rejected',
      code: rejectCodeOf(status, refusal),
      because: refusal.message === '' ? `the broker answers ${status}` : refusal.message,
    };
    // A bad request, or an id that was sent before: only the order itself tells.
    if (status !== 422 || (refusal.reject !== null && refusal.reject !== undefined && refusal.reject !== 'duplicate-id')) return rejected;
    const found = await find(order.id);
    if (found === 'unknown') return { outcome: 'unknown', because: 'the broker refuses it, and cannot be asked why' };
    return found === null ? rejected : outcomeOf(found);
  };

  const cancel = async (id: string): Promise<CancelOutcome> => {
    let brokerId = ids.get(id);
    if (brokerId === undefined) {
      const found = await find(id);
      if (found === null) return 'tooLate';
      if (found === 'unknown') return 'unknown';
      ({ brokerId } = found);
    }
    const response = await client.send('DELETE', `/orders/${encodeURIComponent(brokerId)}`);
    if (response.kind === 'none') return 'unknown';
    return cancelOutcomeOf(response.status);
  };

  const clientIdOf = async (brokerId: string): Promise<string | null> => {
    const known = clientIds.get(brokerId);
    if (known !== undefined) return known;
    const read = await client.get(`/orders/${encodeURIComponent(brokerId)}`, orderDocument.transform(orderOf));
    return read.kind === 'read' ? know(read.value).clientOrderId : null;
  };

  /** Fills behind a cursor, which is the id of the last activity that was read. */
  const fillsSince = async (
    since: string | null,
  ): Promise<{ readonly fills: readonly BrokerFill[]; readonly cursor: string } | 'unknown'> => {
    const fills: BrokerFill[] = [];
    let cursor = since ?? '';
    for (;;) {
      const after = cursor === '' ? '' : `&page_token=${encodeURIComponent(cursor)}`;
      const page = await client.get(`/account/activities/FILL?direction=asc&page_size=${pageSize}${after}`, z.array(activityDocument));
      if (page.kind !== 'read') return 'unknown';
      for (const activity of page.value) {
        const fill = await fillOfActivity(activity);
        if (fill === null) return 'unknown';
        fills.push(fill);
        cursor = activity.id;
      }
      if (page.value.length < pageSize) return { fills, cursor };
    }
  };
  const fillOfActivity = async (activity: ActivityDocument): Promise<BrokerFill | null> => {
    const clientOrderId = await clientIdOf(activity.order_id);
    const id = activity.id.split('::')[1];
    if (clientOrderId === null || id === undefined) return null;
    try {
      const times = { time: nanosOf(activity.transaction_time), seenAt: clock.now() };
      return fillOf({ ...activity, ...times, id, clientOrderId }, tickOf(activity.symbol));
    } catch {
      return null;
    }
  };

  return {
    id: 'rest',
    can: {
      orderTypes: ['market', 'limit', 'stop'],
      timeInForce: ['day', 'gtc', 'ioc', 'fok'],
      fractional: false,
      short: true,
      assetClasses: ['equity', 'future'],
      clientIdMax: 48,
      cancelOnDisconnect: false,
    },
    submit,
    cancel,
    find,
    cancelAll: async () => {
      const response = await client.send('DELETE', '/orders');
      if (response.kind === 'none' || response.status !== 207) return 'unknown';
      const read = documentOf(z.array(cancelDocument), response.body);
      if (read === null) return 'unknown';
      const results: CancelResult[] = [];
      for (const { id, status, body } of read) {
        const clientOrderId = body?.client_order_id ?? (await clientIdOf(id)) ?? id;
        results.push({ clientOrderId, outcome: cancelOutcomeOf(status) });
      }
      return results;
    },
    snapshot: async (since) => {
      const at = clock.now();
      // Fills last: what a position or an order shows, they have.
      const account = await client.get('/account', accountDocument);
      const positions = await client.get('/positions', z.array(positionDocument.transform(positionOf)));
      const open = await client.get(`/orders?status=open&limit=${openOrders}`, z.array(orderDocument.transform(orderOf)));
      if (!areRead(account) || !areRead(positions) || !areRead(open) || open.value.length >= openOrders) return 'unknown';
      open.value.forEach(know);
      const read = await fillsSince(since);
      if (read === 'unknown') return 'unknown';
      const { equity } = account.value;
      return {
        navMicros: equity === null || equity === undefined ? null : navOf(equity),
        positions: Object.fromEntries(positions.value),
        openOrders: open.value,
        ...read,
        at,
      };
    },
    events: (listener) => {
      listeners.add(listener);
      if (isUp) listener({ kind: 'up' });
      const missed = unheard;
      unheard = [];
      for (const event of missed) listener({ kind: 'report', event });
      return () => void listeners.delete(listener);
    },
    close: updates.close,
  };
}

function areRead<Value>(read: Read<Value>): read is Extract<Read<Value>, { readonly kind: 'read' }> {
  return read.kind === 'read';
}

/** An account of fractions of a cent is worth what it is to the micro-dollar. */
function navOf(equity: string): number {
  return microsOf(Math.round(Number(equity) * 1e6) / 1e6, 'the equity');
}

function positionOf({ symbol, qty, side }: z.infer<typeof positionDocument>): readonly [symbol: string, lots: number] {
  const lots = Math.abs(lotsOf(qty));
  return [symbol, side === 'short' ? -lots : lots];
}

/** The body of an order, or why it has none. */
function bodyOf({ id, symbol, side, lots, kind, timeInForce }: NewOrder, tick: number | undefined): OrderBody | Refusal {
  if (kind.type === 'close') return { code: 'kind', because: 'no order fills at a close here' };
  const common = { symbol, qty: String(lots), side, type: kind.type, time_in_force: timeInForce, client_order_id: id };
  if (kind.type === 'market') return common;
  if (tick === undefined) return { code: 'unknown-symbol', because: `the tick of ${symbol} is not known` };
  return kind.type === 'limit'
    ? { ...common, limit_price: decimalText(kind.limitTicks * tick) }
    : { ...common, stop_price: decimalText(kind.stopTicks * tick) };
}

function isRefusal(body: OrderBody | Refusal): body is Refusal {
  return 'because' in body;
}

function cancelOutcomeOf(status: number): CancelOutcome {
  if (status === 200 || status === 204) return 'accepted';
  return status === 422 || status === 404 ? 'tooLate' : 'unknown';
}
