import { AssayError } from '../../core/errors.ts';
import type { SessionCalendar } from '../../market/calendars/calendar.ts';
import { lastTradeMs } from '../../market/instruments.ts';
import type { Books } from '../broker/books.ts';
import type { LotTerms } from '../broker/lot-terms.ts';
import type { NewOrder } from '../broker/orders.ts';
import { msOf, nsOf } from '../nanoseconds.ts';
import { type Cause, ruleOf, type TradingState } from '../risk/causes.ts';
import { checkOrder, type RiskVerdict } from '../risk/check-order.ts';
import type { OpenLots } from '../risk/exposure.ts';
import { countedMs, type RiskLimits } from '../risk/limits.ts';
import type { DenialCode } from '../risk/order-checks.ts';
import type { OrderFacts, RiskMarket, SentLots } from '../risk/order-facts.ts';
import {
  type AutomaticResume,
  type Loosening,
  loosen,
  type RiskEffect,
  type RiskState,
  type RiskStep,
  resume,
  settle,
  type Tightening,
  tighten,
  tradingState,
  unrestricted,
} from '../risk/trading-state.ts';
import { causesNow, type RiskMeasures } from '../risk/triggers.ts';
import type { Effect, EngineEvent, Vitals } from './events.ts';

type Quote = NonNullable<RiskMarket['quote']>;

/** What the rules of risk remember, as plain data. */
export interface GuardState {
  readonly risk: RiskState;
  readonly quotes: Readonly<Record<string, Quote>>;
  readonly lastTrades: Readonly<Record<string, number>>;
  readonly sent: readonly SentLots[];
  readonly denials: readonly { readonly at: bigint; readonly code: DenialCode }[];
  readonly rejects: readonly bigint[];
  /** The session under way or the last one, with what the account was worth when it began. */
  readonly session: { readonly openMs: number; readonly navMicros: number | null; readonly cancels: number; readonly fills: number } | null;
  readonly peakNavMicros: number;
  readonly lastRecordAt: bigint | null;
  readonly vitals: Vitals;
  readonly isFinite: boolean;
}

/** The account at the instant of a question. */
export interface GuardedAccount {
  readonly books: Books;
  readonly open: readonly OpenLots[];
  readonly navMicros: number | null;
}

export interface GuardParts {
  readonly limits: RiskLimits;
  readonly calendar: SessionCalendar;
  /** The terms of what a symbol, or its contract, is traded as; null: it is not traded here. */
  readonly termsOf: (symbol: string) => LotTerms | null;
  readonly capitalMicros: number;
  readonly isNearExpiry: () => boolean;
}

/** Every order passes here, and what restricts trading is kept here. As pure as the engine: time comes with what it is told. */
export interface Guard {
  readonly state: () => TradingState;
  readonly risk: () => RiskState;
  /** True where something in force wants everything sold; not after that has failed. */
  readonly sells: () => boolean;
  readonly quote: (symbol: string, bidTicks: number, askTicks: number, now: bigint) => void;
  readonly quoteOf: (symbol: string) => Quote | null;
  readonly trade: (symbol: string, ticks: number) => void;
  readonly record: (now: bigint) => void;
  /** Nanoseconds since the feed's last word; null: it said none. */
  readonly silence: (now: bigint) => bigint | null;
  readonly vitals: (vitals: Vitals) => void;
  /** Whether the last features and action were all finite. */
  readonly finite: (areFinite: boolean) => void;
  /** Judges an order; an order that passes counts as sent. */
  readonly check: (
    order: NewOrder,
    by: OrderFacts['by'],
    madeAt: bigint | null,
    account: GuardedAccount,
    now: bigint,
  ) => { readonly verdict: RiskVerdict; readonly facts: OrderFacts };
  readonly canceled: () => void;
  readonly filled: () => void;
  readonly rejected: (now: bigint) => void;
  readonly restrict: (tightening: Omit<Tightening, 'at' | 'sessionOpenMs'>, now: bigint) => readonly RiskEffect[];
  /** Measures, and follows what is true: tighter at once, looser by `loosen`. */
  readonly watch: (
    account: GuardedAccount,
    maintenanceMicros: number | null,
    now: bigint,
  ) => readonly (RiskEffect | Extract<Effect, { kind: 'loosen' }>)[];
  readonly ask: (event: Extract<EngineEvent, { kind: 'askLoosening' }>, now: bigint) => Effect;
  readonly loosened: (loosening: Loosening) => readonly RiskEffect[];
  readonly save: () => GuardState;
}

/** What a driver without clocks and disks of its own says of itself. */
const sound: Vitals = { clockSkewMs: 0, loopDelayMs: 0, canRecord: true, reconciled: 'same' };

export function createGuard(parts: GuardParts, saved?: GuardState): Guard {
  const { limits, calendar, termsOf, isNearExpiry } = parts;
  let risk = saved?.risk ?? unrestricted;
  const quotes = new Map(Object.entries(saved?.quotes ?? {}));
  const lastTrades = new Map(Object.entries(saved?.lastTrades ?? {}));
  let sent = saved?.sent ?? [];
  let denials = saved?.denials ?? [];
  let rejects = saved?.rejects ?? [];
  let session = saved?.session ?? null;
  let peakNavMicros = saved?.peakNavMicros ?? parts.capitalMicros;
  let lastRecordAt = saved?.lastRecordAt ?? null;
  let vitals = saved?.vitals ?? sound;
  let areFinite = saved?.isFinite ?? true;
  let trueNow: readonly Cause[] | null = null;

  const isRecent = (at: bigint, now: bigint): boolean => !(now - at > nsOf(countedMs));
  const marketsOf = (symbols: Iterable<string>): Readonly<Record<string, RiskMarket>> => {
    const markets: Record<string, RiskMarket> = {};
    for (const symbol of symbols) {
      const terms = termsOf(symbol);
      if (terms !== null) markets[symbol] = { terms, quote: quotes.get(symbol) ?? null, lastTradeTicks: lastTrades.get(symbol) ?? null };
    }
    return markets;
  };
  const follow = (step: RiskStep): readonly RiskEffect[] => {
    risk = step.risk;
    return step.effects;
  };
  const openSessionMs = (now: bigint): number | null => calendar.sessionAt(msOf(now))?.openMs ?? null;
  const restrict: Guard['restrict'] = (tightening, now) =>
    follow(tighten(risk, { ...tightening, at: now, sessionOpenMs: openSessionMs(now) }));

  const measure = ({ books, navMicros }: GuardedAccount, maintenanceMicros: number | null, now: bigint): RiskMeasures => {
    const opened = openSessionMs(now);
    if (opened !== null && opened !== session?.openMs) session = { openMs: opened, navMicros, cancels: 0, fills: 0 };
    else if (session !== null && session.navMicros === null) session = { ...session, navMicros };
    if (navMicros !== null) peakNavMicros = Math.max(peakNavMicros, navMicros);
    denials = denials.filter(({ at }) => isRecent(at, now));
    rejects = rejects.filter((at) => isRecent(at, now));
    const heardAt = opened === null || (lastRecordAt !== null && lastRecordAt > nsOf(opened)) ? lastRecordAt : nsOf(opened);
    return {
      ...vitals,
      now,
      isOpen: opened !== null,
      positions: Object.fromEntries(Object.entries(books.holdings).map(([symbol, { lots }]) => [symbol, lots])),
      silenceMs: heardAt === null ? null : Number(now - heardAt) / 1e6,
      navMicros,
      // Before the first session's open it is the capital.
      openNavMicros: session === null ? parts.capitalMicros : session.navMicros,
      peakNavMicros,
      maintenanceMicros,
      denials,
      rejects,
      isNearExpiry: isNearExpiry(),
      isFinite: areFinite,
    };
  };
  const resumeAt = (now: bigint): AutomaticResume => ({
    at: now,
    sessionOpenMs: openSessionMs(now),
    trueNow,
    isReconciled: vitals.reconciled === 'same',
  });

  return {
    state: () => tradingState(risk),
    risk: () => risk,
    sells: () => risk.causes.some(({ cause }) => ruleOf(cause).flattens) && !risk.causes.some(({ cause }) => cause === 'flatten-failed'),
    quote: (symbol, bidTicks, askTicks, now) => void quotes.set(symbol, { bidTicks, askTicks, seenAt: now }),
    quoteOf: (symbol) => quotes.get(symbol) ?? null,
    trade: (symbol, ticks) => void lastTrades.set(symbol, ticks),
    record: (now) => {
      lastRecordAt = now;
    },
    silence: (now) => (lastRecordAt === null ? null : now - lastRecordAt),
    vitals: (measured) => {
      vitals = measured;
    },
    finite: (are) => {
      areFinite = are;
    },
    check: (order, by, madeAt, { books, open, navMicros }, now) => {
      sent = sent.filter(({ at }) => isRecent(at, now));
      const facts: OrderFacts = {
        now,
        by,
        state: tradingState(risk),
        books,
        open,
        markets: marketsOf(new Set([order.symbol, ...Object.keys(books.holdings), ...open.map(({ symbol }) => symbol)])),
        navMicros,
        sent,
        cancels: session?.cancels ?? 0,
        fills: session?.fills ?? 0,
        decision: madeAt === null ? null : { madeAt, isFinite: areFinite },
        canRecord: vitals.canRecord,
      };
      const verdict = checkOrder(order, facts, limits);
      if (verdict.allow) sent = [...sent, { id: order.id, symbol: order.symbol, side: order.side, lots: order.lots, at: now }];
      else denials = [...denials, { at: now, code: verdict.code }];
      return { verdict, facts };
    },
    canceled: () => {
      if (session !== null) session = { ...session, cancels: session.cancels + 1 };
    },
    filled: () => {
      if (session !== null) session = { ...session, fills: session.fills + 1 };
    },
    rejected: (now) => {
      rejects = [...rejects, now];
    },
    restrict,
    watch: (account, maintenanceMicros, now) => {
      const found = causesNow(measure(account, maintenanceMicros, now), limits);
      trueNow = found.map(({ cause }) => cause);
      const effects: (RiskEffect | Extract<Effect, { kind: 'loosen' }>)[] = found.flatMap((one) => [
        ...restrict({ ...one, by: 'assay' }, now),
      ]);
      const loosening = risk.causes.length === 0 ? null : resume(risk, resumeAt(now), limits);
      if (loosening !== null) effects.push({ kind: 'loosen', loosening, request: null });
      return effects;
    },
    ask: ({ to, approvals, reason, request }, now) => {
      const answer = loosen(risk, { to, approvals, reason, at: now, trueNow, isReconciled: vitals.reconciled === 'same' });
      return answer.granted ? { kind: 'loosen', loosening: answer, request } : { kind: 'refused', because: answer.because, request };
    },
    loosened: (loosening) => follow(settle(risk, loosening)),
    save: () => ({
      risk,
      quotes: Object.fromEntries(quotes),
      lastTrades: Object.fromEntries(lastTrades),
      sent,
      denials,
      rejects,
      session,
      peakNavMicros,
      lastRecordAt,
      vitals,
      isFinite: areFinite,
    }),
  };
}

/**
 * The terms of a contract by those of its root, or of the symbol itself.
 * @param year of the session, which the single digit of a contract's name is read by.
 */
export function termsAs(terms: LotTerms, symbol: string, year: number): LotTerms {
  if (!Number.isSafeInteger(year)) throw new AssayError('internal', `${year} is no year`);
  return { ...terms, symbol, lastTradeMs: lastTradeMs(symbol, year) ?? terms.lastTradeMs };
}
