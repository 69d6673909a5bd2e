import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { AssayError, messageOf } from '../../../core/errors.ts';
import { type FeedClock, systemFeedClock } from '../../feed/feed-clock.ts';
import type { PaperAccount } from './paper-account.ts';
import { paperRoutes } from './routes.ts';
import { serveTradeUpdates, type TradeUpdates } from './trade-updates.ts';

export interface PaperServerOptions {
  readonly account: PaperAccount;
  /** Clients send it as their secret key; null: any. */
  readonly secret: string | null;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: any free one. */
  readonly port?: number;
  readonly clock?: FeedClock;
}

export interface PaperServer {
  readonly url: string;
  readonly updates: Pick<TradeUpdates, 'accept'>;
  readonly close: () => Promise<void>;
}

/** Most bytes of a request. */
const mostBytes = 65_536;

/**
 * Serves an account of the broker on paper in the shape of Alpaca's trading interface: HTTP below `/v2`, the stream of updates at `/stream`.
 * @throws AssayError `port_in_use`
 */
export async function servePaper({
  account,
  secret,
  host = '127.0.0.1',
  port = 0,
  clock = systemFeedClock,
}: PaperServerOptions): Promise<PaperServer> {
  const app = paperRoutes(account, secret);
  const listener = getRequestListener(app.fetch);
  const server = createServer((request, response) => {
    if (Number(request.headers['content-length'] ?? 0) > mostBytes || request.headers['transfer-encoding'] !== undefined) {
      response.writeHead(413).end();
      return;
    }
    void listener(request, response);
  });
  const updates = serveTradeUpdates(server, account, secret, clock);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new AssayError('port_in_use', `the broker on paper cannot listen: ${messageOf(cause)}`, {
          place: `${host}:${port}`,
          hint: 'choose another port, or 0',
          cause,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    updates,
    close: () => {
      updates.close();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
