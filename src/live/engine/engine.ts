import { AssayError, assertNever, messageOf } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { FeatureSet } from '../../features/feature-set.ts';
import { type FeatureState, startFeatures } from '../../features/stream.ts';
import { sessionOfBar } from '../../market/sessions.ts';
import { clearsMemory, type MemoryReach, start } from '../../trading/agents/live-memory.ts';
import { endsSession } from '../../trading/env/market.ts';
import { observe } from '../../trading/env/observation.ts';
import type { EnvironmentConfig } from '../../trading/env/options.ts';
import { tradingRules } from '../../trading/env/rules.ts';
import type { LotTerms } from '../broker/lot-terms.ts';
import { isoTime } from '../iso-time.ts';
import { type BarGate, type CompleteRow, createBarGate, type GateState } from './bar-gate.ts';
import { createEnvironmentAccount, type EnvironmentAccountState, type Pending } from './environment-account.ts';
import type { AccountStep, Effect, EngineEvent, IncidentCode } from './events.ts';
import { isNearExpiry } from './expiry.ts';
import { createOrderAccount, type OrderAccountState, withoutCosts } from './order-account.ts';
import { createReadiness, type ReadinessState } from './readiness.ts';
import { type WindowFacts, windowOf } from './window.ts';

/** What an engine decides with, on which bars, and how its decisions become an account. */
export interface EngineConfig extends WindowFacts {
  /** Part of every order's id. */
  readonly run: string;
  readonly features: FeatureSet;
  /** What the set learnt in training. */
  readonly fitted: Json;
  readonly environment: EnvironmentConfig;
  /** Numbers that the policy remembers (0: none), and how far. */
  readonly memory: { readonly size: number; readonly reach: MemoryReach };
  /** No decision is made at bars that start before. */
  readonly decideFromMs: number;
  /** `origin`: the bars begin where those of training did, so features are right after their warm-up; `middle`: only after their history. */
  readonly beginsAt: 'origin' | 'middle';
  /** Milliseconds that an interval's bars are waited for after its end. */
  readonly graceMs: number;
  /** `environment`: the account of training and backtest on bars. Else orders are sent, in whole lots of these terms. */
  readonly account:
    | { readonly kind: 'environment' }
    | {
        readonly kind: 'orders';
        readonly terms: readonly LotTerms[];
        readonly matching: 'bars' | 'quotes';
        readonly flattenMs: number;
        readonly rollSessions: number;
      };
}

/** Everything that an engine remembers, as plain data: an engine that is made of it goes on with the same bits. */
export interface EngineState {
  readonly gate: GateState;
  readonly features: FeatureState;
  readonly readiness: ReadinessState;
  readonly last: CompleteRow | null;
  readonly sessionOpenMs: number | null;
  readonly pending: Pending | null;
  readonly decision: DecisionState;
  readonly environment: EnvironmentAccountState | null;
  readonly orders: OrderAccountState | null;
  readonly stopped: IncidentCode | null;
  /** True in a session in which a contract is too near to its last day of trading. */
  readonly expiring: boolean;
}

interface DecisionState {
  /** The policy's memory after its last decision that counts, and before that one. */
  readonly memory: readonly number[];
  readonly memoryBefore: readonly number[];
  /** Session of the last decision that counts, and of the one before. */
  readonly sessionOpenMs: number | null;
  readonly sessionBefore: number | null;
  /** True if an episode begins with the next decision; and whether one began with the last. */
  readonly begins: boolean;
  readonly beganBefore: boolean;
}

/**
 * The engine of backtest, replay and market: takes one event after the other and returns what is to be done. It has no clock, no timer, no
 * randomness and no I/O; equal events give equal effects, and an engine made from its saved state goes on with the same bits. Drivers differ
 * only in where events come from and where effects go. Events come in the order of (time, rank, sequence); the answer to a `decide` comes
 * before any other event.
 */
export interface Engine {
  /** @throws AssayError `internal` for an event in the place of an answer, or an answer that was not asked for. */
  readonly take: (event: EngineEvent) => readonly Effect[];
  readonly save: () => EngineState;
}

const nsPerMs = 1_000_000n;

/** @throws AssayError `config_invalid` for rules that an account at a broker cannot follow. */
export function createEngine(config: EngineConfig, saved?: EngineState): Engine {
  const { symbols, barMs, calendar, environment, account: kind } = config;
  if (kind.kind === 'orders') checkOrders(environment);
  const feed = startFeatures(
    config.features,
    { symbols, barMs, calendar },
    { fitted: config.fitted, ...(saved && { state: saved.features }) },
  );
  const gate: BarGate = createBarGate({ symbols: symbols.length, barMs, graceMs: config.graceMs }, saved?.gate);
  const readiness = createReadiness(config.features, barMs, config.beginsAt, saved?.readiness);
  const simulated = kind.kind === 'environment' ? createEnvironmentAccount(config, environment, saved?.environment ?? undefined) : null;
  const orders =
    kind.kind === 'orders' ? createOrderAccount(config.run, config, environment, kind.terms, saved?.orders ?? undefined) : null;
  const { accounts } = simulated ?? orders!;
  const width = config.features.features(symbols.length).length;
  const observation = new Float32Array(symbols.length * (width + 1));
  const features = new Float32Array(2 * symbols.length * width);
  const noMemory = new Array<number>(config.memory.size).fill(0);

  let last = saved?.last ?? null;
  let sessionOpenMs = saved?.sessionOpenMs ?? null;
  let pending = saved?.pending ?? null;
  let stopped = saved?.stopped ?? null;
  let decision: DecisionState = saved?.decision ?? {
    memory: noMemory,
    memoryBefore: noMemory,
    sessionOpenMs: null,
    sessionBefore: null,
    begins: true,
    beganBefore: false,
  };
  let expiring = saved?.expiring ?? false;
  let asked: CompleteRow | null = null;
  let effects: Effect[] = [];

  const incident = (code: IncidentCode, because: string): void => void effects.push({ kind: 'incident', code, because });
  const stopFor = (code: IncidentCode, because: string): void => {
    stopped = code;
    incident(code, because);
  };

  const stepped = (step: AccountStep): void => {
    effects.push({ kind: 'step', step });
    decision = { ...decision, begins: step.ended };
  };

  /** The decision that nothing could fill counts for nothing, and neither does what the policy remembers of it. */
  const withdraw = (): void => {
    if (pending === null) return;
    effects.push({ kind: 'withdrawn', barEndMs: pending.decidedMs + barMs });
    const { memoryBefore, sessionBefore, beganBefore } = decision;
    decision = { ...decision, memory: memoryBefore, sessionOpenMs: sessionBefore, begins: beganBefore };
    pending = null;
  };

  /** The session is over: where its last bar was not the calendar's, its last step is settled as one that closes. */
  const endSession = (): void => {
    if (environment.overnight === 'flat') {
      withdraw();
      const again = simulated?.closeLast() ?? null;
      if (again !== null) stepped(again);
    }
    simulated?.keepLast();
  };

  const row = ({ startMs, bars }: CompleteRow): void => {
    const session = sessionOfBar(calendar, startMs);
    if (session === null) {
      incident('outside-session', `a bar of ${isoTime(startMs)} lies outside all sessions`);
      return;
    }
    const opens = session.openMs !== sessionOpenMs;
    if (opens) {
      if (sessionOpenMs !== null) endSession();
      if (kind.kind === 'orders' && kind.matching === 'quotes')
        effects.push({ kind: 'timer', at: BigInt(session.closeMs - kind.flattenMs) * nsPerMs, key: flattenKey(session.closeMs) });
    }
    sessionOpenMs = session.openMs;
    let values: Float64Array;
    try {
      values = feed.push(startMs, bars);
    } catch (error) {
      // Half a bar may be in the features' memory: nothing is decided from it any more.
      stopFor('feature', messageOf(error));
      return;
    }
    readiness.see(startMs, session.openMs);
    features.set(values, symbols.length * width);
    const before = last;
    last = { startMs, bars };
    const window = windowOf(config, before, last);
    const isLast = endsSession(window, 1);
    if (simulated !== null && pending !== null && before !== null) {
      const settled = simulated.step(pending, before, last, isLast && environment.overnight === 'flat');
      pending = null;
      stepped(settled);
    }
    if (orders !== null) marked(orders, last, isLast);
    if (opens) expiring = nearExpiry(session.date);
    if (mayDecide(startMs, isLast, session.closeMs)) ask(window, session.openMs);
  };

  const marked = (account: NonNullable<typeof orders>, at: CompleteRow, isLast: boolean): void => {
    const { effects: of, broken } = account.mark(at);
    effects.push(...of);
    const onBars = kind.kind === 'orders' && kind.matching === 'bars';
    if (broken && stopped === null) {
      stopFor(
        'drawdown',
        `the account is worth ${account.accounts.nav[0]}, more than the limit below its peak of ${account.accounts.peak[0]}`,
      );
      effects.push(...account.flatten(at.startMs + barMs, onBars ? 'close' : 'market'));
    } else if (isLast && onBars) effects.push(...account.flatten(at.startMs + barMs, 'close'));
  };

  /** Nothing is opened in a contract that is soon traded for the last time: the next decision is in the one that the bars go on with. */
  const nearExpiry = (date: string): boolean => {
    if (orders === null || kind.kind !== 'orders') return false;
    const soon = orders.traded().find((symbol) => isNearExpiry(symbol, date, kind.rollSessions, calendar));
    if (soon !== undefined) incident('near-expiry', `${soon} is traded for fewer than ${kind.rollSessions} more sessions`);
    return soon !== undefined;
  };

  const mayDecide = (startMs: number, isLast: boolean, closeMs: number): boolean => {
    if (stopped !== null || expiring || startMs < config.decideFromMs || !readiness.isReady()) return false;
    if (kind.kind === 'orders' && kind.matching === 'quotes' && startMs + barMs >= closeMs - kind.flattenMs) return false;
    return !(isLast && environment.overnight === 'flat');
  };

  const ask = (window: ReturnType<typeof windowOf>, openMs: number): void => {
    const rules = tradingRules(window, orders === null ? environment : withoutCosts(environment));
    observe(observation, 0, { bars: window, features, featuresPerAsset: width, firstRow: 0 }, 1, accounts, 0, rules);
    const begins = decision.begins
      ? start.episode
      : decision.sessionOpenMs !== null && decision.sessionOpenMs !== openMs
        ? start.session
        : start.nothing;
    const memory = clearsMemory(config.memory.reach, begins) ? noMemory : decision.memory;
    decision = { ...decision, memoryBefore: decision.memory, sessionBefore: decision.sessionOpenMs, sessionOpenMs: openMs };
    asked = last;
    const barEndMs = last!.startMs + barMs;
    effects.push({ kind: 'decide', barEndMs, observation: observation.slice(), memory: Float32Array.from(memory) });
  };

  const decided = (action: Float32Array, memory: Float32Array): void => {
    if (asked === null) throw new AssayError('internal', 'an answer arrived that was not asked for');
    const at = asked;
    asked = null;
    if (![...action].every((value) => Math.abs(value) <= 1)) {
      stopFor('action', `the policy's action is ${[...action].join(', ')}, not in [-1, 1]`);
      return;
    }
    decision = { ...decision, memory: [...memory], beganBefore: decision.begins, begins: false };
    if (orders === null) pending = { decidedMs: at.startMs, action: [...action] };
    else effects.push(...orders.decided(action, at));
  };

  const answered = ({ rows, wakeAt }: ReturnType<BarGate['due']>): void => {
    if (wakeAt !== null) effects.push({ kind: 'timer', at: wakeAt, key: gateKey });
    waiting.push(...rows);
    if (asked === null) next();
  };
  const waiting: CompleteRow[] = [];
  /** A row at a time: the next one waits for the answer to the one before. */
  const next = (): void => {
    while (asked === null && waiting.length > 0) row(waiting.shift()!);
  };

  const handle = (event: EngineEvent): void => {
    switch (event.kind) {
      case 'bar': {
        const symbol = symbols.indexOf(event.symbol);
        if (symbol >= 0) answered(gate.bar(symbol, event.startMs, event.bar, event.time));
        break;
      }
      case 'intervalEnd':
        answered(gate.intervalEnd(event.endMs));
        break;
      case 'quote':
        orders?.quote(event.symbol, event.bidTicks, event.askTicks);
        break;
      case 'gap':
        gate.forget();
        incident('gap', 'records were lost: the bar under way is not decided');
        break;
      case 'timer':
        if (event.key === gateKey) answered(gate.due(event.time));
        else if (sessionOpenMs !== null && event.key === flattenKey(closeOf(sessionOpenMs)))
          effects.push(...(orders?.flatten(Number(event.time / nsPerMs), 'market') ?? []));
        break;
      case 'decided':
        decided(event.action, event.memory);
        next();
        break;
      case 'order':
        effects.push(...(orders?.hear(event.event) ?? []));
        break;
      case 'stop':
        withdraw();
        if (event.sessionEnded) {
          const again = simulated?.closeLast() ?? null;
          if (again !== null) stepped(again);
        }
        break;
      default:
        assertNever(event);
    }
  };
  const closeOf = (openMs: number): number => calendar.sessionAt(openMs)?.closeMs ?? openMs;

  return {
    take: (event) => {
      if (asked !== null && event.kind !== 'decided')
        throw new AssayError('internal', `an event ${event.kind} arrived before the policy's answer`);
      effects = [];
      handle(event);
      return effects;
    },
    save: () => {
      if (asked !== null) throw new AssayError('internal', 'an engine is saved between two events, not before an answer');
      return {
        gate: gate.state(),
        features: feed.save(),
        readiness: readiness.save(),
        last,
        sessionOpenMs,
        pending,
        decision,
        environment: simulated?.save() ?? null,
        orders: orders?.save() ?? null,
        stopped,
        expiring,
      };
    },
  };
}

const gateKey = 'bar';
const flattenKey = (closeMs: number): string => `flatten ${closeMs}`;

function checkOrders({ sizing, latencyBars, overnight }: EnvironmentConfig): void {
  const refuse = (name: string, because: string, hint: string): never => {
    throw new AssayError('config_invalid', because, { place: `environment.${name}`, hint });
  };
  if (sizing === 'weights')
    refuse('sizing', 'orders are whole lots, which the sizing weights does not give', 'train with exposure or margin');
  if (latencyBars > 0) refuse('latencyBars', 'orders at a broker have its latency, none in bars', 'train with latencyBars 0');
  if (overnight === 'hold') refuse('overnight', 'orders are of the day, and nothing is held over night', 'train with overnight flat');
}
