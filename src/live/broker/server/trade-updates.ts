import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { FeedClock } from '../../feed/feed-clock.ts';
import type { PaperAccount } from './paper-account.ts';
import { updateShape } from './shapes.ts';
import { opens } from './wire.ts';

/** The newer form has key and secret beside the action. */
const message = z.object({
  action: z.string(),
  key: z.string().optional(),
  secret: z.string().optional(),
  data: z.object({ key_id: z.string().optional(), secret_key: z.string().optional(), streams: z.array(z.string()).optional() }).optional(),
});

const stream = 'trade_updates';
const pingMs = 20_000;
const mostMessageBytes = 16_384;
/** Bytes that may wait for a listener before it is cut off: it reads the account anew when it is back. */
const mostWaiting = 2 ** 22;

/** The stream of an account's updates on a server: each listener gets them in their order, as binary frames that hold JSON. */
export interface TradeUpdates {
  /** Ends all connections; with false, and refuses new ones until it is called with true. */
  readonly accept: (isOpen: boolean) => void;
  readonly close: () => void;
}

export function serveTradeUpdates(server: Server, account: PaperAccount, secret: string | null, clock: FeedClock): TradeUpdates {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: mostMessageBytes });
  const listening = new Set<WebSocket>();
  const silent = new Set<WebSocket>();
  let isOpen = true;
  const say = (socket: WebSocket, content: object): void => {
    if (socket.bufferedAmount > mostWaiting) socket.terminate();
    else socket.send(Buffer.from(JSON.stringify(content)));
  };

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Pages of browsers say where they come from; they have no business here.
    if (!isOpen || request.url?.split('?')[0] !== '/stream' || request.headers.origin !== undefined) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => attend(client));
  });

  const attend = (socket: WebSocket): void => {
    let isKnown = false;
    socket.on('error', () => undefined);
    socket.on('pong', () => silent.delete(socket));
    socket.on('close', () => {
      listening.delete(socket);
      silent.delete(socket);
    });
    socket.on('message', (content: Buffer) => {
      const read = message.safeParse(jsonOf(content));
      if (!read.success) {
        socket.close(1008, 'no message of this stream');
        return;
      }
      const { action, data, ...newer } = read.data;
      if (action === 'authenticate' || action === 'auth') {
        isKnown = opens(data?.secret_key ?? newer.secret, secret);
        say(socket, { stream: 'authorization', data: { action, status: isKnown ? 'authorized' : 'unauthorized' } });
        return;
      }
      if (action !== 'listen' || !isKnown) {
        say(socket, { stream: 'authorization', data: { action, status: 'unauthorized' } });
        return;
      }
      const wanted = data?.streams?.includes(stream) === true;
      if (wanted) listening.add(socket);
      else listening.delete(socket);
      say(socket, { stream: 'listening', data: { streams: wanted ? [stream] : [] } });
    });
  };

  const stop = account.onNews(({ event, order, positionLots }) => {
    const data = updateShape(event, order, account.terms.get(order.order.symbol)!, positionLots);
    for (const socket of listening) say(socket, { stream, data });
  });
  let cancelPing = (): void => undefined;
  const ping = (): void => {
    cancelPing = clock.after(pingMs, () => {
      for (const socket of sockets.clients) {
        if (silent.has(socket)) socket.terminate();
        else {
          silent.add(socket);
          socket.ping();
        }
      }
      ping();
    });
  };
  ping();

  return {
    accept: (open) => {
      isOpen = open;
      if (!open) for (const socket of sockets.clients) socket.terminate();
    },
    close: () => {
      isOpen = false;
      stop();
      cancelPing();
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}

function jsonOf(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch {
    return null;
  }
}
