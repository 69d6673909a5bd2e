import { AssayError, messageOf } from '../../core/errors.ts';
import { counted, limitProgress } from '../../core/progress-limit.ts';

export interface HttpLimits {
  /** Longest time without a byte, and in total, of one request. */
  readonly silentMs: number;
  readonly totalMs: number;
  /** Requests of the same page, the first included. */
  readonly tries: number;
  /** Pause before the second try; it doubles with each, up to a minute. */
  readonly pauseMs: number;
  /** Longest pause that a server may ask for. */
  readonly longestPauseMs: number;
}

const standardLimits: HttpLimits = { silentMs: 30_000, totalMs: 1_800_000, tries: 8, pauseMs: 1000, longestPauseMs: 900_000 };
const mostPauseMs = 60_000;
/** Largest page of JSON: 50,000 bars take a tenth of it. */
const mostJsonBytes = 2 ** 26;
const mostExcerpt = 200;

export interface HttpClient {
  /** Scheme, host and port. Requests go nowhere else: keys are sent with each. */
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Keys, which are cut out of every message. */
  readonly secrets: readonly string[];
  /** What a person has to set for a refused key: `POLYGON_API_KEY`. */
  readonly keyNames: readonly string[];
  readonly limits?: Partial<HttpLimits>;
  readonly signal?: AbortSignal | undefined;
  /** Hears of each pause. */
  readonly onPause?: (because: string, ms: number) => void;
}

/** Returns the JSON document at a path. @throws AssayError as {@link request}; `data_invalid` for anything but JSON */
export function requestJson(client: HttpClient, path: string): Promise<unknown> {
  return request(client, path, async (pieces) => {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > mostJsonBytes) throw invalid(client, path, `the answer has more than ${mostJsonBytes} bytes`);
      parts.push(piece);
    }
    const text = Buffer.concat(parts).toString('utf8');
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw invalid(client, path, `the answer is not JSON: ${excerpt(client, text)}`, cause);
    }
  });
}

/**
 * Sends a GET request and reads its body. An answer that asks for patience (429, 418, 408, 5xx), a cut or silent connection are tried
 * again, after the pause that the server asks for (`Retry-After`, RFC 9110 section 10.2.3) or a growing one. Redirects are not followed.
 * @param read reads the body; it is called once for each try and must begin anew
 * @throws AssayError `unavailable` when the tries are used up or the pause would be too long; `forbidden` for a refused key; `not_found`;
 * `usage` for a request that the server refuses
 */
export async function request<Result>(
  client: HttpClient,
  path: string,
  read: (pieces: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Result> {
  const limits = { ...standardLimits, ...client.limits };
  const url = urlOf(client, path);
  for (let attempt = 1; ; attempt++) {
    const { result, because, afterMs } = await tryOnce(client, url, limits, read);
    if (because === null) return result!;
    const ms = afterMs ?? Math.min(mostPauseMs, limits.pauseMs * 2 ** (attempt - 1));
    if (attempt === limits.tries || ms > limits.longestPauseMs)
      throw new AssayError(
        'unavailable',
        ms > limits.longestPauseMs
          ? `${because}; the server asks to wait ${Math.round(ms / 1000)} s`
          : `${because}, ${attempt} times in a row`,
        { place: url.origin, hint: 'run the same command again later: it goes on where it ended' },
      );
    client.onPause?.(because, ms);
    await pause(ms, client.signal);
  }
}

interface Try<Result> {
  readonly result?: Result;
  /** Why to try again; null: done. */
  readonly because: string | null;
  /** The pause that the server asks for; null: none. */
  readonly afterMs: number | null;
}

async function tryOnce<Result>(
  client: HttpClient,
  url: URL,
  limits: HttpLimits,
  read: (pieces: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Try<Result>> {
  refuseStopped(client);
  const progress = limitProgress(limits);
  const stop = (): void => giveUp.abort(client.signal?.reason);
  const giveUp = new AbortController();
  client.signal?.addEventListener('abort', stop);
  progress.signal.addEventListener('abort', () => giveUp.abort(progress.signal.reason));
  try {
    const response = await fetch(url, { headers: client.headers, redirect: 'manual', signal: giveUp.signal });
    progress.moved();
    if (response.ok) return { result: await read(counted(bodyOf(response), progress)), because: null, afterMs: null };
    const text = await shortText(bodyOf(response));
    if (!isPassing(response.status)) throw refusalOf(client, url, response, text);
    return { because: `${url.host} answers ${response.status}`, afterMs: retryAfterMs(response.headers) };
  } catch (cause) {
    // A fault of the disk that the body is written to; those of the network are the cause of fetch's own error.
    if (cause instanceof AssayError || (cause instanceof Error && 'syscall' in cause)) throw cause;
    refuseStopped(client);
    const reason = progress.signal.aborted ? progress.signal.reason : cause;
    return { because: `${url.host} cannot be read: ${withoutSecrets(client, detailOf(reason))}`, afterMs: null };
  } finally {
    progress.end();
    client.signal?.removeEventListener('abort', stop);
  }
}

/** Node's fetch says only "fetch failed"; its cause says why. */
function detailOf(cause: unknown): string {
  return cause instanceof Error && cause.cause instanceof Error ? messageOf(cause.cause) : messageOf(cause);
}

function bodyOf(response: Response): AsyncIterable<Uint8Array> {
  return (response.body ?? []) as unknown as AsyncIterable<Uint8Array>;
}

async function shortText(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of pieces) {
    text += Buffer.from(piece).toString('utf8');
    if (text.length > 16 * mostExcerpt) break;
  }
  return text;
}

/** True for answers that pass with time: too many requests, a ban for a while, and faults of the server. */
function isPassing(status: number): boolean {
  return status === 429 || status === 418 || status === 408 || status >= 500;
}

/**
 * Milliseconds to wait: of `Retry-After`, in seconds or as a date; without it, until `X-RateLimit-Reset` (seconds since 1970) where no request is
 * left before (null: nothing is said).
 */
export function retryAfterMs(headers: Headers, nowMs: number = Date.now()): number | null {
  const text = headers.get('retry-after');
  if (text === null) {
    const reset = headers.get('x-ratelimit-reset') ?? '';
    return headers.get('x-ratelimit-remaining') === '0' && /^\d{10}$/.test(reset) ? Math.max(0, Number(reset) * 1000 - nowMs) : null;
  }
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}

function refusalOf(client: HttpClient, url: URL, { status }: Response, text: string): AssayError {
  const said = excerpt(client, text);
  const message = `${url.host} answers ${status}${said === '' ? '' : `: ${said}`}`;
  const place = `${url.origin}${url.pathname}`;
  if (status === 401 || status === 403 || status === 451)
    return new AssayError('forbidden', message, {
      place,
      hint:
        client.keyNames.length === 0 || status === 451
          ? 'the server refuses this machine, or the place that it is in'
          : `check ${client.keyNames.join(' and ')}, and what the account may read`,
    });
  if (status === 404) return new AssayError('not_found', message, { place, hint: 'check the symbol' });
  if (status < 400)
    return new AssayError('unavailable', `${message}; redirects are not followed, since keys are sent`, {
      place,
      hint: 'give the right address with --url',
    });
  return new AssayError('usage', message, { place, hint: 'check the symbol, the range and what the account may read' });
}

/** @throws AssayError `data_invalid` for a path that leads to another server */
function urlOf(client: HttpClient, path: string): URL {
  const url = new URL(path, client.origin);
  if (url.origin === new URL(client.origin).origin) return url;
  throw invalid(client, '', `it sends on to ${url.origin}, where the key does not belong`);
}

export function invalid(client: HttpClient, path: string, message: string, cause?: unknown): AssayError {
  return new AssayError('data_invalid', withoutSecrets(client, message), {
    place: withoutSecrets(client, `${client.origin}${path.split('?')[0]}`),
    hint: 'the server does not answer as documented; try again later',
    ...(cause === undefined ? {} : { cause }),
  });
}

function excerpt(client: HttpClient, text: string): string {
  const line = withoutSecrets(client, text).replaceAll(/\s+/g, ' ').trim();
  return line.length <= mostExcerpt ? line : `${line.slice(0, mostExcerpt)}…`;
}

function withoutSecrets({ secrets }: HttpClient, text: string): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}

/** @throws AssayError `unavailable` once the caller has asked to stop */
function refuseStopped({ signal }: HttpClient): void {
  if (signal?.aborted === true)
    throw new AssayError('unavailable', 'the download was stopped', { hint: 'the same command goes on where it ended' });
}

/** Waits, until `signal` at the longest. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
