import { createRng } from '../../../core/rng.ts';
import { connectFeed, type FeedOptions } from '../../feed/connect-feed.ts';
import type { FeedClock } from '../../feed/feed-clock.ts';
import { createTranslator } from '../../recording/translate.ts';
import type { LotTerms } from '../lot-terms.ts';
import type { MarketRecord } from '../paper/market-record.ts';

/** The time of a market, live or recorded: the newest record's, and what has passed here since it came. It never runs back. */
export interface MarketTime {
  readonly now: () => bigint;
  /** A record came that was known at `time`; returns the market's time of it. */
  readonly see: (time: bigint) => bigint;
}

export function createMarketTime(clock: FeedClock): MarketTime {
  let [seen, seenAt, last] = [0n, clock.now(), 0n];
  const now = (): bigint => {
    const time = seen + (clock.now() - seenAt);
    if (time > last) last = time;
    return last;
  };
  return {
    now,
    see: (time) => {
      if (time > now()) [seen, seenAt] = [time, clock.now()];
      return now();
    },
  };
}

export interface MarketFeedOptions extends Pick<FeedOptions, 'key' | 'dataset' | 'address'> {
  readonly terms: readonly LotTerms[];
  readonly time: MarketTime;
  readonly clock: FeedClock;
  readonly onRecord: (record: MarketRecord) => void;
  /** What people should know: lost connections, unknown symbols. */
  readonly say: (text: string) => void;
}

const messages: ReadonlySet<string> = new Set(['system', 'error', 'symbol-mapping']);

/** Shows quotes, trades and halts of a live feed to a broker on paper, until it is stopped. */
export function followMarket({ key, dataset, address, terms, time, clock, onRecord, say }: MarketFeedOptions): {
  readonly stop: () => void;
  readonly done: Promise<void>;
} {
  const translator = createTranslator({
    symbolOf: new Map(),
    tickOf: new Map(terms.map(({ symbol, tick }) => [symbol, tick])),
    barMs: 60_000,
  });
  const common = { stypeIn: 'raw_symbol', symbols: terms.map(({ symbol }) => symbol), start: null, snapshot: false } as const;
  return connectFeed({
    ...{ key, dataset, clock, rng: createRng('paper-server') },
    ...(address !== undefined && { address }),
    subscriptions: [
      { ...common, schema: 'mbp-1' },
      { ...common, schema: 'status' },
    ],
    onEvent: (event) => {
      if (event.kind === 'record') {
        const { layout, view, start } = event.record;
        if (layout === null) return;
        // Messages of the session have the time of the gateway, which serves a market of any time.
        const known = messages.has(layout.name) ? time.now() : time.see(translator.earliest(layout, view, start));
        const { record } = translator.translate(layout, view, start, known);
        if (record !== null) onRecord(record);
      } else if (event.kind === 'gap') for (const { symbol } of terms) onRecord({ kind: 'gap', time: time.now(), symbol });
      else if (event.kind === 'problem') say(event.text);
      else if (event.kind === 'ended')
        say(event.retryMs === null ? event.error.message : `${event.error.message}; again in ${Math.round(event.retryMs)} ms`);
    },
  });
}
