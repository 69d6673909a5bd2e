import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { hashOf, type Json } from '../../core/json.ts';
import { historyOf, type OrderHistory } from '../broker/port/history.ts';
import { createOrderDesk } from '../broker/port/order-desk.ts';
import { createEngine, type EngineConfig } from '../engine/engine.ts';
import type { Vitals } from '../engine/events.ts';
import type { Feed, FeedEvent } from '../feed/connect-feed.ts';
import { systemFeedClock } from '../feed/feed-clock.ts';
import { nsOf } from '../nanoseconds.ts';
import { writeRecording } from '../recording/write-recording.ts';
import { startState } from '../risk/latch.ts';
import { tradingState } from '../risk/trading-state.ts';
import type { HeldRun, LiveStore } from '../store/live-store.ts';
import { leaseMs } from '../store/runs.ts';
import { readCopy } from '../store/synced-file.ts';
import { agreement } from './agreement.ts';
import { deskLink, type RunBroker } from './desk-link.ts';
import { hasLeft } from './leaving.ts';
import { createLiveFeed, type NewEvent, type RunClock } from './live-feed.ts';
import { createLiveWitness } from './live-witness.ts';
import { createOperators } from './operators.ts';
import { createPulse } from './pulse.ts';
import { type EnginePolicy, runEngine } from './run-engine.ts';
import { readRunState, saveRunState } from './run-state.ts';

export interface LiveRunParts {
  readonly run: HeldRun;
  readonly store: LiveStore;
  /** Of the run's files: its state, its copy of the latch, its recordings. */
  readonly folder: string;
  readonly config: Json;
  readonly engine: Omit<EngineConfig, 'run' | 'decideFromMs'>;
  readonly policy: EnginePolicy;
  readonly ticks: ReadonlyMap<string, number>;
  readonly clock: RunClock;
  /** Connects the feed from a time on, in milliseconds; null: from its beginning. */
  readonly connect: (fromMs: number | null, onEvent: (event: FeedEvent) => void) => Feed;
  /** The broker; `now` is the time of the run. */
  readonly broker: (now: () => bigint, history: OrderHistory) => RunBroker;
  /** Nanoseconds at which it ends; null: when it is stopped. */
  readonly until: bigint | null;
  /** Names of those who may let trading go on. */
  readonly riskPersons: readonly string[];
  /** Keeps the lease. @throws AssayError `lease_lost`. */
  readonly renew: () => Promise<void>;
  /** Aborted once: sells everything and ends. */
  readonly signal: AbortSignal;
  readonly onLine: (text: string) => void;
}

export interface LiveRunResult {
  readonly state: 'active' | 'reducing' | 'halted';
  readonly positions: Readonly<Record<string, number>>;
  readonly navMicros: number | null;
  readonly decisions: number;
  readonly orders: number;
  readonly denials: number;
  readonly fills: number;
  /** True where it sold everything and ended because somebody asked; else it was the end of its time. */
  readonly isStopped: boolean;
}

const files = { state: 'state.json', latch: 'latch.json' };
const tickMs = 25;
const secondMs = 1000;

/**
 * Runs an engine on a live feed until it is stopped: from its saved state, with the orders and fills of earlier lives and the tightest of what its
 * two latches hold. Orders are compared with the broker's before anything is decided.
 * @throws AssayError `lease_lost`, `data_invalid` for a saved state that cannot be read, and what ends the feed.
 */
export async function runLive(parts: LiveRunParts): Promise<LiveRunResult> {
  const { run, store, folder, clock, onLine } = parts;
  const configHash = hashOf(parts.config);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [statePath, latchPath] = [join(folder, files.state), join(folder, files.latch)];
  const saved = readRunState(statePath, run.name, configHash);
  const wallNow = systemFeedClock.now;
  const startedAt = saved === null || clock === 'wall' ? wallNow() : saved.time;
  const operators = createOperators({ store, riskPersons: parts.riskPersons });
  const witness = createLiveWitness({ run: run.name, store, latchPath, onLine, onAnswer: operators.answered });

  const { risk, effects: atStart } = startState(run.name, await store.latch(), readCopy(latchPath), startedAt);
  store.audit('start', startedAt, { config: configHash, state: tradingState(risk), causes: risk.causes });
  for (const effect of atStart) {
    if (effect.kind === 'record') store.audit('state', startedAt, effect.change);
    else if (effect.kind === 'incident') store.incident(effect.code, effect.cause, startedAt);
  }
  await witness.latch(risk);
  const { intents, events } = await store.history();
  const history = historyOf(intents, events);

  const config: EngineConfig = { ...parts.engine, run: run.name, decideFromMs: 0 };
  const state = saved?.engine ?? createEngine(config).save();
  // What restricts trading is the latch's to say, not the saved state's.
  const orders = state.orders === null ? null : { ...state.orders, guard: { ...state.orders.guard, risk } };
  const engine = createEngine(config, { ...state, orders });

  let time = saved?.time ?? (clock === 'wall' ? startedAt : 0n);
  let count = saved?.count ?? 0;
  /** A timer is due between two items of the feed: what it asks for is asked then, not at the item before it. */
  let now = time;
  const broker = parts.broker(() => now, history);
  const isHere = broker.advance !== undefined;
  const desk = createOrderDesk({
    broker,
    journal: store,
    now: isHere ? () => now : wallNow,
    earlier: history.orders,
    positions: history.positions,
    onIncident: (code, because) => {
      store.incident(code, because, wallNow());
      onLine(`incident ${code}: ${because}`);
    },
  });
  const recording = writeRecording(join(folder, `session-${String(recordingsIn(folder).length + 1).padStart(4, '0')}.dbn`));
  const lastStartMs = state.last?.startMs ?? null;
  const feed = createLiveFeed({
    connect: (onEvent) => parts.connect(clock === 'wall' ? lastStartMs : null, onEvent),
    clock,
    wallNow,
    tickOf: parts.ticks,
    barMs: parts.engine.barMs,
    recording,
    resumeAfter: saved,
    until: parts.until,
    tickMs,
    onProblem: (text) => onLine(`feed: ${text}`),
  });

  // Orders and reports that the saved state may not know: the books are the fold over them.
  feed.tell([
    ...history.orders.map(({ order }): NewEvent => ({ kind: 'intent', order })),
    ...events.map((event): NewEvent => ({ kind: 'order', event })),
  ]);
  const link = deskLink(broker, desk, {
    onAccount: (snapshot) => feed.tell([{ kind: 'account', snapshot }]),
    onTime: (at) => {
      if (at > now) now = at;
    },
  });
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const vitals = (): Vitals => ({
    clockSkewMs: clock === 'feed' ? 0 : Number(feed.lag() ?? 0n) / 1e6,
    loopDelayMs: clock === 'feed' ? 0 : delay.percentile(99) / 1e6,
    canRecord: witness.canRecord() && pulse.isWell(),
    reconciled: desk.reconciled(),
  });
  let isLeaving = false;
  let failure: unknown = null;
  const leave = (): void => {
    if (isLeaving) return;
    isLeaving = true;
    onLine('selling everything before the run ends');
    feed.tell([{ kind: 'restrict', cause: 'operator-flatten', because: 'the run is stopped', by: 'assay' }]);
  };
  let seconds = 0;
  const pulse = createPulse({
    always: () => {
      feed.tell([{ kind: 'vitals', vitals: vitals() }]);
      if (parts.signal.aborted) leave();
      if (seconds++ % 10 === 9) delay.reset();
    },
    work: async () => {
      await parts.renew();
      recording.flush();
      const { told, isStopped } = await operators.take();
      feed.tell(told);
      if (isStopped) leave();
    },
    now: wallNow,
    longest: nsOf(leaseMs),
    onLost: (error) => {
      failure = error;
      feed.stop();
    },
    onLine,
  });
  const timer = setInterval(pulse.beat, secondMs);

  const positionsNow = () => lotsOf(engine.save().orders?.account.books.holdings ?? {});
  let isDone = false;
  try {
    await agreement({
      ask: () => link.advance(0n),
      reconciled: desk.reconciled,
      isOver: () => parts.signal.aborted || failure !== null,
      onLine,
    });
    feed.tell([{ kind: 'vitals', vitals: vitals() }, ...(await operators.take()).told]);
    await runEngine(feed.items, {
      engine,
      policy: parts.policy,
      broker: link,
      witness,
      loosen: witness.loosen,
      timers: saved?.timers ?? [],
      onItem: (at) => {
        count = at === time ? count + 1 : 1;
        time = at;
      },
      settled: async (at, timers) => {
        if (witness.hadBar()) {
          saveRunState(statePath, run.name, configHash, { engine: engine.save(), timers, time, count });
          await witness.flush();
          await witness.stand({ navMicros: witness.navMicros(), positions: positionsNow(), time: at, reconciled: desk.reconciled() });
        }
        if (isLeaving && hasLeft(engine.save().orders!)) {
          isDone = true;
          feed.stop();
        }
      },
    });
    if (failure !== null) throw failure;
    await witness.flush();
    await operators.answer();
    await store.stand({ navMicros: witness.navMicros(), positions: positionsNow(), time, reconciled: desk.reconciled() });
  } finally {
    clearInterval(timer);
    delay.disable();
    feed.stop();
    desk.close();
    broker.close?.();
    recording.close();
  }
  const { guard } = engine.save().orders!;
  return {
    state: tradingState(guard.risk),
    positions: positionsNow(),
    navMicros: witness.navMicros(),
    ...witness.counts,
    isStopped: isDone,
  };
}

function recordingsIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.dbn'));
}

function lotsOf(holdings: Readonly<Record<string, { readonly lots: number }>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(holdings).map(([symbol, { lots }]) => [symbol, lots]));
}
