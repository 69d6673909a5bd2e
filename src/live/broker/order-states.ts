import { AssayError } from '../../core/errors.ts';

/**
 * The life of an order as one table: for each state, where each trigger leads. What the table leaves out changes nothing: brokers' streams
 * repeat and reorder messages, so an acceptance that comes after a fill is old news, not a fault. Fills are different: see {@link transition}.
 */
export const orderStates = [
  'initialized',
  'denied',
  'submitted',
  'accepted',
  'partiallyFilled',
  'pendingCancel',
  'pendingReplace',
  'filled',
  'canceled',
  'expired',
  'rejected',
] as const;

export type OrderState = (typeof orderStates)[number];

/** What moves an order; `part` and `rest` are fills that leave something open, or nothing. */
export const triggers = [
  'deny',
  'submit',
  'accept',
  'reject',
  'part',
  'rest',
  'cancel',
  'replace',
  'requestRefused',
  'canceled',
  'expired',
] as const;

export type Trigger = (typeof triggers)[number];

/** `before`: back to the state that the request was made in. */
type Leads = Readonly<Partial<Record<Trigger, OrderState | 'before'>>>;

const fills = { part: 'partiallyFilled', rest: 'filled' } as const;
const ends = { canceled: 'canceled', expired: 'expired' } as const;
const pending = { ...fills, ...ends, requestRefused: 'before', reject: 'rejected' } as const;

export const orderTable: Readonly<Record<OrderState, Leads>> = {
  initialized: { deny: 'denied', submit: 'submitted' },
  denied: {},
  submitted: { ...fills, ...ends, accept: 'accepted', reject: 'rejected', cancel: 'pendingCancel' },
  accepted: { ...fills, ...ends, reject: 'rejected', cancel: 'pendingCancel', replace: 'pendingReplace' },
  partiallyFilled: { ...fills, ...ends, cancel: 'pendingCancel', replace: 'pendingReplace' },
  pendingCancel: pending,
  pendingReplace: pending,
  filled: {},
  // Late fills exist: what was traded before the end may be reported after it.
  canceled: fills,
  expired: fills,
  rejected: {},
};

/** States in which an order may still be filled by intent: what counts into the worst-case position. */
export function isWorking(state: OrderState): boolean {
  const { part } = orderTable[state];
  return part !== undefined && state !== 'canceled' && state !== 'expired';
}

/** An order's progress, as plain data. */
export interface OrderProgress {
  readonly state: OrderState;
  /** The state that a pending request was made in; null without one. */
  readonly before: OrderState | null;
  readonly lots: number;
  /** The sum of the fills, never a broker's counter. */
  readonly filledLots: number;
  /** Ids of the fills, in the order of their arrival. */
  readonly executions: readonly string[];
}

export type OrderTrigger =
  | { readonly trigger: Exclude<Trigger, 'part' | 'rest'> }
  | { readonly trigger: 'fill'; readonly executionId: string; readonly lots: number };

/**
 * `changed`; `repeated`: a fill that is known by its id; `ignored`: old news; `overfill`: a fill of an order that had none open, or more than
 * was open. An overfill counts for the position as every fill does, and is an incident.
 */
export type TransitionOutcome = 'changed' | 'repeated' | 'ignored' | 'overfill';

export function newProgress(lots: number): OrderProgress {
  return { state: 'initialized', before: null, lots, filledLots: 0, executions: [] };
}

/**
 * Moves an order by one trigger.
 * @throws AssayError `internal` for a fill of no whole, positive number of lots.
 */
export function transition(
  order: OrderProgress,
  event: OrderTrigger,
): { readonly order: OrderProgress; readonly outcome: TransitionOutcome } {
  if (event.trigger === 'fill') return filledBy(order, event);
  // An order that is canceled before its acceptance was seen is accepted all the same.
  if (event.trigger === 'accept' && order.before === 'submitted') return { order: { ...order, before: 'accepted' }, outcome: 'changed' };
  const leads = orderTable[order.state][event.trigger];
  if (leads === undefined) return { order, outcome: 'ignored' };
  if (leads === 'before') return { order: { ...order, state: order.before ?? 'submitted', before: null }, outcome: 'changed' };
  const isRequest = event.trigger === 'cancel' || event.trigger === 'replace';
  return { order: { ...order, state: leads, before: isRequest ? order.state : null }, outcome: 'changed' };
}

function filledBy(
  order: OrderProgress,
  { executionId, lots }: { readonly executionId: string; readonly lots: number },
): ReturnType<typeof transition> {
  if (!(Number.isSafeInteger(lots) && lots > 0)) throw new AssayError('internal', `a fill of ${lots} lots`);
  if (order.executions.includes(executionId)) return { order, outcome: 'repeated' };
  const filledLots = order.filledLots + lots;
  const leads = orderTable[order.state][filledLots < order.lots ? 'part' : 'rest'];
  const counted = { ...order, filledLots, executions: [...order.executions, executionId] };
  if (leads === undefined || leads === 'before') return { order: counted, outcome: 'overfill' };
  return { order: { ...counted, state: leads, before: null }, outcome: filledLots > order.lots ? 'overfill' : 'changed' };
}
