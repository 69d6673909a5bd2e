import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { AssayError, messageOf } from '../../core/errors.ts';
import { checkKey } from '../feed/cram.ts';
import { type FeedClock, systemFeedClock } from '../feed/feed-clock.ts';
import { createLineReader } from '../feed/line-reader.ts';
import type { Fault } from './faults.ts';
import { type Catalog, readCatalog } from './recorded.ts';
import { createGatewaySession, type SessionStep } from './session.ts';
import { createStream, type Stream } from './stream.ts';

export interface GatewayOptions {
  /** What clients must know. */
  readonly key: string;
  readonly dataset: string;
  /** Files of the Databento encoding, with their headers. */
  readonly recordings: readonly string[];
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: any free one. */
  readonly port?: number;
  readonly clock?: FeedClock;
  readonly faults?: readonly Fault[];
}

export interface RecordingGateway {
  readonly address: { readonly host: string; readonly port: number };
  /** Connections so far. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/**
 * Serves recordings as a live gateway of Databento does, to any number of clients at once: each session gets the records that it subscribed to,
 * from its starts or from the beginning on, in the order in which they were known and as fast as it reads; then heartbeats.
 * @throws AssayError `config_invalid` for a key of another form, `not_found` and `data_invalid` for files that cannot be served, `port_in_use`.
 */
export async function serveRecordings(options: GatewayOptions): Promise<RecordingGateway> {
  checkKey(options.key, 'the key of the gateway');
  const catalog = await readCatalog(options.recordings, options.dataset);
  const { host = '127.0.0.1', port = 0 } = options;
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveClient(socket, ++connections, catalog, options);
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
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serveClient(socket: Socket, number: number, catalog: Catalog, options: GatewayOptions): void {
  const { key, dataset, clock = systemFeedClock, faults = [] } = options;
  const session = createGatewaySession({ key, dataset, challenge: randomBytes(16).toString('hex'), sessionId: String(number) });
  const reader = createLineReader(`client ${number}`);
  const stream: Stream = createStream(socket, {
    ...{ catalog, dataset, clock, paths: options.recordings },
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
