import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { AssayError, messageOf } from '../../core/errors.ts';
import { checkKey } from '../feed/cram.ts';
import { type FeedClock, systemFeedClock } from '../feed/feed-clock.ts';
import { createLineReader } from '../feed/line-reader.ts';
import type { Fault } from './faults.ts';
import { createMarketClock, type MarketClock, type Speed } from './market-clock.ts';
import { type Catalog, mergeRecordings, readCatalog } from './recorded.ts';
import { createGatewaySession, type SessionStep } from './session.ts';
import { createStream, type Stream } from './stream.ts';

export interface GatewayOptions {
  /** What clients must know. */
  readonly key: string;
  /** Default: that of the first file. */
  readonly dataset?: string;
  /** Files of the Databento encoding, with their headers. */
  readonly recordings: readonly string[];
  /**
   * How fast the market goes, from the first session on: n times its own speed, or by default as fast as each client reads, which waits
   * for nothing and leaves nothing out.
   */
  readonly speed?: Speed;
  /** Market time at which it begins, nanoseconds since the epoch; what was before is the past, which clients can ask for. Default: with the files. */
  readonly start?: bigint | null;
  /** Bytes that may wait for a client before it counts as slow, where the market has a speed; default 4 MiB. */
  readonly mostWaiting?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: any free one. */
  readonly port?: number;
  readonly clock?: FeedClock;
  readonly faults?: readonly Fault[];
}

export interface RecordingGateway {
  readonly address: { readonly host: string; readonly port: number };
  readonly dataset: string;
  /** Connections so far. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

const defaultMostWaiting = 2 ** 22;

/**
 * Serves recordings as a live gateway of Databento does, to any number of clients at once: each session gets the records that it subscribed to,
 * from its starts or from the present on, in the order in which they were known; heartbeats where there is nothing.
 * @throws AssayError `config_invalid` for a key of another form, `not_found` and `data_invalid` for files that cannot be served, `port_in_use`.
 */
export async function serveRecordings(options: GatewayOptions): Promise<RecordingGateway> {
  checkKey(options.key, 'the key of the gateway');
  const catalog = await readCatalog(options.recordings, options.dataset ?? null);
  const { speed = 'max', clock = systemFeedClock, start = null } = options;
  const market = createMarketClock(speed, start ?? (speed === 'max' ? null : await firstKnown(options.recordings)), clock);
  const { host = '127.0.0.1', port = 0 } = options;
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveClient(socket, ++connections, { ...options, catalog, market, clock });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new AssayError('port_in_use', `the gateway cannot listen: ${messageOf(cause)}`, {
          place: `${host}:${port}`,
          hint: 'choose another port, or none',
          cause,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
  return {
    address: { host, port: (server.address() as { readonly port: number }).port },
    dataset: catalog.dataset,
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface ClientTerms extends GatewayOptions {
  readonly catalog: Catalog;
  readonly market: MarketClock;
  readonly clock: FeedClock;
}

/** Time at which the first record of all files was known. */
async function firstKnown(paths: readonly string[]): Promise<bigint> {
  for await (const { knownAt } of mergeRecordings(paths)) return knownAt;
  return 0n;
}

function serveClient(socket: Socket, number: number, options: ClientTerms): void {
  const { key, catalog, market, clock, faults = [], mostWaiting = defaultMostWaiting } = options;
  const session = createGatewaySession({
    key,
    dataset: catalog.dataset,
    challenge: randomBytes(16).toString('hex'),
    sessionId: String(number),
  });
  const reader = createLineReader(`client ${number}`);
  const stream: Stream = createStream(socket, {
    ...{ catalog, market, clock, paths: options.recordings, mostWaiting },
    faults: faults.filter((fault) => fault.session === number),
  });

  const follow = (step: SessionStep): boolean => {
    switch (step.kind) {
      case 'send':
        socket.write(step.text);
        return true;
      case 'subscribe':
        stream.subscribe(step.part);
        return true;
      case 'start':
        stream.start(step.request);
        return true;
      case 'refuse':
        stream.refuse(step.request, step.because);
        return false;
      case 'close':
        socket.end();
        return false;
    }
  };

  let isListening = true;
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.once('close', () => stream.close());
  socket.on('data', (piece) => {
    if (!isListening) return;
    try {
      reader.push(piece, (line) => {
        isListening = session.take(line).every(follow);
        return isListening;
      });
    } catch {
      // A line without an end: this is no client.
      isListening = false;
      socket.destroy();
    }
  });
  socket.write(session.greeting);
}
