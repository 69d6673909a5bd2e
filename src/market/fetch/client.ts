import { AssayError } from '../../core/errors.ts';
import type { BarSource } from './bar-source.ts';
import type { HttpClient, HttpLimits } from './http.ts';

export interface FetchOptions {
  /** Another address of the service, such as a proxy. */
  readonly url?: string | undefined;
  /** Default: the process's. Keys are read from here only. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly limits?: Partial<HttpLimits>;
  readonly signal?: AbortSignal | undefined;
  readonly onPage?: (text: string) => void;
  readonly onPause?: (because: string, ms: number) => void;
}

/** @throws AssayError `usage` for a missing key, and for an address that would show the key to the network */
export function clientOf(source: Pick<BarSource, 'origin' | 'keyNames' | 'headers'>, options: FetchOptions): HttpClient {
  const environment = options.environment ?? process.env;
  const keys = source.keyNames.map((name) => {
    const key = environment[name]?.trim() ?? '';
    if (key === '')
      throw new AssayError('usage', 'the environment variable is not set', {
        place: name,
        hint: `put the service's key in the environment variable ${name}`,
      });
    if (!/^[\x21-\x7e]+$/.test(key))
      throw new AssayError('usage', `${name} cannot be sent in a header`, { place: name, hint: 'copy the key again, without spaces' });
    return key;
  });
  const headers = source.headers(keys);
  return {
    origin: originOf(options.url ?? source.origin, keys.length > 0),
    headers,
    // A header may hold a key in another form, as Basic does.
    secrets: [...keys, ...Object.values(headers).map((value) => value.replace(/^\w+ /, ''))],
    keyNames: source.keyNames,
    signal: options.signal,
    ...(options.limits !== undefined && { limits: options.limits }),
    ...(options.onPause !== undefined && { onPause: options.onPause }),
  };
}

function originOf(text: string, hasKey: boolean): string {
  if (!URL.canParse(text))
    throw new AssayError('usage', `${JSON.stringify(text)} is no address`, { place: '--url', hint: 'for example https://api.polygon.io' });
  const { protocol, hostname, origin } = new URL(text);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol === 'https:' || (protocol === 'http:' && (isLocal || !hasKey))) return origin;
  throw new AssayError('usage', `a key is not sent to ${origin}`, { place: '--url', hint: 'use an address that begins with https://' });
}
