import type { z } from 'zod';
import type { FeedClock } from '../../feed/feed-clock.ts';
import { documentOf } from './documents.ts';

export interface RestClientOptions {
  /** Without a path. */
  readonly url: string;
  readonly keyId: string;
  readonly secretKey: string;
  readonly clock: FeedClock;
  readonly timeoutMs: number;
}

/** A response, or why there is none. `body` is null where it is no JSON. */
export type Response =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'none'; readonly because: string };

export type Read<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  | { readonly kind: 'unknown'; readonly because: string }
  | { readonly kind: 'absent' };

export interface RestClient {
  /** Sends one request, once, and follows no redirection, which would carry the secret along. Never rejects. */
  readonly send: (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<Response>;
  /** Reads a document; asks again where it is told to come later. */
  readonly get: <Schema extends z.ZodType>(path: string, schema: Schema) => Promise<Read<z.output<Schema>>>;
}

const retries = 3;
const mostWaitMs = 10_000;

export function createRestClient({ url, keyId, secretKey, clock, timeoutMs }: RestClientOptions): RestClient {
  const send: RestClient['send'] = async (method, path, body) => {
    const abort = new AbortController();
    const cancel = clock.after(timeoutMs, () => abort.abort());
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        redirect: 'manual',
        signal: abort.signal,
        headers: {
          'APCA-API-KEY-ID': keyId,
          'APCA-API-SECRET-KEY': secretKey,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { kind: 'answered', status: response.status, body: jsonOf(text) };
    } catch (error) {
      return { kind: 'none', because: abort.signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error) };
    } finally {
      cancel();
    }
  };

  const get: RestClient['get'] = async (path, schema) => {
    for (let attempt = 0; ; attempt++) {
      const response = await send('GET', path);
      if (response.kind === 'none') return { kind: 'unknown', because: response.because };
      const { status, body } = response;
      if (status === 404) return { kind: 'absent' };
      if (status === 429 && attempt < retries) {
        await new Promise<void>((resolve) => clock.after(Math.min(mostWaitMs, 1000 * 2 ** attempt), resolve));
        continue;
      }
      if (status !== 200) return { kind: 'unknown', because: `the broker answers ${status}` };
      const value = documentOf(schema, body);
      return value === null ? { kind: 'unknown', because: 'the answer has another form' } : { kind: 'read', value };
    }
  };
  return { send, get };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The cause, such as ECONNREFUSED, without anything of the request. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { readonly code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' ? cause.code : 'the connection failed';
}
