import { pause } from './pause.ts';
import { ApiProblem, noAnswer, problemOf } from './problem.ts';

export interface ClientOptions {
  /** Where `assay serve` listens: `http://127.0.0.1:4000`; a path behind a proxy is kept. In a browser default: where the page is from. */
  readonly url?: string | URL;
  /** The token of `assay serve --token`, sent as Bearer. Default: none. */
  readonly token?: string;
  /** Longest wait for a whole answer; default 30 s. Of a stream, for its begin. */
  readonly timeoutMs?: number;
  /** How often a request that got no answer, or 429 or 503, is sent again; default 4, first after half a second, then after twice as long each time. */
  readonly retries?: number;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

export interface Outgoing {
  readonly method: string;
  /** Path and query. */
  readonly address: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** True if it may be sent twice: it only reads, or has a key by which the server knows it. */
  readonly repeatable: boolean;
}

/** Takes an answer in, within the limit of time; one that breaks off is none. */
export type Take<Result> = (response: Response) => Result | Promise<Result>;

export interface Sender {
  /** @throws ApiProblem for every answer but 2xx, and where no whole one comes; the signal's reason */
  readonly send: <Result>(request: Outgoing, take: Take<Result>) => Promise<Result>;
  readonly retries: number;
}

const firstPauseMs = 500;

/** Milliseconds before the nth repetition, counted from 0. */
export const pauseMsOf = (n: number): number => Math.min(30_000, firstPauseMs * 2 ** n);

export function createSender({ url = ownOrigin(), token, timeoutMs = 30_000, retries = 4, fetch: given }: ClientOptions): Sender {
  const base = String(url).replace(/\/+$/, '');
  // Looked up at each call: a test or a tracer may replace the global one.
  const request: typeof fetch = (...parameters) => (given ?? fetch)(...parameters);

  const once = async <Result>({ method, address, headers, body, signal }: Outgoing, take: Take<Result>): Promise<Result> => {
    signal?.throwIfAborted();
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new Error(`nothing within ${timeoutMs} ms`)), timeoutMs);
    try {
      const response = await request(base + address, {
        method,
        headers: {
          ...headers,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]),
      });
      if (response.ok) return await take(response);
      throw await problemOf(response);
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof ApiProblem ? error : noAnswer(base, error);
    } finally {
      clearTimeout(timer);
    }
  };

  const send: Sender['send'] = async (outgoing, take) => {
    for (let n = 0; ; n++) {
      try {
        return await once(outgoing, take);
      } catch (error) {
        if (!(error instanceof ApiProblem) || n >= retries || !mayRepeat(error, outgoing)) throw error;
        await pause(Math.max(pauseMsOf(n), error.retryAfterMs ?? 0), outgoing.signal);
      }
    }
  };
  return { send, retries };
}

/** A request that the server refused to look at may be sent again whatever it asks for; a lost answer only if a repetition does no harm. */
function mayRepeat({ status, retryAfterMs }: ApiProblem, { repeatable }: Outgoing): boolean {
  if (status === 429) return true;
  if (status === 503) return repeatable || retryAfterMs !== null;
  return status === 0 && repeatable;
}

function ownOrigin(): string {
  const { location } = globalThis as { readonly location?: { readonly origin: string } };
  if (location !== undefined) return location.origin;
  throw new TypeError("createClient needs the server's url, such as http://127.0.0.1:4000");
}
