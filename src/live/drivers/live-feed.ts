import type { MarketRecord } from '../broker/paper/market-record.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { Feed, FeedEvent } from '../feed/connect-feed.ts';
import type { LiveRecord } from '../feed/record-reader.ts';
import { nsOf } from '../nanoseconds.ts';
import { createTranslator } from '../recording/translate.ts';
import type { RecordingWriter } from '../recording/write-recording.ts';
import type { FeedItem } from './run-engine.ts';

/** `wall`: a record's time is that of its receipt. `feed`: the one at which it could be known, so that recordings are traded in their own time. */
export type RunClock = 'wall' | 'feed';

export interface LiveFeedParts {
  /** Connects the feed; its events come at once. */
  readonly connect: (onEvent: (event: FeedEvent) => void) => Feed;
  readonly clock: RunClock;
  readonly wallNow: () => bigint;
  readonly tickOf: ReadonlyMap<string, number>;
  readonly barMs: number;
  readonly recording: RecordingWriter;
  /** Up to where an earlier life went: in the time of the feed nothing of it comes again. */
  readonly resumeAfter: { readonly time: bigint; readonly count: number } | null;
  /** Nanoseconds at which the run ends; null: when it is stopped. */
  readonly until: bigint | null;
  /** Milliseconds between two items where the feed says nothing. */
  readonly tickMs: number;
  readonly onProblem: (text: string) => void;
}

export interface LiveFeed {
  readonly items: AsyncGenerator<FeedItem>;
  /** Adds what comes from elsewhere: persons, the broker's account, how the process does. Before the next record. */
  readonly tell: (events: readonly NewEvent[]) => void;
  readonly stop: () => void;
  /** Nanoseconds that the last record was under way; null before it. */
  readonly lag: () => bigint | null;
  readonly queued: () => number;
}

/** An event that is given its time where it is taken. */
export type NewEvent = EngineEvent extends infer Event ? (Event extends EngineEvent ? Omit<Event, 'time'> : never) : never;

const sendTimeBytes = 8;
/** A minute less than a day. */
const mostBackMs = 86_340_000;

/** The feed of a live run: records as they come, what is told in between, and the passing of time. Times never run back. */
export function createLiveFeed(parts: LiveFeedParts): LiveFeed {
  const { clock, wallNow, recording, until, resumeAfter } = parts;
  const translator = createTranslator({ symbolOf: new Map(), tickOf: parts.tickOf, barMs: parts.barMs });
  const queue: FeedItem[] = [];
  let told: NewEvent[] = [];
  let wake: () => void = () => undefined;
  let last = resumeAfter?.time ?? 0n;
  /** Items of the time up to which an earlier life went that are still to be passed over. */
  let toSkip = resumeAfter?.count ?? 0;
  let isOver = false;
  let failure: unknown = null;
  let lag: bigint | null = null;
  /** True once something was taken; what an earlier life left is told before anything else. */
  let hasBegun = resumeAfter !== null;

  const sentAt = ({ layout, view, start, length }: LiveRecord): bigint | null =>
    layout !== null && length > layout.bytes ? view.getBigUint64(start + length - sendTimeBytes, true) : null;

  const take = (record: LiveRecord): void => {
    const { layout, view, start } = record;
    const receivedAt = wallNow();
    const sent = sentAt(record);
    if (sent !== null && clock === 'wall') lag = receivedAt - sent;
    const known = clock === 'wall' || layout === null ? receivedAt : translator.earliest(layout, view, start);
    recording.record(record, clock === 'wall' ? receivedAt : known > last ? known : last);
    if (layout === null) return;
    const time = known > last ? known : last;
    const { record: market, event } = translator.translate(layout, view, start, time);
    if (market === null && event === null) return;
    if (clock === 'feed' && resumeAfter !== null && (known < resumeAfter.time || (known === resumeAfter.time && toSkip-- > 0))) return;
    last = time;
    queue.push({ time, records: market === null ? [] : [market as MarketRecord], events: event === null ? [] : [event] });
    wake();
  };

  const feed = parts.connect((event) => {
    switch (event.kind) {
      case 'header':
        recording.header(event.header);
        break;
      case 'record':
        take(event.record);
        break;
      case 'gap': {
        if (clock === 'wall') last = wallNow() > last ? wallNow() : last;
        const symbols = [...parts.tickOf.keys()];
        queue.push({
          time: last,
          records: symbols.map((symbol) => ({ kind: 'gap', time: last, symbol })),
          events: [{ kind: 'gap', time: last }],
        });
        wake();
        break;
      }
      case 'problem':
        parts.onProblem(event.text);
        break;
      case 'ended':
        parts.onProblem(event.error.message);
        break;
      case 'session':
        break;
    }
  });
  feed.done.then(
    () => {
      isOver = true;
      wake();
    },
    (error: unknown) => {
      failure = error;
      isOver = true;
      wake();
    },
  );

  /** What was told, at the time that it is by now. */
  const tellItem = (): FeedItem | null => {
    const now = clock === 'wall' ? wallNow() : last;
    const time = now > last ? now : last;
    // In the time of a feed there is none before its first record.
    if (clock === 'feed' && (told.length === 0 || last === 0n || !hasBegun)) return null;
    if (queue.length === 0) last = time;
    const events = told.map((event) => ({ ...event, time: queue.length === 0 ? time : queue[0]!.time }) as EngineEvent);
    told = [];
    return { time: queue.length === 0 ? time : queue[0]!.time, records: [], events };
  };

  async function* items(): AsyncGenerator<FeedItem> {
    for (;;) {
      if (queue.length === 0 && !isOver)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, parts.tickMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      wake = () => undefined;
      const item = (told.length > 0 || queue.length === 0 ? tellItem() : null) ?? queue.shift() ?? null;
      if (item !== null) {
        if (until !== null && item.time >= until) break;
        hasBegun = true;
        yield item;
      }
      if (isOver && queue.length === 0) break;
    }
    feed.stop();
    if (failure !== null) throw failure;
  }

  return {
    items: items(),
    tell: (events) => {
      told.push(...events);
      wake();
    },
    stop: () => {
      isOver = true;
      feed.stop();
      wake();
    },
    lag: () => lag,
    queued: () => queue.length,
  };
}

/** Milliseconds as the nanoseconds of a subscription's beginning, a day back at most: no gateway has more. */
export function startOf(ms: number, nowMs: number): bigint {
  return nsOf(Math.max(ms, nowMs - mostBackMs));
}
