import { assertNever } from '../../core/errors.ts';
import type { BrokerEvent, NewOrder } from '../broker/orders.ts';
import type { MarketRecord } from '../broker/paper/market-record.ts';
import type { PaperBroker } from '../broker/paper/paper-broker.ts';
import { createSimulatedClock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import { type Effect, type EngineEvent, sourceRank } from '../engine/events.ts';
import type { BrokerSnapshot } from '../risk/liquidator.ts';

/** One thing that the market did, for the broker and for the engine, in the order of their times. */
export interface FeedItem {
  /** Nanoseconds since the epoch at which it became known. */
  readonly time: bigint;
  readonly records: readonly MarketRecord[];
  readonly events: readonly EngineEvent[];
}

export interface PolicyAnswer {
  /** Wanted positions in [-1, 1]. */
  readonly action: Float32Array;
  readonly memory: Float32Array;
}

/** A policy whose memory is handed in and out: what an engine asks. */
export type EnginePolicy = (observation: Float32Array, memory: Float32Array) => PolicyAnswer | Promise<PolicyAnswer>;

/** Everything that an engine was told and wanted, as it happened. */
export interface EngineWitness {
  readonly told: (event: EngineEvent) => void | Promise<void>;
  readonly wanted: (effect: Effect) => void | Promise<void>;
}

/** A broker as an engine is run on it: it is told what the market does and what time it is, and says what came of orders. */
export interface BrokerLink {
  readonly market: (record: MarketRecord) => void | Promise<void>;
  /** False: the order could not be written down, and was not sent. */
  readonly submit: (order: NewOrder, now: bigint) => boolean | Promise<boolean>;
  readonly cancel: (id: string, now: bigint) => void;
  /** Everything that is due by now happens. */
  readonly advance: (now: bigint) => void | Promise<void>;
  readonly take: () => readonly BrokerEvent[];
  /** The account, as it was last read; null: it is read later, and comes as an event. */
  readonly account: (now: bigint) => BrokerSnapshot | null | Promise<BrokerSnapshot | null>;
}

/** The broker on paper itself, without a journal. */
export function paperLink(paper: PaperBroker): BrokerLink {
  return {
    market: paper.market,
    submit: (order, now) => {
      paper.submit(order, now);
      return true;
    },
    cancel: paper.cancel,
    advance: paper.advance,
    take: paper.take,
    account: (askedAt) => ({
      askedAt,
      positions: Object.fromEntries(Object.entries(paper.books().holdings).map(([symbol, { lots }]) => [symbol, lots])),
      openOrders: paper.openOrders().map(({ order }) => order.id),
    }),
  };
}

interface RunParts {
  readonly engine: Engine;
  readonly policy: EnginePolicy;
  /** Left out where the engine has the account of an environment. */
  readonly broker?: BrokerLink;
  readonly witness: EngineWitness;
  /** Writes what a looser state needs before it holds; left out: nothing needs it. */
  readonly loosen?: (effect: Extract<Effect, { kind: 'loosen' }>) => Promise<boolean>;
  /** Before an item of the feed. */
  readonly onItem?: (time: bigint) => void;
  /** After each item of the feed and everything that followed from it. */
  readonly settled?: (time: bigint, timers: readonly TimerDue[]) => Promise<void>;
  /** Timers of an earlier life. */
  readonly timers?: readonly TimerDue[];
}

/** A timer that an engine asked for and that is not due yet. */
export interface TimerDue {
  readonly at: bigint;
  readonly key: string;
}

/**
 * Runs an engine on a feed, in the time of the feed. At each instant the broker sees the record first, the engine hears what that filled, then
 * sees the record itself, and what it sends is matched. Timers and reports that are due come before the next record.
 */
export async function runEngine(
  feed: AsyncIterable<FeedItem> | Iterable<FeedItem>,
  { engine, policy, broker, witness, loosen, onItem, settled, timers = [] }: RunParts,
): Promise<void> {
  const clock = createSimulatedClock<EngineEvent>();
  const setTimer = ({ at, key }: TimerDue): void => clock.at(at, sourceRank.timer, { kind: 'timer', time: at, key });
  for (const timer of timers) setTimer(timer);

  const give = async (event: EngineEvent): Promise<void> => {
    await witness.told(event);
    const { time } = event;
    const effects = [...engine.take(event)];
    /** What is answered once these effects are done. */
    const answers: EngineEvent[] = [];
    for (let effect = effects.shift(); effect !== undefined; effect = effects.shift()) {
      await witness.wanted(effect);
      switch (effect.kind) {
        case 'submit':
          if ((await broker?.submit(effect.order, clock.now())) === false) answers.push(unsent(effect.order, time));
          break;
        case 'cancel':
          broker?.cancel(effect.id, clock.now());
          break;
        case 'timer':
          setTimer(effect);
          break;
        case 'snapshot': {
          const snapshot = (await broker?.account(clock.now())) ?? null;
          if (snapshot !== null) answers.push({ kind: 'account', time, snapshot });
          break;
        }
        case 'loosen':
          if (loosen === undefined || (await loosen(effect))) answers.push({ kind: 'loosened', time, loosening: effect.loosening });
          break;
        case 'decide': {
          const answer = await policy(effect.observation, effect.memory);
          const decided: EngineEvent = { kind: 'decided', time, ...answer };
          await witness.told(decided);
          effects.unshift(...engine.take(decided));
          break;
        }
        case 'lookUp':
          // An order without an answer is looked up by whoever keeps the orders; on paper in this process each has one.
          break;
        case 'step':
        case 'withdrawn':
        case 'nav':
        case 'incident':
        case 'denied':
        case 'flat':
        case 'latch':
        case 'change':
        case 'refused':
          // For the witness alone.
          break;
        default:
          assertNever(effect);
      }
    }
    for (const answer of answers) await give(answer);
  };

  /** Hands over what the broker reports, now or when it is seen. */
  const hear = async (now: bigint): Promise<void> => {
    for (const event of broker?.take() ?? []) {
      const heard: EngineEvent = { kind: 'order', time: event.seenAt, event };
      if (event.seenAt <= now) await give(heard);
      else clock.at(event.seenAt, sourceRank.broker, heard);
    }
  };

  const due = async (time: bigint, rank: number): Promise<void> => {
    for (let event = clock.next(time, rank); event !== undefined; event = clock.next(time, rank)) {
      await broker?.advance(clock.now());
      await hear(clock.now());
      await give(event);
    }
  };

  for await (const { time, records, events } of feed) {
    await due(time, sourceRank.market);
    // What the broker did before this instant is heard before it: an item may have no record that moves the broker.
    if (time > clock.now()) {
      await broker?.advance(time - 1n);
      await hear(time - 1n);
      await due(time, sourceRank.market);
    }
    clock.moveTo(time);
    onItem?.(time);
    for (const record of records) await broker?.market(record);
    await hear(time);
    for (const event of events) await give(event);
    await broker?.advance(time);
    await hear(time);
    await settled?.(time, timersIn(clock.waiting()));
  }
}

function timersIn(waiting: readonly EngineEvent[]): readonly TimerDue[] {
  return waiting.flatMap((event) => (event.kind === 'timer' ? [{ at: event.time, key: event.key }] : []));
}

/** An order that never left is one that the broker rejected, for the engine. */
function unsent({ id }: NewOrder, time: bigint): EngineEvent {
  const because = 'its intent could not be written, so it was not sent';
  return { kind: 'order', time, event: { time, seenAt: time, orderId: id, report: { kind: 'rejected', code: 'refused', because } } };
}
