import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ticksOf } from '../micros.ts';
import type { NewOrder, OrderKind, RejectCode } from '../orders.ts';

const number = z.union([z.string(), z.number()]);

/** Body of an order; further fields are passed over. */
const orderBody = z.object({
  symbol: z.string().min(1).max(64),
  qty: number.nullish(),
  notional: number.nullish(),
  side: z.enum(['buy', 'sell']),
  type: z.string(),
  time_in_force: z.string(),
  limit_price: number.nullish(),
  stop_price: number.nullish(),
  order_class: z.string().nullish(),
  client_order_id: z.string().min(1).max(48).nullish(),
});

/** Body of a change of an order. */
const changeBody = z.object({
  qty: number.nullish(),
  time_in_force: z.string().nullish(),
  limit_price: number.nullish(),
  stop_price: number.nullish(),
  client_order_id: z.string().min(1).max(48).nullish(),
});

/** Why a request is refused: a status, Alpaca's code, and the reject code of ours behind it. */
export interface RequestRefusal {
  readonly status: 403 | 404 | 422;
  readonly code: number;
  readonly message: string;
  readonly reject: RejectCode;
}

export type Parsed<Value> = { readonly is: 'taken'; readonly value: Value } | { readonly is: 'refused'; readonly refusal: RequestRefusal };

const badInput = 40010001;
const noBuyingPower = 40310000;

export function refusalOf(reject: RejectCode, message: string): RequestRefusal {
  return reject === 'margin' ? { status: 403, code: noBuyingPower, message, reject } : { status: 422, code: badInput, message, reject };
}

function refused(reject: RejectCode, message: string): { readonly is: 'refused'; readonly refusal: RequestRefusal } {
  return { is: 'refused', refusal: refusalOf(reject, message) };
}

/** @param tickOf of a symbol; undefined: it is not traded here. */
export function parseOrder(body: unknown, tickOf: (symbol: string) => number | undefined): Parsed<NewOrder> {
  const read = orderBody.safeParse(body);
  if (!read.success) return refused('kind', sentenceOf(read.error));
  const { symbol, qty, notional, side, type, time_in_force: force, order_class: group, client_order_id: id } = read.data;
  const tick = tickOf(symbol);
  if (tick === undefined) return refused('unknown-symbol', `asset ${symbol} is not found`);
  if (group !== undefined && group !== null && group !== '' && group !== 'simple')
    return refused('kind', `orders of the class ${group} are not taken`);
  if (notional !== undefined && notional !== null) return refused('lot', 'orders by value are not taken: give qty');
  const lots = lotsOf(qty);
  if (lots === null) return refused('lot', 'qty must be a whole number > 0');
  const kind = kindOf(type, read.data.limit_price, read.data.stop_price, tick);
  if (kind.is === 'refused') return kind;
  const timeInForce = forceOf(force);
  if (timeInForce === null) return refused('kind', `the time in force ${force} is not taken`);
  return { is: 'taken', value: { id: id ?? randomUUID(), symbol, side, lots, kind: kind.value, timeInForce } };
}

/** The order that takes the place of another, of which n lots are filled. */
export function parseChange(
  body: unknown,
  { order, filledLots, tick }: { readonly order: NewOrder; readonly filledLots: number; readonly tick: number },
): Parsed<NewOrder> {
  const read = changeBody.safeParse(body);
  if (!read.success) return refused('kind', sentenceOf(read.error));
  const { qty, time_in_force: force, limit_price: limit, stop_price: stop, client_order_id: id } = read.data;
  const whole = qty === undefined || qty === null ? order.lots : lotsOf(qty);
  if (whole === null || whole <= filledLots) return refused('lot', `qty must be a whole number > ${filledLots}, which are filled`);
  const { kind: before } = order;
  const kind = kindOf(
    before.type,
    limit ?? (before.type === 'limit' ? before.limitTicks * tick : null),
    stop ?? (before.type === 'stop' ? before.stopTicks * tick : null),
    tick,
  );
  if (kind.is === 'refused') return kind;
  const timeInForce = force === undefined || force === null ? order.timeInForce : forceOf(force);
  if (timeInForce === null) return refused('kind', `the time in force ${force} is not taken`);
  return { is: 'taken', value: { ...order, id: id ?? randomUUID(), lots: whole - filledLots, kind: kind.value, timeInForce } };
}

function kindOf(
  type: string,
  limit: string | number | null | undefined,
  stop: string | number | null | undefined,
  tick: number,
): Parsed<OrderKind> {
  if (type === 'market') return { is: 'taken', value: { type } };
  if (type !== 'limit' && type !== 'stop') return refused('kind', `orders of the type ${type} are not taken`);
  const name = `${type}_price`;
  const price = numberOf(type === 'limit' ? limit : stop);
  if (price === null || price <= 0) return refused('price', `${name} must be > 0`);
  const ticks = ticksOf(price, tick);
  if (!Number.isSafeInteger(ticks)) return refused('tick', `${name} must be a multiple of ${tick}`);
  return { is: 'taken', value: type === 'limit' ? { type, limitTicks: ticks } : { type, stopTicks: ticks } };
}

const forces = ['day', 'gtc', 'ioc', 'fok'] as const;

function forceOf(text: string): NewOrder['timeInForce'] | null {
  return forces.find((one) => one === text) ?? null;
}

function numberOf(value: string | number | null | undefined): number | null {
  const text = String(value ?? '');
  return /^\d{1,12}(\.\d{1,9})?$/.test(text) ? Number(text) : null;
}

function lotsOf(value: string | number | null | undefined): number | null {
  const lots = numberOf(value);
  return lots !== null && Number.isSafeInteger(lots) && lots > 0 ? lots : null;
}

function sentenceOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');
}
