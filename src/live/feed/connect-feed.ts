import { AssayError } from '../../core/errors.ts';
import type { Rng } from '../../core/rng.ts';
import { packageVersion } from '../../core/version.ts';
import { type DbnHeader, text } from '../../market/dbn/header.ts';
import { backoffMs } from './backoff.ts';
import { type Connection, type ConnectionEnd, type GatewayAddress, openConnection } from './connection.ts';
import { type Compression, checkSubscription, type SlowReader, type Subscription } from './control-lines.ts';
import { checkKey } from './cram.ts';
import { type FeedClock, systemFeedClock } from './feed-clock.ts';
import { availableAt, createFeedProgress } from './progress.ts';
import type { LiveRecord } from './record-reader.ts';

/** Where a session was interrupted or records are missing; books and bars under way are incomplete. */
export type GapCause = 'disconnected' | 'aged-out' | 'skipped' | 'slow';

export type FeedEvent =
  /** A session is started, the first or one that goes on. */
  | { readonly kind: 'session'; readonly sessionId: string }
  | { readonly kind: 'header'; readonly header: DbnHeader }
  /** Each record once, with messages of the session. `replayed`: it was known before the connection was made; nothing is to be ordered from it. */
  | { readonly kind: 'record'; readonly record: LiveRecord; readonly replayed: boolean }
  | { readonly kind: 'gap'; readonly cause: GapCause }
  /** An error after which the session goes on, such as a symbol that there is not. */
  | { readonly kind: 'problem'; readonly code: number | null; readonly text: string }
  /** The connection is over; another one is made after `retryMs`, or none (null). */
  | { readonly kind: 'ended'; readonly error: AssayError; readonly retryMs: number | null };

export interface FeedOptions {
  readonly key: string;
  /** E.g. GLBX.MDP3: one a session. */
  readonly dataset: string;
  readonly subscriptions: readonly Subscription[];
  /** Default: the gateway of the data set. */
  readonly address?: GatewayAddress;
  readonly tsOut?: boolean;
  readonly compression?: Compression;
  /** Seconds, 5 to 1800, default 30. Ten seconds more without a record, and the connection is given up. */
  readonly heartbeatSeconds?: number;
  readonly slowReader?: SlowReader;
  readonly clock?: FeedClock;
  /** What waiting times are drawn from. */
  readonly rng: Pick<Rng, 'uniform'>;
  /** Must not wait: it keeps or queues what it gets. A record's memory is used again afterwards. If it throws, the feed ends with that error. */
  readonly onEvent: (event: FeedEvent) => void;
}

export interface Feed {
  /** Ends the feed; nothing comes after it. */
  readonly stop: () => void;
  /**
   * Resolves when the feed was stopped.
   * @throws AssayError `forbidden` where the gateway refuses key or data set, `usage` where it refuses a subscription, and whatever `onEvent` threw.
   */
  readonly done: Promise<void>;
}

const gatewayPort = 13_000;
const connectMs = 10_000;
const authMs = 30_000;
const defaultHeartbeatSeconds = 30;
const graceMs = 10_000;
/** After an end that another session at once would not change. */
const pauseMs = 60_000;
/** A session that lasted longer shows that connecting works: waiting begins anew. */
const soundSessionNanos = 60_000_000_000n;

/** What follows an error by its code; others leave the session as it is. */
const endOfCode: Readonly<Record<number, ConnectionEnd['next']>> = {
  1: 'stop', // authentication failed
  2: 'stop', // the key was deactivated
  3: 'pause', // too many sessions
  5: 'stop', // a wrong subscription
  6: 'reconnect', // a fault of the gateway
  8: 'restart', // what was asked for is too old
};
const skippedCode = 7;
const slowReaderCode = 2;

/** The gateway of a data set; always by its name, since its addresses change. */
export function gatewayOf(dataset: string): GatewayAddress {
  return { host: `${dataset.toLowerCase().replaceAll('.', '-')}.lsg.databento.com`, port: gatewayPort };
}

/**
 * Receives records of a live gateway of Databento, until it is stopped: it connects again after every end that it did not ask for, and goes on
 * from where it was, each record once.
 * @throws AssayError `config_invalid` for a key of another form, `usage` for wrong subscriptions or another heartbeat.
 */
export function connectFeed(options: FeedOptions): Feed {
  const { key, dataset, subscriptions, rng, onEvent, clock = systemFeedClock } = options;
  const { heartbeatSeconds = defaultHeartbeatSeconds } = options;
  checkOptions(options, heartbeatSeconds);
  const address = options.address ?? gatewayOf(dataset);
  const place = `${address.host}:${address.port}`;
  const progress = createFeedProgress();
  let connection: Connection | null = null;
  let cancelRetry = (): void => undefined;
  let isOver = false;
  let failures = 0;
  /** What the first session's metadata say of its beginning. */
  let since: bigint | null = null;
  let settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  const done = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });

  const finish = (how: () => void): void => {
    if (isOver) return;
    isOver = true;
    cancelRetry();
    connection?.close();
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

  const open = (isReplay: boolean): void => {
    const openedAt = clock.now();
    let startedAt: bigint | null = null;
    connection = openConnection(
      {
        address,
        key,
        request: {
          dataset,
          tsOut: options.tsOut ?? true,
          compression: options.compression ?? 'none',
          heartbeatSeconds,
          slowReader: options.slowReader ?? 'skip',
          client: `assay/${packageVersion}`,
        },
        subscriptions: isReplay
          ? subscriptions.map((one) => progress.resume(one, since))
          : subscriptions.map((one) => ({ ...one, start: null })),
        connectMs,
        authMs,
        silenceMs: heartbeatSeconds * 1000 + graceMs,
        clock,
      },
      {
        onSession: (sessionId) => {
          startedAt = clock.now();
          progress.begin(isReplay);
          emit({ kind: 'session', sessionId });
        },
        onHeader: (header) => {
          if (header.dataset !== dataset)
            throw new AssayError('data_invalid', `the gateway sends ${header.dataset} in place of ${dataset}`, { place });
          since ??= header.start;
          emit({ kind: 'header', header });
        },
        onRecord: (record) => {
          if (!progress.take(record)) return null;
          emit({ kind: 'record', record, replayed: availableAt(record) < openedAt });
          return messageEnd(record, place, emit);
        },
        onEnd: ({ next, error }) => {
          if (startedAt !== null) {
            if (clock.now() - startedAt > soundSessionNanos) failures = 0;
            emit({ kind: 'gap', cause: next === 'restart' ? 'aged-out' : 'disconnected' });
          }
          const retryMs = next === 'stop' ? null : next === 'pause' ? pauseMs : backoffMs(failures++, rng.uniform());
          emit({ kind: 'ended', error, retryMs });
          if (retryMs === null) finish(() => settle.reject(error));
          else if (!isOver) cancelRetry = clock.after(retryMs, () => open(next !== 'restart'));
        },
      },
    );
  };
  open(true);
  return { stop: () => finish(() => settle.resolve()), done };
}

function checkOptions({ key, dataset, subscriptions }: FeedOptions, heartbeatSeconds: number): void {
  checkKey(key, 'the key of the feed');
  const refuse = (place: string, what: string, hint: string): never => {
    throw new AssayError('usage', what, { place, hint });
  };
  if (!/^[A-Z0-9]+(\.[A-Z0-9]+)*$/.test(dataset))
    refuse('dataset', `${JSON.stringify(dataset)} is no data set`, 'name one, such as GLBX.MDP3');
  if (!Number.isInteger(heartbeatSeconds) || heartbeatSeconds < 5 || heartbeatSeconds > 1800)
    refuse('heartbeatSeconds', `a heartbeat every ${heartbeatSeconds} s is not possible`, 'choose a whole number from 5 to 1800');
  if (subscriptions.length === 0) refuse('subscriptions', 'nothing is subscribed to', 'name at least one schema with its symbols');
  subscriptions.forEach(checkSubscription);
  const wanted = new Set(subscriptions.map(({ schema }) => schema));
  if (wanted.has('mbp-1') && wanted.has('tbbo'))
    refuse('subscriptions', 'records of tbbo cannot be told from those of mbp-1', 'subscribe to mbp-1 only, which holds the trades');
}

/** What an error or a warning of the gateway means: an end, a gap, or a problem that is told. */
function messageEnd({ layout, view, start }: LiveRecord, place: string, emit: (event: FeedEvent) => void): ConnectionEnd | null {
  if (layout === null || (layout.name !== 'error' && layout.name !== 'system')) return null;
  const field = (name: string) => layout.fields.find((one) => one.name === name);
  const codeField = field('code');
  const code = codeField === undefined ? null : view.getUint8(start + codeField.offset);
  if (layout.name === 'system') {
    if (code === slowReaderCode) emit({ kind: 'gap', cause: 'slow' });
    return null;
  }
  const { offset, bytes } = field('err')!;
  const said = text(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), start + offset, bytes);
  const next = code === null ? undefined : endOfCode[code];
  if (next !== undefined)
    return {
      next,
      error: new AssayError(next !== 'stop' ? 'unavailable' : code === 5 ? 'usage' : 'forbidden', `the gateway ends the session: ${said}`, {
        place,
        hint: next === 'stop' ? 'mend the key or the subscription, then start the feed again' : 'the feed connects again by itself',
      }),
    };
  emit({ kind: 'problem', code, text: said });
  if (code === skippedCode) emit({ kind: 'gap', cause: 'skipped' });
  return null;
}
