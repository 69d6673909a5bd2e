import { assertNever } from '../../core/errors.ts';
import type { Session } from '../../market/calendars/calendar.ts';
import type { EnvironmentConfig } from '../../trading/env/options.ts';
import type { LotTerms } from '../broker/lot-terms.ts';
import { microsOf, ticksOf } from '../broker/micros.ts';
import type { NewOrder } from '../broker/orders.ts';
import { msOf, nsOf } from '../nanoseconds.ts';
import type { RiskLimits } from '../risk/limits.ts';
import { type BrokerSnapshot, type Liquidation, planLiquidation, startLiquidation } from '../risk/liquidator.ts';
import type { RiskEffect } from '../risk/trading-state.ts';
import type { CompleteRow } from './bar-gate.ts';
import type { Effect, EngineEvent } from './events.ts';
import { isNearExpiry } from './expiry.ts';
import { createGuard, type Guard, type GuardedAccount, type GuardState, termsAs } from './guard.ts';
import { createOrderAccount, type OrderAccount, type OrderAccountState } from './order-account.ts';
import type { WindowFacts } from './window.ts';

/** How an engine with orders trades. */
export interface OrderTerms {
  readonly terms: readonly LotTerms[];
  /** What orders are filled on: quotes, or whole bars. */
  readonly matching: 'bars' | 'quotes';
  /** Milliseconds before a session's end at which everything is sold, with quotes. */
  readonly flattenMs: number;
  /** Sessions before a contract's last day of trading from which nothing is opened in it. */
  readonly rollSessions: number;
  readonly limits: RiskLimits;
}

export interface OrderSideState {
  readonly account: OrderAccountState;
  readonly guard: GuardState;
  readonly liquidation: Liquidation | null;
  readonly broker: BrokerSnapshot | null;
  /** True in a session in which a contract is too near to its last day of trading. */
  readonly expiring: boolean;
  /** The year of the session, which contracts' names are read by. */
  readonly year: number;
  /** True while the timer of the rules of risk is set. */
  readonly isTimed: boolean;
}

export type OrderSideEvent = Exclude<EngineEvent, { kind: 'bar' | 'intervalEnd' | 'gap' | 'decided' | 'stop' }>;

/** The part of an engine that trades: the account at the broker, every order through the rules of risk, and what sells everything. */
export interface OrderSide {
  readonly accounts: OrderAccount['accounts'];
  /** A bar is complete: marks the account, and closes it where the rules or the session's end want that. */
  readonly row: (row: CompleteRow, session: Session, opens: boolean, isLast: boolean, now: bigint) => readonly Effect[];
  readonly mayDecide: (barEndMs: number, session: Session) => boolean;
  readonly decided: (action: Float32Array, row: CompleteRow, now: bigint) => readonly Effect[];
  readonly take: (event: OrderSideEvent) => readonly Effect[];
  /** The market said something. */
  readonly market: (now: bigint) => readonly Effect[];
  readonly finite: Guard['finite'];
  readonly save: () => OrderSideState;
}

/** Milliseconds between two looks at the rules of risk while the market speaks; for so long after its last word. */
const watch = { everyMs: 1000, afterSilenceMs: 2000 };
const keys = { flatten: 'flatten', watch: 'risk', liquidation: 'liquidation' };

/** @param last the last complete bar of a saved state. */
export function createOrderSide(
  run: string,
  facts: WindowFacts,
  environment: EnvironmentConfig,
  { terms, matching, flattenMs, rollSessions, limits }: OrderTerms,
  last: CompleteRow | null,
  saved?: OrderSideState,
): OrderSide {
  const onBars = matching === 'bars';
  let lastRow = last;
  let liquidation = saved?.liquidation ?? null;
  let broker = saved?.broker ?? null;
  let expiring = saved?.expiring ?? false;
  let year = saved?.year ?? 1970;
  let isTimed = saved?.isTimed ?? false;
  const guard: Guard = createGuard(
    {
      limits,
      calendar: facts.calendar,
      termsOf: (symbol) => {
        const of = account.termsOf(symbol);
        return of === null ? null : termsAs(of, symbol, year);
      },
      capitalMicros: microsOf(environment.capital, 'the capital'),
      isNearExpiry: () => expiring,
    },
    saved?.guard,
  );
  const account: OrderAccount = createOrderAccount(run, facts, environment, terms, guard.quoteOf, saved?.account);

  const guarded = (): GuardedAccount => ({ books: account.books(), open: account.open(), navMicros: account.navMicros(lastRow) });
  const isIdle = (): boolean => account.open().length === 0 && Object.values(account.books().holdings).every(({ lots }) => lots === 0);

  const cancel = (id: string): Effect => {
    account.cancel(id);
    guard.canceled();
    return { kind: 'cancel', id };
  };
  const send = (order: NewOrder, by: 'strategy' | 'liquidator', barEndMs: number, now: bigint): Effect => {
    const { verdict, facts: inputs } = guard.check(order, by, by === 'strategy' ? nsOf(barEndMs) : null, guarded(), now);
    if (!verdict.allow) return { kind: 'denied', order, code: verdict.code, because: verdict.because, facts: inputs };
    account.place(order);
    return { kind: 'submit', order, barEndMs };
  };

  const done = (effects: readonly (RiskEffect | Extract<Effect, { kind: 'loosen' }>)[]): readonly Effect[] =>
    effects.flatMap((effect): readonly Effect[] => {
      switch (effect.kind) {
        case 'cancelAll':
          return account.open().map(({ id }) => cancel(id));
        case 'flatten':
          // What is in force is looked at after everything: see `watched`.
          return [];
        case 'incident':
          return [{ kind: 'incident', code: effect.code, because: effect.cause }];
        case 'record':
          return [{ kind: 'change', change: effect.change }];
        case 'latch':
        case 'loosen':
          return [effect];
        default:
          return assertNever(effect);
      }
    });

  const liquidate = (now: bigint): readonly Effect[] => {
    if (liquidation === null) return [];
    const view = { now, books: account.books(), open: account.open(), broker };
    const step = planLiquidation(liquidation, view, limits);
    liquidation = step.liquidation.outcome === 'running' ? step.liquidation : null;
    return step.effects.flatMap((effect): readonly Effect[] => {
      switch (effect.kind) {
        case 'cancel':
          return [cancel(effect.id)];
        case 'submit':
          return [send(effect.order, 'liquidator', msOf(now), now)];
        case 'timer':
          return [{ kind: 'timer', at: effect.at, key: keys.liquidation }];
        case 'alarm':
          return done(guard.restrict({ cause: 'flatten-failed', because: effect.because, by: 'assay' }, now));
        case 'lookUp':
        case 'snapshot':
        case 'flat':
          return [effect];
        default:
          return assertNever(effect);
      }
    });
  };

  const close = (barEndMs: number, now: bigint): readonly Effect[] =>
    account.closing(barEndMs).map((order) => send(order, 'liquidator', barEndMs, now));

  /** The rules of risk are looked at, and what they want is begun. On bars everything is sold at the close of the bar that has just ended. */
  const watched = (now: bigint): readonly Effect[] => {
    const effects = [...done(guard.watch(guarded(), account.maintenanceMicros(lastRow), now))];
    if (!guard.sells() || isIdle()) return [...effects, ...liquidate(now)];
    if (onBars) return lastRow === null ? effects : [...effects, ...close(lastRow.startMs + facts.barMs, now)];
    liquidation ??= startLiquidation(run, now);
    return [...effects, ...liquidate(now)];
  };

  /** Nothing is opened in a contract that is soon traded for the last time: the next decision is in the one that the bars go on with. */
  const nearExpiry = (date: string): readonly Effect[] => {
    const soon = account.traded().find((symbol) => isNearExpiry(symbol, date, rollSessions, facts.calendar));
    expiring = soon !== undefined;
    if (soon === undefined) return [];
    return [{ kind: 'incident', code: 'near-expiry', because: `${soon} is traded for fewer than ${rollSessions} more sessions` }];
  };

  const timer = (key: string, now: bigint): readonly Effect[] => {
    if (key === keys.watch) isTimed = false;
    if (key === keys.flatten && !isIdle()) liquidation ??= startLiquidation(run, now);
    const effects = watched(now);
    const silence = guard.silence(now);
    const isQuiet = silence === null || silence > nsOf(limits.silenceHaltMs + watch.afterSilenceMs);
    return key === keys.watch && !isQuiet ? [...effects, ...timed(now)] : effects;
  };
  const timed = (now: bigint): readonly Effect[] => {
    if (isTimed || onBars) return [];
    isTimed = true;
    return [{ kind: 'timer', at: now + nsOf(watch.everyMs), key: keys.watch }];
  };

  return {
    accounts: account.accounts,
    row: (row, session, opens, isLast, now) => {
      lastRow = row;
      const effects: Effect[] = [];
      if (opens) year = Number(session.date.slice(0, 4));
      if (opens && !onBars) effects.push({ kind: 'timer', at: nsOf(session.closeMs - flattenMs), key: keys.flatten });
      if (onBars) for (const [k, { close: price }] of row.bars.entries()) see(k, price, row, now);
      effects.push(...account.mark(row));
      if (opens) effects.push(...nearExpiry(session.date));
      effects.push(...watched(now));
      if (isLast && onBars) effects.push(...close(row.startMs + facts.barMs, now));
      return effects;
    },
    mayDecide: (barEndMs, { closeMs }) =>
      guard.state() !== 'halted' && liquidation === null && !expiring && (onBars || barEndMs < closeMs - flattenMs),
    decided: (action, row, now) => {
      const { orders, effects } = account.wanted(action, row);
      return [...effects, ...orders.map((order) => send(order, 'strategy', row.startMs + facts.barMs, now))];
    },
    take: (event) => {
      const { time: now } = event;
      switch (event.kind) {
        case 'quote':
          guard.quote(event.symbol, event.bidTicks, event.askTicks, now);
          return [];
        case 'trade':
          guard.trade(event.symbol, event.ticks);
          return [];
        case 'timer':
          return timer(event.key, now);
        case 'order': {
          const { isNews, effects } = account.hear(event.event);
          const { report, seenAt } = event.event;
          if (isNews && report.kind === 'fill') guard.filled();
          // Of an earlier life, told after a restart, it counts at its own time.
          if (isNews && report.kind === 'rejected') guard.rejected(seenAt);
          return [...effects, ...watched(now)];
        }
        case 'account':
          broker = event.snapshot;
          return watched(now);
        case 'vitals':
          guard.vitals(event.vitals);
          return watched(now);
        case 'intent':
          account.place(event.order);
          return [];
        case 'restrict':
          return [...done(guard.restrict({ cause: event.cause, because: event.because, by: event.by }, now)), ...watched(now)];
        case 'askLoosening':
          return [guard.ask(event, now)];
        case 'loosened':
          return done(guard.loosened(event.loosening));
      }
    },
    market: (now) => {
      guard.record(now);
      return timed(now);
    },
    finite: guard.finite,
    save: () => ({ account: account.save(), guard: guard.save(), liquidation, broker, expiring, year, isTimed }),
  };

  /** On bars the last close is the quote on both sides, and the last trade. */
  function see(k: number, price: number, row: CompleteRow, now: bigint): void {
    const { contract } = row.bars[k]!;
    const symbol = contract ?? facts.symbols[k]!;
    const ticks = ticksOf(price, terms[k]!.tick);
    guard.quote(symbol, ticks, ticks, now);
    guard.trade(symbol, ticks);
  }
}
