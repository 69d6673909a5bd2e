import { AssayError } from '../../../core/errors.ts';
import type { Rng } from '../../../core/rng.ts';
import { undefinedTime } from '../../../market/dbn/kinds.ts';
import { encodeRecord } from '../../../market/dbn/record.ts';
import { layouts } from '../../../market/dbn/records.ts';
import { keepSocket } from '../../kept-socket.ts';
import type { Feed, FeedEvent } from '../connect-feed.ts';
import { type FeedClock, systemFeedClock } from '../feed-clock.ts';
import { alpaca } from './alpaca.ts';
import { lying, recordOf } from './as-records.ts';
import type { Dialect, StreamNews, StreamWish } from './dialect.ts';
import { polygon } from './polygon.ts';

const dialects: Readonly<Record<Dialect['id'], Dialect>> = { alpaca, polygon };

export interface EquityFeedOptions extends Partial<Omit<StreamWish, 'symbols'>> {
  readonly vendor: Dialect['id'];
  /** E.g. `wss://stream.data.alpaca.markets/v2/iex`, `wss://socket.polygon.io/stocks`. */
  readonly url: string;
  /** Polygon knows the secret one only. */
  readonly keyId: string;
  readonly secretKey: string;
  readonly symbols: readonly string[];
  readonly clock?: FeedClock;
  /** What waiting times are drawn from. */
  readonly rng: Pick<Rng, 'uniform'>;
  /** As of a feed of Databento; a record's memory is its own here. */
  readonly onEvent: (event: FeedEvent) => void;
}

/** After an end that another connection at once would not change. */
const pauseMs = 60_000;
const mappingLayout = layouts.find(({ name, versions }) => name === 'symbol-mapping' && versions.endsWith('3'))!;

/**
 * Receives minute bars, quotes and halts of US equities over a WebSocket, as records of the Databento encoding, until it is stopped. What came while it
 * was not connected is lost, which each `gap` says: these vendors repeat nothing. A bar comes once, in the order of its symbol's minutes.
 * @throws AssayError `usage` without a symbol, with one that cannot be asked for, and where neither bars nor quotes are wanted.
 */
export function connectEquityFeed(options: EquityFeedOptions): Feed {
  const { vendor, url, keyId, secretKey, symbols, rng, onEvent, clock = systemFeedClock, bars = true, quotes = true } = options;
  const dialect = dialects[vendor];
  checkWish({ symbols, bars, quotes });
  const ids = new Map(symbols.map((symbol, k) => [symbol, k + 1]));
  /** Start of the newest bar of each instrument. */
  const newest = new Map<number, bigint>();
  let sequence = 0;
  let sessions = 0;
  let isOver = false;
  let isUp = false;
  let settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  const done = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const finish = (how: () => void): void => {
    if (isOver) return;
    isOver = true;
    socket.close();
    how();
  };
  const emit = (event: FeedEvent): void => {
    if (isOver) return;
    try {
      onEvent(event);
    } catch (error) {
      finish(() => settle.reject(error));
    }
  };
  const fault = (because: string): AssayError =>
    new AssayError('unavailable', `the feed of ${vendor} ends: ${because}`, { place: url, hint: 'the feed connects again by itself' });

  const begin = (): void => {
    isUp = true;
    socket.up();
    const now = clock.now();
    emit({ kind: 'session', sessionId: String(++sessions) });
    emit({
      kind: 'header',
      header: {
        ...{ version: 3, dataset: dialect.dataset, schema: null, start: now, end: null, limit: 0n, stypeIn: 1, stypeOut: 0, tsOut: false },
        ...{ symbolLength: 71, symbols: [], partial: [], notFound: [], mappings: [] },
      },
    });
    for (const [symbol, id] of ids) {
      const mapping = {
        publisher_id: 0,
        instrument_id: id,
        ts_event: now,
        stype_in: 1,
        stype_in_symbol: symbol,
        stype_out: 1,
        stype_out_symbol: symbol,
      };
      const bytes = encodeRecord(mappingLayout, { ...mapping, start_ts: undefinedTime, end_ts: undefinedTime });
      emit({ kind: 'record', record: lying(mappingLayout, bytes), replayed: false });
    }
  };

  const hear = (news: StreamNews): void => {
    switch (news.kind) {
      case 'connected':
        socket.send(dialect.authenticate(keyId, secretKey));
        return;
      case 'authenticated':
        socket.send(dialect.subscribe({ symbols, bars, quotes }));
        return;
      case 'subscribed':
        if (!isUp) begin();
        return;
      case 'refused':
        refuse(news);
        return;
      case 'bar':
      case 'quote':
      case 'status': {
        const id = ids.get(news.symbol);
        if (id === undefined || !isUp) return;
        if (news.kind === 'bar') {
          if (news.time <= (newest.get(id) ?? -1n)) return;
          newest.set(id, news.time);
        }
        emit({ kind: 'record', record: recordOf(news, id, ++sequence % 2 ** 32, clock.now()), replayed: false });
      }
    }
  };
  const refuse = ({ text, next }: Extract<StreamNews, { kind: 'refused' }>): void => {
    if (next === 'goOn') emit({ kind: 'problem', code: null, text });
    else if (next === 'stop') {
      const error = new AssayError('forbidden', `${vendor} refuses the feed: ${text}`, {
        place: url,
        hint: 'mend the key or the symbols, then start the feed again',
      });
      emit({ kind: 'ended', error, retryMs: null });
      finish(() => settle.reject(error));
    } else socket.fail(text, next === 'pause' ? pauseMs : undefined);
  };

  const socket = keepSocket({
    ...{ url, clock, uniform: () => rng.uniform() },
    onOpen: () => undefined,
    onMessage: (content) => {
      for (const message of Array.isArray(content) ? content : [content]) {
        const news = dialect.read(message);
        if (news !== null && !isOver) hear(news);
      }
    },
    onEnd: (because, wasUp, retryMs) => {
      isUp = false;
      if (wasUp) emit({ kind: 'gap', cause: 'disconnected' });
      emit({ kind: 'ended', error: fault(because), retryMs });
    },
  });
  return { stop: () => finish(() => settle.resolve()), done };
}

function checkWish({ symbols, bars, quotes }: StreamWish): void {
  const refuse = (what: string, hint: string): never => {
    throw new AssayError('usage', what, { place: 'the feed of equities', hint });
  };
  if (symbols.length === 0) refuse('no symbols are named', 'name at least one');
  const wrong = symbols.find((symbol) => !/^[A-Z0-9][A-Z0-9.-]{0,15}$/.test(symbol));
  if (wrong !== undefined) refuse(`${JSON.stringify(wrong)} is no symbol`, 'name each symbol by itself, such as NVDA');
  if (!bars && !quotes) refuse('neither bars nor quotes are wanted', 'ask for one of them');
}
