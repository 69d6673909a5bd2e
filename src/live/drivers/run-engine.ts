import type { MarketRecord } from '../broker/paper/market-record.ts';
import type { PaperBroker } from '../broker/paper/paper-broker.ts';
import { createSimulatedClock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import { type Effect, type EngineEvent, sourceRank } from '../engine/events.ts';

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
  readonly told: (event: EngineEvent) => void;
  readonly wanted: (effect: Effect) => void;
}

interface RunParts {
  readonly engine: Engine;
  readonly policy: EnginePolicy;
  /** Left out where the engine has the account of an environment. */
  readonly broker?: PaperBroker;
  readonly witness: EngineWitness;
}

/**
 * Runs an engine on a feed in simulated time, as fast as it can. At each instant the broker sees the record first, the engine hears what that
 * filled, then sees the record itself, and what it sends is matched. Timers and reports that are due come before the next record.
 */
export async function runEngine(
  feed: AsyncIterable<FeedItem> | Iterable<FeedItem>,
  { engine, policy, broker, witness }: RunParts,
): Promise<void> {
  const clock = createSimulatedClock<EngineEvent>();

  const give = async (event: EngineEvent): Promise<void> => {
    witness.told(event);
    const effects = [...engine.take(event)];
    for (let effect = effects.shift(); effect !== undefined; effect = effects.shift()) {
      witness.wanted(effect);
      if (effect.kind === 'submit') broker?.submit(effect.order, clock.now());
      else if (effect.kind === 'timer') clock.at(effect.at, sourceRank.timer, { kind: 'timer', time: effect.at, key: effect.key });
      else if (effect.kind === 'decide') {
        const answer = await policy(effect.observation, effect.memory);
        const decided: EngineEvent = { kind: 'decided', time: event.time, ...answer };
        witness.told(decided);
        effects.unshift(...engine.take(decided));
      }
    }
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
      broker?.advance(clock.now());
      await hear(clock.now());
      await give(event);
    }
  };

  for await (const { time, records, events } of feed) {
    await due(time, sourceRank.market);
    clock.moveTo(time);
    for (const record of records) broker?.market(record);
    await hear(time);
    for (const event of events) await give(event);
    broker?.advance(time);
    await hear(time);
  }
}
