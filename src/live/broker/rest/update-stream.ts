import { z } from 'zod';
import type { FeedClock } from '../../feed/feed-clock.ts';
import { keepSocket } from '../../kept-socket.ts';
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

/** Listens to the updates of an account, and connects again after every end, until it is closed. */
export function openUpdateStream(options: UpdateStreamOptions): { readonly close: () => void } {
  const { url, clock, uniform, keyId, secretKey } = options;
  let isUp = false;
  return keepSocket({
    ...{ url, clock, uniform },
    onOpen: (socket) => socket.send({ action: 'authenticate', data: { key_id: keyId, secret_key: secretKey } }),
    onMessage: (content, socket) => {
      const { stream: name, data } = envelope.parse(content);
      if (name === stream) {
        options.onUpdate(updateDocument.parse(data));
        return;
      }
      const { status, streams } = standing.safeParse(data).data ?? {};
      if (name === 'authorization' && status === 'authorized') socket.send({ action: 'listen', data: { streams: [stream] } });
      else if (name === 'authorization') socket.fail('the key is refused');
      else if (name === 'listening' && streams?.includes(stream) === true && !isUp) {
        isUp = true;
        socket.up();
        options.onUp();
      }
    },
    onEnd: (because, wasUp) => {
      isUp = false;
      if (wasUp) options.onDown(because);
    },
  });
}
