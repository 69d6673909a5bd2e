import { request } from './api.ts';
import { Problem } from './problem.ts';
import { client } from './query.ts';
import { ordersSent } from './server.ts';

export interface OrderOptions {
  /** The revision of the study that the person saw: 412 if it has changed since. The study is the one of the address. */
  readonly revision?: number | undefined;
  /** The ETag of another resource, such as a model. */
  readonly ifMatch?: string | undefined;
  /** Chosen once for what a person wants once; the default is good for one call and its own repetition. */
  readonly key?: string | undefined;
}

/** A text of 32 random hexadecimal digits: `randomUUID` is missing on pages that came over plain HTTP from another machine. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** How {@link order} is called by what a person wants: the same address and body are the same wish. */
export type SendWish = (address: string, body: object, ifMatch?: string) => Promise<unknown>;

/**
 * Sends orders with one key for each wish. The key is kept while it is not known what became of the order: no answer came, or a fault of the
 * server, or of a proxy in front of it. Once it was answered, the same words are a new wish.
 */
export function createWishes(send: typeof order = order): SendWish {
  let open: { readonly wish: string; readonly key: string } | null = null;
  return async (address, body, ifMatch) => {
    const wish = JSON.stringify([address, body]);
    if (open?.wish !== wish) open = { wish, key: newKey() };
    const { key } = open;
    try {
      const answer = await send(address, body, { key, ifMatch });
      open = null;
      return answer;
    } catch (error) {
      if (error instanceof Problem && error.status >= 400 && error.status < 500) open = null;
      throw error;
    }
  };
}

/** Whether an order may be sent again when no answer came: the server knows its key. */
const takesKey = /^\/v1\/(studies\/[^/]+\/trials(\/[0-9]+\/(retry|promote))?|models\/[^/]+\/aliases\/[^/]+\/rollback)$/;

/**
 * Sends an order, then marks every answer on the page stale. Where no answer came and the server knows orders by their key, it is sent once more.
 *
 * @throws Problem if it is refused or no answer came
 */
export async function order(address: string, body?: unknown, { revision, ifMatch, key = newKey() }: OrderOptions = {}): Promise<unknown> {
  const study = /^\/v1\/studies\/(?<study>[^/]+)/.exec(address)?.groups?.['study'];
  const tag = ifMatch ?? (revision === undefined || study === undefined ? undefined : `W/"${study}-${revision}"`);
  const headers: Record<string, string> = { 'Idempotency-Key': key };
  if (tag !== undefined) headers['If-Match'] = tag;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const send = (): Promise<unknown> =>
    request(address, { method: 'POST', headers, body: body === undefined ? null : JSON.stringify(body) });
  try {
    return await send().catch((error: unknown) => {
      if (error instanceof Problem && error.status === 0 && takesKey.test(address)) return send();
      throw error;
    });
  } finally {
    // Also after a refusal: it may have been refused because something has changed.
    ordersSent.value += 1;
    void client.invalidateQueries();
  }
}
