import { createHash } from 'node:crypto';
import { ReadableStream as NodeStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { AssayError, messageOf } from '../../core/errors.ts';
import { counted, limitProgress, NoProgress, type ProgressLimit } from '../../core/progress-limit.ts';
import { type ArtifactStore, checkHash, type ListedArtifact, piecesOf } from './store.ts';
import { prepareUpload } from './upload.ts';

export interface S3Place {
  readonly bucket: string;
  /** Prefix of every key; empty or ending with a slash. */
  readonly prefix: string;
  /** `https://host[:port]`; objects lie at `endpoint/bucket/key`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Time without a byte in either direction after which a request is aborted. Default 30 s. */
  readonly silentMs?: number;
}

/**
 * Returns the place of `s3://bucket/prefix` from the variables common to S3 tools: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION,
 * AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; and ASSAY_ARTIFACTS_SILENCE_S, seconds.
 * @param variable that the URL was given in, for messages
 * @throws AssayError `config_invalid`.
 */
export function s3PlaceOf(url: string, environment: NodeJS.ProcessEnv, variable = 'ASSAY_ARTIFACTS'): S3Place {
  const [, bucket, path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(url) ?? [];
  if (bucket === undefined)
    throw new AssayError('config_invalid', `${variable}=${url} names no bucket`, { hint: 'write s3://bucket or s3://bucket/prefix' });
  const needed = (name: string): string => {
    const value = environment[name] ?? '';
    if (value !== '') return value;
    throw new AssayError('config_invalid', `${variable} is ${url}, and ${name} is not set`, { hint: 'S3 needs a key and its secret' });
  };
  const region = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || 'us-east-1';
  const endpoint = environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL'] || `https://s3.${region}.amazonaws.com`;
  const sessionToken = environment['AWS_SESSION_TOKEN'] || undefined;
  return {
    bucket,
    prefix: path.replace(/\/*$/, path.replace(/\/+$/, '') === '' ? '' : '/'),
    endpoint: endpoint.replace(/\/+$/, ''),
    region,
    accessKeyId: needed('AWS_ACCESS_KEY_ID'),
    secretAccessKey: needed('AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken !== undefined && { sessionToken }),
    ...silenceOf(environment),
  };
}

function silenceOf(environment: NodeJS.ProcessEnv): Pick<S3Place, 'silentMs'> {
  const text = environment['ASSAY_ARTIFACTS_SILENCE_S'] ?? '';
  if (text === '') return {};
  const seconds = Number(text);
  // At most a day: setTimeout fires at once for very long delays.
  if (seconds > 0 && seconds <= 86_400) return { silentMs: seconds * 1000 };
  throw new AssayError('config_invalid', `ASSAY_ARTIFACTS_SILENCE_S=${text} is not a time`, { hint: 'write seconds, such as 30' });
}

/** Total time limit of a request without bodies. */
const totalMs = 120_000;
/** Lowest mean throughput; a slower request is aborted even if bytes still arrive. */
const slowestBytesPerMs = 100;
const usualSilentMs = 30_000;

const totalFor = (bytes: number): number => totalMs + bytes / slowestBytesPerMs;

/**
 * Stores each artifact as an object `prefix/ab/cdef…` in an S3-compatible store. An object appears whole or not at all, so nothing is
 * renamed; the store checks the SHA-256 of the upload. Bytes are streamed in one request, up to S3's limit of 5 GB, without a copy in
 * memory; a read holds them in memory once.
 * @param dataDir holds streamed pieces in a draft until their hash is known
 */
export function createS3Store(place: S3Place, dataDir: string): ArtifactStore {
  const client = new AwsClient({ ...place, service: 's3', retries: 0 });
  const base = `${place.endpoint}/${place.bucket}`;
  const keyOf = (hash: string): string => `${place.prefix}${checkHash(hash).slice(0, 2)}/${hash.slice(2)}`;
  const urlOf = (hash: string): string => `${base}/${keyOf(hash)}`;
  const { silentMs = usualSilentMs } = place;
  /** Sends a request with retries: each is idempotent, since a name always has the same bytes. A stream is reopened for each try. */
  const request = <Result>(
    url: string,
    read: (response: Response, limit: ProgressLimit) => Promise<Result>,
    init: (limit: ProgressLimit) => RequestInit = () => ({}),
  ) =>
    repeatedly(url, async () => {
      const limit = limitProgress({ silentMs, totalMs });
      try {
        // The signal is passed beside the request: inside it, Node 20 ignores it once the request object is garbage-collected.
        const response = await fetch(await client.sign(url, init(limit)), { signal: limit.signal });
        limit.moved();
        return await read(response, limit);
      } catch (error) {
        // fetch wraps the reason or replaces it by a generic abort error.
        throw limit.signal.aborted ? limit.signal.reason : error;
      } finally {
        limit.end();
      }
    });
  return {
    pathOf: (hash) => `s3://${place.bucket}/${keyOf(hash)}`,
    put: async (bytes) => {
      const upload = await prepareUpload(dataDir, bytes);
      try {
        const hash = upload.digest.toString('hex');
        const headers = {
          'x-amz-content-sha256': hash,
          'x-amz-checksum-sha256': upload.digest.toString('base64'),
          'content-length': `${upload.bytes}`,
        };
        const init = (limit: ProgressLimit): RequestInit => {
          limit.allow(totalFor(upload.bytes));
          const body = NodeStream.from(counted(upload.open(), limit));
          // The pages are checked with the types of a browser, whose stream is another and whose requests know no `duplex`.
          return { method: 'PUT', body, duplex: 'half', headers } as unknown as RequestInit;
        };
        await request(urlOf(hash), (response) => expectOk(response, urlOf(hash)), init);
        return { hash, bytes: upload.bytes };
      } finally {
        await upload.dispose();
      }
    },
    get: async (hash) => {
      const found = await request(urlOf(hash), async (response, limit) => {
        if (response.status === 404) return null;
        await expectOk(response, urlOf(hash));
        return readWhole(response, limit);
      });
      if (found === null)
        throw new AssayError('not_found', `the artifact ${hash} is not in the store`, {
          place: urlOf(hash),
          hint: 'is this the store that it was written to? (ASSAY_ARTIFACTS)',
        });
      if (found.hash === hash) return found.bytes;
      throw new AssayError('data_invalid', `the artifact ${hash} is damaged: its bytes have another SHA-256`, {
        place: urlOf(hash),
        hint: 'restore the object from a copy, or run the trial again',
      });
    },
    remove: async (hash) => {
      const read = async (response: Response): Promise<void> => {
        if (response.status !== 404) await expectOk(response, urlOf(hash));
      };
      await request(urlOf(hash), read, () => ({ method: 'DELETE' }));
    },
    list: async function* () {
      let more: string | null = '';
      while (more !== null) {
        const query = new URLSearchParams({ 'list-type': '2', prefix: place.prefix, ...(more !== '' && { 'continuation-token': more }) });
        const text = await request(`${base}?${query.toString()}`, async (response) => {
          await expectOk(response, base);
          return response.text();
        });
        const page = pageOf(text, place.prefix);
        yield* page.items;
        more = page.more;
      }
    },
  };
}

const tries = 5;
/** Errors after which a retry needs no further pause. */
const silentTries = 2;
const firstDelayMs = 50;

/** True for a temporary refusal: the store is overloaded or partly unavailable. */
class TryAgain extends Error {}

async function repeatedly<Result>(url: string, once: () => Promise<Result>): Promise<Result> {
  for (let i = 1; ; i++) {
    try {
      return await once();
    } catch (error) {
      if (error instanceof AssayError) throw error;
      if (i >= (error instanceof NoProgress ? silentTries : tries)) throw unavailable(url, messageOf(error), error);
      await sleep(Math.random() * firstDelayMs * 2 ** i);
    }
  }
}

async function expectOk(response: Response, url: string): Promise<void> {
  if (response.ok) return;
  const said = `${response.status} ${textOf(await response.text(), 'Message') ?? response.statusText}`;
  throw response.status >= 500 || response.status === 429 ? new TryAgain(said) : unavailable(url, said);
}

/** Reads a body into its final buffer and hashes it on arrival. Without a known length the pieces are joined at the end. */
async function readWhole(response: Response, limit: ProgressLimit): Promise<{ readonly bytes: Uint8Array; readonly hash: string }> {
  const hash = createHash('sha256');
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const whole = Number.isSafeInteger(length) ? new Uint8Array(length) : null;
  if (whole !== null) limit.allow(totalFor(length));
  const pieces: Uint8Array[] = [];
  let at = 0;
  for await (const piece of counted(response.body ?? piecesOf([]), limit)) {
    hash.update(piece);
    if (whole === null) pieces.push(piece);
    else whole.set(piece, at);
    at += piece.byteLength;
  }
  return { bytes: whole ?? Buffer.concat(pieces), hash: hash.digest('hex') };
}

function unavailable(url: string, because: string, cause?: unknown): AssayError {
  return new AssayError('unavailable', `the artifact store does not work: ${because}`, {
    place: url,
    hint: 'check ASSAY_ARTIFACTS, the AWS_… variables and the rights of the key: it needs to get, put, delete and list',
    ...(cause !== undefined && { cause }),
  });
}

/** Parses a page of a listing. Keys are hashes and the other fields numbers and times, so only the token can contain escapes. */
function pageOf(xml: string, prefix: string): { readonly items: readonly ListedArtifact[]; readonly more: string | null } {
  const items = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].flatMap(([, entry = '']): ListedArtifact[] => {
    const key = textOf(entry, 'Key') ?? '';
    const hash = key.startsWith(prefix) ? key.slice(prefix.length).replace('/', '') : '';
    if (!/^[0-9a-f]{64}$/.test(hash)) return [];
    return [{ hash, bytes: Number(textOf(entry, 'Size')), writtenAtMs: Date.parse(textOf(entry, 'LastModified') ?? '') }];
  });
  return { items, more: textOf(xml, 'NextContinuationToken') };
}

function textOf(xml: string, tag: string): string | null {
  const text = new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1];
  if (text === undefined) return null;
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}
