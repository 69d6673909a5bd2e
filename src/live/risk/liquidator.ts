import type { Books } from '../broker/books.ts';
import { clientOrderId } from '../broker/client-order-id.ts';
import { isWorking } from '../broker/order-states.ts';
import type { NewOrder } from '../broker/orders.ts';
import { msOf, nsOf } from '../nanoseconds.ts';
import type { OpenLots } from './exposure.ts';
import type { RiskLimits } from './limits.ts';

/** Times of a question to the broker after which it is asked again, and of an order of ours after which it is canceled. */
const askAgainMs = 2000;
const workMs = 10_000;

/** What the broker itself said last, by its own account. */
export interface BrokerSnapshot {
  /** Nanoseconds at which it was asked for: what happened later need not be in it. */
  readonly askedAt: bigint;
  readonly positions: Readonly<Record<string, number>>;
  /** Ids of its open orders, of whoever sent them. */
  readonly openOrders: readonly string[];
}

/** What the liquidator sees: always all of it, so that lost and repeated messages change nothing. */
export interface LiquidationView {
  readonly now: bigint;
  readonly books: Books;
  readonly open: readonly OpenLots[];
  /** Null: it has not answered yet. */
  readonly broker: BrokerSnapshot | null;
}

/** The progress of selling everything, as plain data. */
export interface Liquidation {
  readonly run: string;
  readonly startedAt: bigint;
  /** Counts from 1; an attempt cancels, waits, and reduces. */
  readonly attempt: number;
  readonly attemptAt: bigint;
  /** True once the orders of this attempt were sent. */
  readonly hasReduced: boolean;
  /** When each order was last asked about, canceled or sent here. */
  readonly asked: Readonly<Record<string, bigint>>;
  /** Ids of the orders that it sent, with the time. */
  readonly own: Readonly<Record<string, bigint>>;
  readonly snapshotAskedAt: bigint | null;
  /** The last time at which something was still open, or an order was sent: only what the broker says of later counts. */
  readonly busyAt: bigint;
  /** When the timer that was asked for last is due. */
  readonly wakeAt: bigint;
  /** `flat`: the broker and the fold over the fills both say 0. */
  readonly outcome: 'running' | 'flat' | 'failed';
}

export type LiquidationEffect =
  | { readonly kind: 'cancel'; readonly id: string }
  /** Ask for the state of an order: its outcome is not known. It is never sent again, nor under another id. */
  | { readonly kind: 'lookUp'; readonly id: string }
  | { readonly kind: 'snapshot' }
  /** To be checked as every order, as the liquidator's. */
  | { readonly kind: 'submit'; readonly order: NewOrder }
  | { readonly kind: 'timer'; readonly at: bigint }
  | { readonly kind: 'flat' }
  /** A person is needed: the cause `flatten-failed` comes into force. */
  | { readonly kind: 'alarm'; readonly code: 'flatten-failed'; readonly because: string };

export interface LiquidationStep {
  readonly liquidation: Liquidation;
  readonly effects: readonly LiquidationEffect[];
}

export function startLiquidation(run: string, at: bigint): Liquidation {
  const fresh = {
    attempt: 1,
    attemptAt: at,
    hasReduced: false,
    asked: {},
    own: {},
    snapshotAskedAt: null,
    busyAt: at,
    wakeAt: at,
  } as const;
  return { run, startedAt: at, ...fresh, outcome: 'running' };
}

/**
 * What is to be done next to hold nothing: cancel all, wait until the broker confirms each, reduce what is left, and believe it only when the
 * broker and the fold over the fills both say 0. Called after everything that is heard and at its timer. Pure: equal views give equal steps.
 */
export function planLiquidation(
  liquidation: Liquidation,
  view: LiquidationView,
  { flattenTries, flattenTryMs }: Pick<RiskLimits, 'flattenTries' | 'flattenTryMs'>,
): LiquidationStep {
  if (liquidation.outcome !== 'running') return { liquidation, effects: [] };
  const step = planned(liquidation, view, flattenTries, flattenTryMs);
  if (step.liquidation.outcome !== 'running' || step.liquidation.wakeAt > view.now) return step;
  const wakeAt = view.now + nsOf(askAgainMs);
  return { liquidation: { ...step.liquidation, wakeAt }, effects: [...step.effects, { kind: 'timer', at: wakeAt }] };
}

function planned(liquidation: Liquidation, view: LiquidationView, flattenTries: number, flattenTryMs: number): LiquidationStep {
  if (view.now - liquidation.attemptAt < nsOf(flattenTryMs)) return attempted(liquidation, view, flattenTries);
  if (liquidation.attempt >= flattenTries) return failed(liquidation, `not everything was sold in ${flattenTries} attempts`);
  const again = { ...liquidation, attempt: liquidation.attempt + 1, attemptAt: view.now, hasReduced: false, asked: {} };
  return attempted({ ...again, snapshotAskedAt: null }, view, flattenTries);
}

function attempted(before: Liquidation, view: LiquidationView, tries: number): LiquidationStep {
  const { now, open, broker } = view;
  const working = open.filter(({ state }) => isWorking(state));
  if (working.length > 0) {
    const { asked, effects } = ended(before, working, now);
    return { liquidation: { ...before, asked, busyAt: now, snapshotAskedAt: null }, effects };
  }
  // What an order that is at its end here still had to say is in no snapshot of before.
  if (broker === null || broker.askedAt < before.busyAt) return snapshotAsked(before, now);
  if (broker.openOrders.length > 0) {
    const { asked, effects } = canceled(before, broker.openOrders, now);
    const step = snapshotAsked({ ...before, asked, busyAt: now }, now);
    return { ...step, effects: [...effects, ...step.effects] };
  }
  const symbols = new Set([...Object.keys(view.books.holdings), ...Object.keys(broker.positions)]);
  const left = [...symbols]
    .sort()
    .map((symbol) => ({ symbol, ours: view.books.holdings[symbol]?.lots ?? 0, theirs: broker.positions[symbol] ?? 0 }));
  if (left.some(({ ours, theirs }) => ours !== theirs || !Number.isSafeInteger(ours)))
    // Nobody trades on a position that is not agreed on: ask again until the attempt ends.
    return snapshotAsked({ ...before, busyAt: now }, now);
  const held = left.filter(({ ours }) => ours !== 0);
  if (held.length === 0) return { liquidation: { ...before, outcome: 'flat' }, effects: [{ kind: 'flat' }] };
  if (!before.hasReduced) return reduced(before, held, now);
  // Its orders ended and left something: the next attempt, if there is one.
  if (before.attempt >= tries) return failed(before, `${held.map(({ symbol, ours }) => `${ours} ${symbol}`).join(', ')} are still held`);
  return reduced({ ...before, attempt: before.attempt + 1, attemptAt: now, asked: {} }, held, now);
}

/** Ends working orders: those of an unknown outcome are looked up, all others canceled; our own are given time to be filled. */
function ended(before: Liquidation, working: readonly OpenLots[], now: bigint): Asked {
  const asked: Record<string, bigint> = { ...before.asked };
  const effects: LiquidationEffect[] = [];
  for (const { id, state } of working) {
    const sentAt = Object.hasOwn(before.own, id) ? before.own[id]! : null;
    const mayWork = sentAt !== null && now - sentAt < nsOf(workMs);
    if ((mayWork && state !== 'submitted') || !isDue(asked[id], now)) continue;
    asked[id] = now;
    if (state === 'submitted' || state === 'pendingCancel' || state === 'pendingReplace') effects.push({ kind: 'lookUp', id });
    // A cancel that is not confirmed may have been lost: it is asked for again.
    if (!mayWork) effects.push({ kind: 'cancel', id });
  }
  return { asked, effects };
}

interface Asked {
  readonly asked: Readonly<Record<string, bigint>>;
  readonly effects: readonly LiquidationEffect[];
}

/** Cancels what the broker has open and is not known here, or ended here. */
function canceled(before: Liquidation, ids: readonly string[], now: bigint): Asked {
  const due = ids.filter((id) => isDue(before.asked[id], now));
  return {
    asked: { ...before.asked, ...Object.fromEntries(due.map((id) => [id, now])) },
    effects: due.map((id) => ({ kind: 'cancel', id })),
  };
}

function snapshotAsked(before: Liquidation, now: bigint): LiquidationStep {
  if (!isDue(before.snapshotAskedAt ?? undefined, now)) return { liquidation: before, effects: [] };
  return { liquidation: { ...before, snapshotAskedAt: now }, effects: [{ kind: 'snapshot' }] };
}

function reduced(before: Liquidation, held: readonly { readonly symbol: string; readonly ours: number }[], now: bigint): LiquidationStep {
  const orders = held.map(
    ({ symbol, ours }): NewOrder => ({
      id: clientOrderId(`${before.run}|flatten`, msOf(before.startedAt), symbol, before.attempt),
      symbol,
      side: ours > 0 ? 'sell' : 'buy',
      lots: Math.abs(ours),
      kind: { type: 'market' },
      timeInForce: 'day',
    }),
  );
  const sentNow = Object.fromEntries(orders.map(({ id }) => [id, now]));
  const [own, asked] = [
    { ...before.own, ...sentNow },
    { ...before.asked, ...sentNow },
  ];
  // What the broker said until now does not know them: only what it says later counts.
  const liquidation: Liquidation = { ...before, hasReduced: true, own, asked, busyAt: now + 1n, snapshotAskedAt: null };
  return { liquidation, effects: orders.map((order) => ({ kind: 'submit', order })) };
}

function failed(before: Liquidation, because: string): LiquidationStep {
  return { liquidation: { ...before, outcome: 'failed' }, effects: [{ kind: 'alarm', code: 'flatten-failed', because }] };
}

function isDue(last: bigint | undefined, now: bigint): boolean {
  return last === undefined || now - last >= nsOf(askAgainMs);
}
