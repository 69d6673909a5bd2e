import { WebSocket } from 'ws';
import { z } from 'zod';
import { backoffMs } from '../../feed/backoff.ts';
import type { FeedClock } from '../../feed/feed-clock.ts';
import { type UpdateDocument, updateDocument } from './documents.ts';

export interface UpdateStreamOptions {
  /** `ws://…/stream`. */
  readonly url: string;
  readonly keyId: string;
  readonly secretKey: string;
  readonly clock: FeedClock;
  readonly onUp: () => void;
  readonly onDown: (because: string) => void;
  /** An update that cannot be read ends the connection: what it was, the account tells. */
  readonly onUpdate: (update: UpdateDocument) => void;
  readonly uniform: () => number;
}

const envelope = z.object({ stream: z.string(), data: z.unknown() });
const standing = z.object({ status: z.string().optional(), streams: z.array(z.string()).optional() });
const stream = 'trade_updates';
const [connectMs, pingMs] = [10_000, 10_000];

/** Listens to the updates of an account, and connects again after every end, until it is closed. */
export function openUpdateStream(options: UpdateStreamOptions): { readonly close: () => void } {
  const { clock } = options;
  let failures = 0;
  let isClosed = false;
  let cancelTimer = (): void => undefined;
  let socket: WebSocket | null = null;

  const open = (): void => {
    let isUp = false;
    let isAlive = true;
    let reason = 'the connection ended';
    const one = new WebSocket(options.url, { followRedirects: false, maxPayload: 2 ** 20 });
    socket = one;
    const give = (because: string): void => {
      reason = because;
      one.terminate();
    };
    const watch = (ms: number): void => {
      cancelTimer();
      cancelTimer = clock.after(ms, () => {
        if (!isUp || !isAlive) {
          give(isUp ? 'the stream is silent' : 'the stream did not open in time');
          return;
        }
        isAlive = false;
        one.ping();
        watch(pingMs);
      });
    };
    watch(connectMs);
    one.on('open', () =>
      one.send(JSON.stringify({ action: 'authenticate', data: { key_id: options.keyId, secret_key: options.secretKey } })),
    );
    one.on('pong', () => {
      isAlive = true;
    });
    one.on('error', (error) => {
      reason = `the stream failed: ${(error as NodeJS.ErrnoException).code ?? 'refused'}`;
    });
    one.on('message', (content) => {
      isAlive = true;
      const read = envelope.safeParse(jsonOf(String(content as Buffer)));
      if (!read.success) {
        give('a message of the stream cannot be read');
        return;
      }
      const { stream: name, data } = read.data;
      if (name === stream) {
        const update = updateDocument.safeParse(data);
        if (!update.success) {
          give('an update cannot be read');
          return;
        }
        try {
          options.onUpdate(update.data);
        } catch {
          give('an update cannot be read');
        }
        return;
      }
      const { status, streams } = standing.safeParse(data).data ?? {};
      if (name === 'authorization' && status === 'authorized') one.send(JSON.stringify({ action: 'listen', data: { streams: [stream] } }));
      else if (name === 'authorization') give('the key is refused');
      else if (name === 'listening' && streams?.includes(stream) === true && !isUp) {
        isUp = true;
        failures = 0;
        watch(pingMs);
        options.onUp();
      }
    });
    one.on('close', () => {
      cancelTimer();
      if (isClosed) return;
      if (isUp) options.onDown(reason);
      cancelTimer = clock.after(backoffMs(failures++, options.uniform()), open);
    });
  };
  open();
  return {
    close: () => {
      isClosed = true;
      cancelTimer();
      socket?.terminate();
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
