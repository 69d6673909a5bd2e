import { z } from 'zod';
import { microsOf, ticksOf } from '../micros.ts';
import { type OrderReport, type RejectCode, rejectCodes } from '../orders.ts';
import type { BrokerFill, BrokerOrder } from '../port/broker.ts';

/** What is read of the documents of Alpaca's trading interface; further fields are allowed. */

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const sides = z.enum(['buy', 'sell']);

export const orderDocument = z.object({
  id: z.string().min(1),
  client_order_id: z.string(),
  symbol: z.string(),
  side: sides,
  qty: decimal,
  filled_qty: decimal,
  status: z.string(),
});
export type OrderDocument = z.infer<typeof orderDocument>;

export const accountDocument = z.object({ equity: decimal.nullish() });
export const positionDocument = z.object({ symbol: z.string(), qty: decimal, side: z.string() });
export const cancelDocument = z.object({
  id: z.string(),
  status: z.number(),
  body: z.object({ client_order_id: z.string() }).nullish().catch(null),
});
export const refusalDocument = z.object({
  code: z.number().nullish().catch(null),
  message: z.string().catch(''),
  reject: z.enum(rejectCodes).nullish().catch(null),
});

export const activityDocument = z.object({
  id: z.string(),
  order_id: z.string(),
  symbol: z.string(),
  side: sides,
  qty: decimal,
  price: decimal,
  transaction_time: z.string(),
  fee: decimal.nullish(),
});
export type ActivityDocument = z.infer<typeof activityDocument>;

export const updateDocument = z.object({
  event: z.string(),
  timestamp: z.string().nullish(),
  execution_id: z.string().nullish(),
  qty: decimal.nullish(),
  price: decimal.nullish(),
  fee: decimal.nullish(),
  reason: z.string().nullish().catch(null),
  reject: z.enum(rejectCodes).nullish().catch(null),
  order: orderDocument,
});
export type UpdateDocument = z.infer<typeof updateDocument>;

/** States that say nothing of their own, such as `held` or `suspended`, are those of an order that works. */
const states: Readonly<Record<string, BrokerOrder['state']>> = {
  pending_new: 'submitted',
  pending_review: 'submitted',
  partially_filled: 'partiallyFilled',
  filled: 'filled',
  canceled: 'canceled',
  replaced: 'canceled',
  expired: 'expired',
  rejected: 'rejected',
  pending_cancel: 'pendingCancel',
  pending_replace: 'pendingReplace',
};

/** @throws Error for numbers that are no whole lots. */
export function orderOf(document: OrderDocument): BrokerOrder {
  const { id, client_order_id: clientOrderId, symbol, side, qty, filled_qty: filled, status } = document;
  const filledLots = lotsOf(filled);
  const state = states[status] ?? (filledLots > 0 ? 'partiallyFilled' : 'accepted');
  return { clientOrderId, brokerId: id, symbol, side, lots: lotsOf(qty), filledLots, state };
}

export function lotsOf(text: string): number {
  const lots = Number(text);
  if (!Number.isSafeInteger(lots)) throw new Error(`${text} is no whole number of lots`);
  return lots;
}

interface Execution {
  readonly id: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly qty: string;
  readonly price: string;
  readonly fee?: string | null | undefined;
  readonly time: bigint;
  readonly seenAt: bigint;
}

/** A fill as the port tells it. @throws Error for a price off the grid. */
export function fillOf({ id, clientOrderId, symbol, side, qty, price, fee, time, seenAt }: Execution, tick: number): BrokerFill {
  const priceTicks = ticksOf(Number(price), tick);
  if (!Number.isSafeInteger(priceTicks)) throw new Error(`the price ${price} of ${symbol} is no whole number of ticks of ${tick}`);
  const feeMicros = fee === null || fee === undefined ? 0 : microsOf(Number(fee), 'a fee');
  return {
    time,
    seenAt,
    orderId: clientOrderId,
    report: { kind: 'fill', symbol, side, executionId: id, lots: lotsOf(qty), priceTicks, feeMicros, liquidity: 'unknown' },
  };
}

/** What an update that is no fill reports; null: the state of its order stays as it is. */
export function reportOf({ event, reason, reject }: UpdateDocument): Exclude<OrderReport, { readonly kind: 'fill' }> | null {
  switch (event) {
    case 'new':
    case 'accepted':
      return { kind: 'accepted' };
    case 'canceled':
      return { kind: 'canceled', reason: 'untold' };
    case 'replaced':
      return { kind: 'canceled', reason: 'replaced' };
    case 'expired':
      return { kind: 'expired', reason: 'session-end' };
    case 'rejected':
      return { kind: 'rejected', code: reject ?? 'refused', because: reason ?? 'the broker does not say why' };
    case 'order_cancel_rejected':
      return { kind: 'cancelRejected', because: reason ?? 'it is not open' };
    case 'order_replace_rejected':
      return { kind: 'replaceRejected', because: reason ?? 'it is not open' };
    default:
      return null;
  }
}

/** A document, or null for one of another form. */
export function documentOf<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> | null {
  try {
    return schema.safeParse(body).data ?? null;
  } catch {
    // A transformation found numbers that there are not here, such as parts of a lot.
    return null;
  }
}

/** Code of a refusal, where the broker has one of its own. */
export function rejectCodeOf(status: number, { code, reject }: z.infer<typeof refusalDocument>): RejectCode {
  return reject ?? (status === 403 && code === 40310000 ? 'margin' : 'refused');
}
