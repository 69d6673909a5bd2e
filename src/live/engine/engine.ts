import { AssayError, assertNever, messageOf } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { FeatureSet } from '../../features/feature-set.ts';
import { type FeatureState, startFeatures } from '../../features/stream.ts';
import type { Session } from '../../market/calendars/calendar.ts';
import { sessionOfBar } from '../../market/sessions.ts';
import type { MemoryReach } from '../../trading/agents/live-memory.ts';
import { endsSession } from '../../trading/env/market.ts';
import { observe } from '../../trading/env/observation.ts';
import type { EnvironmentConfig } from '../../trading/env/options.ts';
import { tradingRules } from '../../trading/env/rules.ts';
import { isoTime } from '../iso-time.ts';
import { type BarGate, type CompleteRow, createBarGate, type GateState } from './bar-gate.ts';
import { createDecisionMemory, type DecisionState } from './decision-memory.ts';
import { createEnvironmentAccount, type EnvironmentAccountState, type Pending } from './environment-account.ts';
import type { AccountStep, Effect, EngineEvent, IncidentCode } from './events.ts';
import { withoutCosts } from './order-account.ts';
import { createOrderSide, type OrderSideState, type OrderTerms } from './order-side.ts';
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
  /** `environment`: the account of training and backtest on bars. Else orders are sent, in whole lots, each past the rules of risk. */
  readonly account: { readonly kind: 'environment' } | ({ readonly kind: 'orders' } & OrderTerms);
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
  readonly orders: OrderSideState | null;
  /** Why nothing is decided any more; null: it is. */
  readonly stopped: IncidentCode | null;
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
    kind.kind === 'orders' ? createOrderSide(config.run, config, environment, kind, saved?.last ?? null, saved?.orders ?? undefined) : null;
  const { accounts } = simulated ?? orders!;
  const width = config.features.features(symbols.length).length;
  const observation = new Float32Array(symbols.length * (width + 1));
  const features = new Float32Array(2 * symbols.length * width);
  const memory = createDecisionMemory(config.memory, saved?.decision);

  let last = saved?.last ?? null;
  let sessionOpenMs = saved?.sessionOpenMs ?? null;
  let pending = saved?.pending ?? null;
  let stopped = saved?.stopped ?? null;
  let asked: CompleteRow | null = null;
  let effects: Effect[] = [];
  const waiting: CompleteRow[] = [];

  const incident = (code: IncidentCode, because: string): void => void effects.push({ kind: 'incident', code, because });
  /** Nothing is decided from what cannot be computed. */
  const stopFor = (code: IncidentCode, because: string): void => {
    stopped = code;
    incident(code, because);
    orders?.finite(false);
  };

  const stepped = (step: AccountStep): void => {
    effects.push({ kind: 'step', step });
    memory.stepped(step.ended);
  };

  /** The decision that nothing could fill counts for nothing, and neither does what the policy remembers of it. */
  const withdraw = (): void => {
    if (pending === null) return;
    effects.push({ kind: 'withdrawn', barEndMs: pending.decidedMs + barMs });
    memory.withdraw();
    pending = null;
  };

  const closeLast = (): void => {
    const again = simulated?.closeLast() ?? null;
    if (again !== null) stepped(again);
  };

  /** The session is over: where its last bar was not the calendar's, its last step is settled as one that closes. */
  const endSession = (): void => {
    if (environment.overnight === 'flat') {
      withdraw();
      closeLast();
    }
    simulated?.keepLast();
  };

  /** Null where they cannot be computed: half a bar may then be in their memory, and nothing is decided from it any more. */
  const featuresOf = (startMs: number, bars: CompleteRow['bars']): Float64Array | null => {
    if (stopped === 'feature') return null;
    try {
      return feed.push(startMs, bars);
    } catch (error) {
      stopFor('feature', messageOf(error));
      return null;
    }
  };

  const row = ({ startMs, bars }: CompleteRow, now: bigint): void => {
    const session = sessionOfBar(calendar, startMs);
    if (session === null) {
      incident('outside-session', `a bar of ${isoTime(startMs)} lies outside all sessions`);
      return;
    }
    const opens = session.openMs !== sessionOpenMs;
    if (opens && sessionOpenMs !== null) endSession();
    sessionOpenMs = session.openMs;
    const values = featuresOf(startMs, bars);
    if (values === null && orders === null) return;
    readiness.see(startMs, session.openMs);
    if (values !== null) features.set(values, symbols.length * width);
    const before = last;
    last = { startMs, bars };
    const window = windowOf(config, before, last);
    const isLast = endsSession(window, 1);
    if (simulated !== null && pending !== null && before !== null) {
      const settled = simulated.step(pending, before, last, isLast && environment.overnight === 'flat');
      pending = null;
      stepped(settled);
    }
    if (orders !== null) effects.push(...orders.row(last, session, opens, isLast, now));
    if (mayDecide(startMs, isLast, session)) ask(window, session.openMs);
  };

  const mayDecide = (startMs: number, isLast: boolean, session: Session): boolean => {
    if (stopped !== null || startMs < config.decideFromMs || !readiness.isReady()) return false;
    if (isLast && environment.overnight === 'flat') return false;
    return orders === null || orders.mayDecide(startMs + barMs, session);
  };

  const ask = (window: ReturnType<typeof windowOf>, openMs: number): void => {
    const rules = tradingRules(window, orders === null ? environment : withoutCosts(environment));
    observe(observation, 0, { bars: window, features, featuresPerAsset: width, firstRow: 0 }, 1, accounts, 0, rules);
    asked = last;
    const barEndMs = last!.startMs + barMs;
    effects.push({ kind: 'decide', barEndMs, observation: observation.slice(), memory: memory.ask(openMs) });
  };

  const decided = (action: Float32Array, after: Float32Array, now: bigint): void => {
    if (asked === null) throw new AssayError('internal', 'an answer arrived that was not asked for');
    const at = asked;
    asked = null;
    if (![...action].every((value) => Math.abs(value) <= 1)) {
      stopFor('action', `the policy's action is ${[...action].join(', ')}, not in [-1, 1]`);
      return;
    }
    memory.answered(after);
    if (orders === null) pending = { decidedMs: at.startMs, action: [...action] };
    else effects.push(...orders.decided(action, at, now));
  };

  const answered = ({ rows, wakeAt }: ReturnType<BarGate['due']>, now: bigint): void => {
    if (wakeAt !== null) effects.push({ kind: 'timer', at: wakeAt, key: gateKey });
    waiting.push(...rows);
    if (asked === null) next(now);
  };
  /** A row at a time: the next one waits for the answer to the one before. */
  const next = (now: bigint): void => {
    while (asked === null && waiting.length > 0) row(waiting.shift()!, now);
  };

  const handle = (event: EngineEvent): void => {
    const { time } = event;
    switch (event.kind) {
      case 'bar': {
        const symbol = symbols.indexOf(event.symbol);
        if (symbol >= 0) answered(gate.bar(symbol, event.startMs, event.bar, time), time);
        break;
      }
      case 'intervalEnd':
        answered(gate.intervalEnd(event.endMs), time);
        break;
      case 'gap':
        gate.forget();
        incident('gap', 'records were lost: the bar under way is not decided');
        break;
      case 'decided':
        decided(event.action, event.memory, time);
        next(time);
        break;
      case 'stop':
        withdraw();
        if (event.sessionEnded) closeLast();
        break;
      case 'timer':
        if (event.key === gateKey) answered(gate.due(time), time);
        else effects.push(...(orders?.take(event) ?? []));
        break;
      case 'quote':
      case 'trade':
      case 'order':
      case 'account':
      case 'vitals':
      case 'intent':
      case 'restrict':
      case 'askLoosening':
      case 'loosened':
        effects.push(...(orders?.take(event) ?? []));
        break;
      default:
        assertNever(event);
    }
  };

  return {
    take: (event) => {
      if (asked !== null && event.kind !== 'decided')
        throw new AssayError('internal', `an event ${event.kind} arrived before the policy's answer`);
      effects = [];
      if (orders !== null && isOfMarket(event)) effects.push(...orders.market(event.time));
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
        decision: memory.save(),
        environment: simulated?.save() ?? null,
        orders: orders?.save() ?? null,
        stopped,
      };
    },
  };
}

const gateKey = 'bar';

function isOfMarket({ kind }: EngineEvent): boolean {
  return kind === 'bar' || kind === 'quote' || kind === 'trade' || kind === 'intervalEnd';
}

function checkOrders({ sizing, latencyBars, overnight }: EnvironmentConfig): void {
  const refuse = (name: string, because: string, hint: string): never => {
    throw new AssayError('config_invalid', because, { place: `environment.${name}`, hint });
  };
  if (sizing === 'weights')
    refuse('sizing', 'orders are whole lots, which the sizing weights does not give', 'train with exposure or margin');
  if (latencyBars > 0) refuse('latencyBars', 'orders at a broker have its latency, none in bars', 'train with latencyBars 0');
  if (overnight === 'hold') refuse('overnight', 'orders are of the day, and nothing is held over night', 'train with overnight flat');
}
