import { microsOf } from '../broker/micros.ts';
import type { PaperOptions } from '../broker/paper/config.ts';
import { createPaperBroker } from '../broker/paper/paper-broker.ts';
import { createEngine, type EngineConfig } from '../engine/engine.ts';
import { type Recording, readRecording } from '../recording/read-recording.ts';
import type { RiskLimits } from '../risk/limits.ts';
import { lotTermsIn } from './execution-model.ts';
import { type EnginePolicy, type FeedItem, paperLink, runEngine } from './run-engine.ts';
import { createRecorder, type RunRecord } from './witness.ts';

/** What a replay needs beside a recording. */
export interface ReplayParts extends Omit<EngineConfig, 'account'> {
  readonly policy: EnginePolicy;
  /** Smallest difference of two prices, by symbol: what the recorded prices are counted in. */
  readonly ticks: ReadonlyMap<string, number>;
  /** Sends orders to a broker on paper at the recorded quotes; left out: the account of the environment on the recorded bars. */
  readonly paper?: {
    readonly options: PaperOptions;
    readonly limits: RiskLimits;
    /** A year in which the contracts were traded, which the single digit of their names is read by. */
    readonly year: number;
    /** Milliseconds before a session's end at which everything is sold. */
    readonly flattenMs: number;
    /** Sessions before a contract's last day of trading from which nothing is opened in it. */
    readonly rollSessions: number;
  };
}

/**
 * Runs an engine over a recorded session, in the order and at the times of the recording, as fast as it can.
 * @throws AssayError as {@link readRecording} and {@link createEngine}.
 */
export function replayRecording(recording: Recording, parts: ReplayParts): Promise<RunRecord> {
  return runFeed(readRecording(recording, { tickOf: parts.ticks, barMs: parts.barMs }), parts);
}

/** The same of items from anywhere. @internal */
export async function runFeed(feed: AsyncIterable<FeedItem> | Iterable<FeedItem>, parts: ReplayParts): Promise<RunRecord> {
  const { policy, paper, ticks: _, ...config } = parts;
  const recorder = createRecorder();
  const terms = paper === undefined ? null : lotTermsIn(config, config.environment, paper.year);
  const engine = createEngine({
    ...config,
    account:
      terms === null
        ? { kind: 'environment' }
        : {
            kind: 'orders',
            terms,
            matching: 'quotes',
            flattenMs: paper!.flattenMs,
            rollSessions: paper!.rollSessions,
            limits: paper!.limits,
          },
  });
  await runEngine(ended(feed), {
    engine,
    policy,
    witness: recorder,
    ...(terms !== null && {
      broker: paperLink(createPaperBroker(terms, paper!.options, { capitalMicros: microsOf(config.environment.capital, 'the capital') })),
    }),
  });
  return recorder.record();
}

/** A feed, then its end: whether its last session is over, only a later bar could tell. */
async function* ended(feed: AsyncIterable<FeedItem> | Iterable<FeedItem>): AsyncGenerator<FeedItem> {
  let last = 0n;
  for await (const item of feed) {
    last = item.time;
    yield item;
  }
  yield { time: last, records: [], events: [{ kind: 'stop', time: last, sessionEnded: false }] };
}
