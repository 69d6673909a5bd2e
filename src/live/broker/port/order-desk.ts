import { nsOf } from '../../nanoseconds.ts';
import { isWorking, newProgress, transition } from '../order-states.ts';
import { type BrokerEvent, type NewOrder, type OrderReport, signOf } from '../orders.ts';
import { triggerOf } from '../report-trigger.ts';
import type { AccountSnapshot, Broker, BrokerOrder, FillCursor, PortEvent } from './broker.ts';
import type { OrderSoFar } from './paper-port.ts';
import { differing, type Settlement, settlementOf } from './reconcile.ts';

/** Where the desk writes before it acts. Both resolve when what they were given is on disk; a rejection means that it is not. */
export interface DeskJournal {
  /** The order is going to be sent. */
  readonly intend: (order: NewOrder, at: bigint) => Promise<void>;
  readonly heard: (event: BrokerEvent) => Promise<void>;
}

/** `unwritten`: what the broker reported counts, and could not be written; a restart reads it from the broker again. */
export type DeskIncident = 'vanished-order' | 'foreign-order' | 'overfill' | 'position-mismatch' | 'unwritten';

export interface DeskOptions {
  readonly broker: Broker;
  readonly journal: DeskJournal;
  /** Nanoseconds since the epoch. */
  readonly now: () => bigint;
  /** Orders of earlier lives, as the journal tells them. */
  readonly earlier: readonly OrderSoFar[];
  /** Position of each symbol as the fold over the journal's fills. */
  readonly positions: Readonly<Record<string, number>>;
  readonly onIncident: (code: DeskIncident, because: string) => void;
}

/**
 * Stands between an engine and a broker: writes each intent before its request, sends it once, makes one stream of news out of answers, reports
 * and look-ups, and compares everything with the broker's own account. What is asked for at `tick` runs beside; nothing waits for the broker.
 */
export interface OrderDesk {
  /**
   * Writes the intent, then sends it. An id that was sent before is never sent again.
   * @returns false if it was known, or could not be written: then it was not sent.
   */
  readonly submit: (order: NewOrder) => Promise<boolean>;
  readonly cancel: (id: string) => void;
  /** Asks the broker for what is due: orders without an answer, and its account. */
  readonly tick: () => void;
  /** News since the last call, each written before. */
  readonly take: () => readonly BrokerEvent[];
  /** Resolves when all that was heard so far is written. */
  readonly written: () => Promise<void>;
  /** `same`: everything sent has an answer, and positions agree. `unknown`: not all of it is known. `differs`: a person has to look. */
  readonly reconciled: () => 'same' | 'differs' | 'unknown';
  /** Reads the broker's account now; null: it does not answer. */
  readonly read: () => Promise<AccountSnapshot | null>;
  readonly close: () => void;
}

/** An order without an answer is looked up after the first time, then in steps of the second; the account is read in steps of the third. */
const lookUps = { afterMs: 5000, everyMs: 2000, accountEveryMs: 10_000 };

interface Tracked extends OrderSoFar {
  /** Since when an answer is waited for; null: none is. */
  waitingSince: bigint | null;
  askedAt: bigint | null;
  isAsked: boolean;
  /** When it was first absent in a row of look-ups, and how often. */
  absentSince: bigint | null;
  absentTimes: number;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

export function createOrderDesk({ broker, journal, now, earlier, positions, onIncident }: DeskOptions): OrderDesk {
  const tracked = new Map<string, Mutable<Tracked>>();
  const held: Record<string, number> = { ...positions };
  const executions = new Set(earlier.flatMap(({ progress }) => progress.executions));
  const foreign = new Set<string>();
  let news: BrokerEvent[] = [];
  let writing: Promise<void> = Promise.resolve();
  let cursor: FillCursor | null = null;
  /** True once all fills that the broker knows of were read in this life. */
  let hasWholeHistory = false;
  let accountAskedAt: bigint | null = null;
  let isReadingAccount = false;
  /** The difference that the last reading showed, and after how many fills. */
  let lastDifference: string | null = null;
  let standing: 'same' | 'differs' | 'unknown' = 'unknown';
  let isClosed = false;

  const track = (one: OrderSoFar, waitingSince: bigint | null): Mutable<Tracked> => {
    const order: Mutable<Tracked> = { ...one, waitingSince, askedAt: null, isAsked: false, absentSince: null, absentTimes: 0 };
    tracked.set(one.order.id, order);
    return order;
  };
  // What an earlier life left is looked up at once.
  for (const one of earlier) track(one, isWorking(one.progress.state) ? now() - nsOf(lookUps.afterMs) : null);

  const readAccountSoon = (): void => {
    accountAskedAt = null;
  };

  /** Moves an order; what changes something is written, and then told. */
  const hear = (event: BrokerEvent): void => {
    if (isClosed) return;
    const order = tracked.get(event.orderId);
    const { report } = event;
    // What an order that is not ours did to the account, the comparison of positions finds.
    if (order === undefined) return;
    const before = order.progress.state;
    const { order: progress, outcome } = transition(order.progress, triggerOf(report));
    if (outcome === 'ignored' || outcome === 'repeated') return;
    order.progress = progress;
    if (progress.state !== before) order.waitingSince = waits(progress.state) ? now() : null;
    order.absentSince = null;
    order.absentTimes = 0;
    if (report.kind === 'fill') {
      executions.add(report.executionId);
      held[report.symbol] = (held[report.symbol] ?? 0) + signOf(report.side) * report.lots;
    }
    if (outcome === 'overfill') onIncident('overfill', `${progress.filledLots} of ${progress.lots} lots of ${event.orderId} were filled`);
    writing = Promise.all([writing, journal.heard(event)])
      .catch(() => onIncident('unwritten', `${report.kind} of ${event.orderId}`))
      .then(() => {
        news.push(event);
      });
  };

  const said = (orderId: string, report: OrderReport): void => hear({ time: now(), seenAt: now(), orderId, report });

  const settle = (order: Mutable<Tracked>, settlement: Settlement): void => {
    const { id } = order.order;
    if (settlement.do === 'readFills') readAccountSoon();
    if (settlement.do !== 'report') return;
    if (settlement.incident !== null) onIncident(settlement.incident, `the broker does not know ${id} any more, which it had accepted`);
    for (const report of settlement.reports) said(id, report);
  };

  const lookUp = async (order: Mutable<Tracked>): Promise<void> => {
    order.isAsked = true;
    order.askedAt = now();
    const found = await guarded(() => broker.find(order.order.id));
    order.isAsked = false;
    if (isClosed || found === 'unknown') return;
    if (found !== null) {
      settle(order, settlementOf(order.progress, { kind: 'found', order: found }));
      if (!waits(order.progress.state)) order.waitingSince = null;
      order.absentSince = null;
      order.absentTimes = 0;
      return;
    }
    order.absentSince ??= order.askedAt;
    order.absentTimes++;
    const { absentSince: since, absentTimes: times } = order;
    settle(order, settlementOf(order.progress, { kind: 'absent', times, since, now: now(), inWholeHistory: hasWholeHistory }));
  };

  const readAccount = async (): Promise<AccountSnapshot | null> => {
    isReadingAccount = true;
    accountAskedAt = now();
    const read = await guarded(() => broker.snapshot(cursor));
    isReadingAccount = false;
    if (isClosed || read === 'unknown') return null;
    for (const fill of read.fills) hear(fill);
    cursor = read.cursor;
    hasWholeHistory = true;
    seeOpen(read.openOrders);
    compare(read);
    return read;
  };

  /** Working orders that the broker does not show are asked for one by one; shown ones that are not ours are canceled. */
  const seeOpen = (open: readonly BrokerOrder[]): void => {
    const shown = new Map(open.map((order) => [order.clientOrderId, order]));
    for (const order of tracked.values()) {
      const found = shown.get(order.order.id);
      if (found !== undefined && !order.isAsked) settle(order, settlementOf(order.progress, { kind: 'found', order: found }));
      else if (found === undefined && isWorking(order.progress.state)) order.waitingSince ??= now() - nsOf(lookUps.afterMs);
    }
    for (const { clientOrderId: id } of open) {
      if (tracked.has(id)) continue;
      if (!foreign.has(id)) onIncident('foreign-order', `the broker has an open order ${id}, which was not sent here: it is canceled`);
      foreign.add(id);
      void guarded(() => broker.cancel(id));
    }
  };

  /** A difference counts when two readings show it and nothing was filled or is unanswered in between: their parts are of no one instant. */
  const compare = (read: AccountSnapshot): void => {
    const isAnswered = [...tracked.values()].every(({ progress }) => !waits(progress.state));
    const other = differing(held, read.positions);
    if (other.length === 0) {
      lastDifference = null;
      standing = isAnswered ? 'same' : 'unknown';
      return;
    }
    if (standing === 'differs') return;
    const said = other.map((symbol) => `${held[symbol] ?? 0} ${symbol} here, ${read.positions[symbol] ?? 0} at the broker`).join('; ');
    const difference = `${said} after ${executions.size} fills`;
    standing = isAnswered && difference === lastDifference ? 'differs' : 'unknown';
    lastDifference = difference;
    if (standing === 'differs') onIncident('position-mismatch', said);
    // A fill may have been left out: all of them are read again, soon.
    cursor = null;
    readAccountSoon();
  };

  const guarded = async <Answer>(ask: () => Promise<Answer>): Promise<Answer | 'unknown'> => {
    try {
      return await ask();
    } catch {
      // A fault of an adapter says nothing of the order.
      return 'unknown';
    }
  };

  const stop = broker.events((event: PortEvent) => {
    if (event.kind === 'report') hear(event.event);
    else if (event.kind === 'up') readAccountSoon();
    else if (standing === 'same') standing = 'unknown';
  });

  return {
    submit: async (order) => {
      if (tracked.has(order.id)) return false;
      const progress = transition(newProgress(order.lots), { trigger: 'submit' }).order;
      const one = track({ order, progress }, now());
      try {
        await journal.intend(order, now());
      } catch {
        // Nothing has left: the order was never there, which is written too, should its intent be there after all.
        tracked.delete(order.id);
        const report: OrderReport = { kind: 'rejected', code: 'refused', because: 'its intent could not be written, so it was not sent' };
        void journal.heard({ time: now(), seenAt: now(), orderId: order.id, report }).catch(() => undefined);
        return false;
      }
      one.waitingSince = now();
      void guarded(() => broker.submit(order)).then((answer) => {
        if (answer === 'unknown' || answer.outcome === 'unknown') return;
        if (answer.outcome === 'accepted') said(order.id, { kind: 'accepted' });
        else said(order.id, { kind: 'rejected', code: answer.code, because: answer.because });
      });
      return true;
    },
    cancel: (id) => {
      const order = tracked.get(id);
      if (order !== undefined) {
        order.progress = transition(order.progress, { trigger: 'cancel' }).order;
        if (waits(order.progress.state)) order.waitingSince ??= now();
      }
      void guarded(() => broker.cancel(id)).then((answer) => {
        if (answer === 'tooLate') said(id, { kind: 'cancelRejected', because: 'it is not open' });
      });
    },
    tick: () => {
      const at = now();
      for (const order of tracked.values()) {
        if (order.waitingSince === null || order.isAsked || at - order.waitingSince < nsOf(lookUps.afterMs)) continue;
        if (order.askedAt === null || at - order.askedAt >= nsOf(lookUps.everyMs)) void lookUp(order);
      }
      if (!isReadingAccount && (accountAskedAt === null || at - accountAskedAt >= nsOf(lookUps.accountEveryMs))) void readAccount();
    },
    take: () => {
      const taken = news;
      news = [];
      return taken;
    },
    written: () => writing,
    reconciled: () => standing,
    read: readAccount,
    close: () => {
      isClosed = true;
      stop();
    },
  };
}

/** True where the broker owes an answer. */
function waits(state: OrderSoFar['progress']['state']): boolean {
  return state === 'submitted' || state === 'pendingCancel' || state === 'pendingReplace';
}
