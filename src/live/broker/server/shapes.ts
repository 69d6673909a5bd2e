import type { LotTerms } from '../lot-terms.ts';
import type { OrderState } from '../order-states.ts';
import type { BrokerEvent } from '../orders.ts';
import type { ServedFill, ServedOrder, ServedPosition } from './served-orders.ts';
import { decimalText, dollarsText, timeText, uuidOf } from './wire.ts';

/** Documents in the shape of Alpaca's trading interface. */

const statuses: Readonly<Record<OrderState, string>> = {
  initialized: 'pending_new',
  denied: 'rejected',
  submitted: 'pending_new',
  accepted: 'new',
  partiallyFilled: 'partially_filled',
  pendingCancel: 'pending_cancel',
  pendingReplace: 'pending_replace',
  filled: 'filled',
  canceled: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
};

/** Futures have no class of their own there: the one that its clients know is given. */
const assetClass = 'us_equity';

export function orderShape(
  { id, order, progress, createdAt, updatedAt, endedAt, filledTickLots, replaces, replacedBy }: ServedOrder,
  { tick }: LotTerms,
) {
  const { state, filledLots } = progress;
  const endOf = (...states: readonly OrderState[]): string | null =>
    endedAt !== null && states.includes(state) ? timeText(endedAt) : null;
  const { kind } = order;
  return {
    id,
    client_order_id: order.id,
    created_at: timeText(createdAt),
    updated_at: timeText(updatedAt),
    submitted_at: timeText(createdAt),
    filled_at: endOf('filled'),
    expired_at: endOf('expired'),
    canceled_at: replacedBy === null ? endOf('canceled') : null,
    failed_at: endOf('rejected', 'denied'),
    replaced_at: replacedBy === null ? null : endOf('canceled'),
    replaced_by: replacedBy,
    replaces,
    asset_id: uuidOf(`asset/${order.symbol}`),
    symbol: order.symbol,
    asset_class: assetClass,
    notional: null,
    qty: String(order.lots),
    filled_qty: String(filledLots),
    filled_avg_price: filledLots === 0 ? null : decimalText((filledTickLots / filledLots) * tick),
    order_class: 'simple',
    order_type: kind.type,
    type: kind.type,
    side: order.side,
    time_in_force: order.timeInForce,
    limit_price: kind.type === 'limit' ? decimalText(kind.limitTicks * tick) : null,
    stop_price: kind.type === 'stop' ? decimalText(kind.stopTicks * tick) : null,
    status: state === 'canceled' && replacedBy !== null ? 'replaced' : statuses[state],
    extended_hours: false,
    legs: null,
    trail_percent: null,
    trail_price: null,
    hwm: null,
  };
}

/** @param markTicks price at which it could be closed; null: not known. */
export function positionShape({ symbol, lots, entryTicks }: ServedPosition, { tick, tickMicros }: LotTerms, markTicks: number | null) {
  const value = markTicks === null ? null : lots * markTicks * tickMicros;
  const cost = lots * entryTicks * tickMicros;
  const gain = value === null ? null : value - cost;
  const gained = gain === null ? null : dollarsText(gain);
  const share = gain === null || cost === 0 ? null : decimalText(gain / Math.abs(cost));
  return {
    asset_id: uuidOf(`asset/${symbol}`),
    symbol,
    exchange: '',
    asset_class: assetClass,
    asset_marginable: true,
    qty: String(lots),
    qty_available: String(lots),
    side: lots > 0 ? 'long' : 'short',
    avg_entry_price: decimalText(entryTicks * tick),
    market_value: value === null ? null : dollarsText(value),
    cost_basis: dollarsText(cost),
    unrealized_pl: gained,
    unrealized_plpc: share,
    unrealized_intraday_pl: gained,
    unrealized_intraday_plpc: share,
    current_price: markTicks === null ? null : decimalText(markTicks * tick),
    lastday_price: null,
    change_today: null,
  };
}

export function assetShape({ symbol, tick, initialMarginMicros }: LotTerms) {
  return {
    id: uuidOf(`asset/${symbol}`),
    class: assetClass,
    exchange: '',
    symbol,
    name: symbol,
    status: 'active',
    tradable: true,
    marginable: initialMarginMicros !== null,
    shortable: true,
    easy_to_borrow: true,
    fractionable: false,
    price_increment: tick,
  };
}

/** Id of a fill among the account's activities, in the order of time. */
export function activityId({ event }: ServedFill): string {
  return `${timeText(event.time)
    .replace(/[-:TZ.]/g, '')
    .slice(0, 17)}::${uuidOf(event.report.executionId)}`;
}

/** `fee` is ours: Alpaca's has none. */
export function activityShape(fill: ServedFill, { tick }: LotTerms) {
  const { event, order } = fill;
  const { report } = event;
  return {
    id: activityId(fill),
    activity_type: 'FILL',
    type: order.progress.filledLots < order.order.lots ? 'partial_fill' : 'fill',
    transaction_time: timeText(event.time),
    price: decimalText(report.priceTicks * tick),
    qty: String(report.lots),
    cum_qty: String(order.progress.filledLots),
    leaves_qty: String(order.order.lots - order.progress.filledLots),
    side: report.side,
    symbol: report.symbol,
    order_id: order.id,
    order_status: statuses[order.progress.state],
    fee: dollarsText(report.feeMicros),
  };
}

/** A report as an update of the stream; null: it has none. `fee`, `reason` and `reject` are ours. */
export function updateShape({ time, report }: BrokerEvent, order: ServedOrder, terms: LotTerms, positionLots: number) {
  const update = (event: string, more: object = {}) => ({ event, timestamp: timeText(time), order: orderShape(order, terms), ...more });
  switch (report.kind) {
    case 'accepted':
      return update('new', { execution_id: uuidOf(`new/${order.id}`) });
    case 'fill':
      return update(order.progress.filledLots < order.order.lots ? 'partial_fill' : 'fill', {
        execution_id: uuidOf(report.executionId),
        price: decimalText(report.priceTicks * terms.tick),
        qty: String(report.lots),
        position_qty: String(positionLots),
        fee: dollarsText(report.feeMicros),
      });
    case 'canceled':
      return update(order.replacedBy === null ? 'canceled' : 'replaced', {
        execution_id: uuidOf(`end/${order.id}`),
        reason: report.reason,
      });
    case 'expired':
      return update('expired', { execution_id: uuidOf(`end/${order.id}`), reason: report.reason });
    case 'rejected':
      return update('rejected', { execution_id: uuidOf(`end/${order.id}`), reject: report.code, reason: report.because });
    case 'cancelRejected':
      return update('order_cancel_rejected', { reason: report.because });
    case 'replaceRejected':
      return update('order_replace_rejected', { reason: report.because });
  }
}
