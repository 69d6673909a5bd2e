import { WebSocket } from 'ws';
import { backoffMs } from './feed/backoff.ts';
import type { FeedClock } from './feed/feed-clock.ts';

export interface KeptSocketOptions {
  readonly url: string;
  readonly clock: FeedClock;
  /** What waiting times are drawn from. */
  readonly uniform: () => number;
  readonly onOpen: (socket: KeptSocket) => void;
  /** A message that was JSON. What it throws ends the connection. */
  readonly onMessage: (content: unknown, socket: KeptSocket) => void;
  /** A connection is over; another one is made after `retryMs`. */
  readonly onEnd: (because: string, wasUp: boolean, retryMs: number) => void;
}

/** A connection to a WebSocket that is made again after each end, until it is closed. */
export interface KeptSocket {
  readonly send: (content: object) => void;
  /** What was asked for has come about: the next failure is the first again, and silence is watched. */
  readonly up: () => void;
  /** Ends the connection. @param retryMs when it is made again; left out: soon, later with each failure. */
  readonly fail: (because: string, retryMs?: number) => void;
  readonly close: () => void;
}

/** A connection that is not up within the first, or that answers no ping within the second, is over. */
const [openMs, pingMs] = [10_000, 10_000];
const mostMessageBytes = 2 ** 22;

export function keepSocket({ url, clock, uniform, onOpen, onMessage, onEnd }: KeptSocketOptions): KeptSocket {
  let failures = 0;
  let isClosed = false;
  let cancelTimer = (): void => undefined;
  let current: { readonly socket: WebSocket; isUp: boolean; isAlive: boolean; reason: string | null; retryMs: number | undefined };

  const kept: KeptSocket = {
    send: (content) => current.socket.send(JSON.stringify(content)),
    up: () => {
      current.isUp = true;
      failures = 0;
      watch(pingMs);
    },
    fail: (because, retryMs) => {
      current.reason = because;
      current.retryMs = retryMs;
      current.socket.terminate();
    },
    close: () => {
      isClosed = true;
      cancelTimer();
      current.socket.terminate();
    },
  };
  const watch = (ms: number): void => {
    cancelTimer();
    cancelTimer = clock.after(ms, () => {
      if (!current.isUp || !current.isAlive) {
        kept.fail(current.isUp ? 'the connection is silent' : 'the connection did not come about in time');
        return;
      }
      current.isAlive = false;
      current.socket.ping();
      watch(pingMs);
    });
  };
  const open = (): void => {
    const socket = new WebSocket(url, { followRedirects: false, maxPayload: mostMessageBytes });
    const one = { socket, isUp: false, isAlive: true, reason: null, retryMs: undefined };
    current = one;
    watch(openMs);
    socket.on('open', () => onOpen(kept));
    socket.on('pong', () => {
      current.isAlive = true;
    });
    socket.on('error', (error) => {
      // Giving up a connection that is not open yet is an error of its own.
      current.reason ??= `the connection failed: ${(error as NodeJS.ErrnoException).code ?? 'refused'}`;
    });
    socket.on('message', (content) => {
      if (isClosed) return;
      current.isAlive = true;
      try {
        onMessage(JSON.parse(String(content as Buffer)), kept);
      } catch {
        kept.fail('a message cannot be read');
      }
    });
    socket.on('close', () => {
      cancelTimer();
      if (isClosed) return;
      const retryMs = current.retryMs ?? backoffMs(failures++, uniform());
      cancelTimer = clock.after(retryMs, open);
      onEnd(current.reason ?? 'the connection ended', current.isUp, retryMs);
    });
  };
  open();
  return kept;
}
