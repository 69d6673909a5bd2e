import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { AssayError, messageOf } from '../../core/errors.ts';
import { sha256 } from '../../core/json.ts';
import { type ArtifactStore, checkHash, type ListedArtifact, piecesOf } from './store.ts';

export interface S3Place {
  readonly bucket: string;
  /** Before every key; empty or ending with a slash. */
  readonly prefix: string;
  /** `https://host[:port]`; objects are then at `endpoint/bucket/key`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Where `s3://bucket/prefix` is, from the variables that every S3 tool knows: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION,
 * AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN.
 * @throws AssayError `config_invalid`.
 */
export function s3PlaceOf(url: string, environment: NodeJS.ProcessEnv): S3Place {
  const [, bucket, path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(url) ?? [];
  if (bucket === undefined)
    throw new AssayError('config_invalid', `ASSAY_ARTIFACTS=${url} names no bucket`, { hint: 'write s3://bucket or s3://bucket/prefix' });
  const needed = (name: string): string => {
    const value = environment[name] ?? '';
    if (value !== '') return value;
    throw new AssayError('config_invalid', `ASSAY_ARTIFACTS is ${url}, and ${name} is not set`, { hint: 'S3 needs a key and its secret' });
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
  };
}

/**
 * One object each, in any store that speaks S3: `prefix/ab/cdef…`. An object appears whole or not at all, so nothing is renamed; the
 * store checks the SHA-256 of what arrives. Bytes are sent in one request, up to the 5 GB that S3 takes so.
 */
export function createS3Store(place: S3Place): ArtifactStore {
  const client = new AwsClient({ ...place, service: 's3', retries: 4 });
  const base = `${place.endpoint}/${place.bucket}`;
  const keyOf = (hash: string): string => `${place.prefix}${checkHash(hash).slice(0, 2)}/${hash.slice(2)}`;
  const urlOf = (hash: string): string => `${base}/${keyOf(hash)}`;
  const request = async (url: string, init: RequestInit & { readonly aws?: object } = {}): Promise<Response> => {
    try {
      return await client.fetch(url, init);
    } catch (cause) {
      throw unavailable(url, messageOf(cause), cause);
    }
  };
  return {
    pathOf: (hash) => `s3://${place.bucket}/${keyOf(hash)}`,
    put: async (bytes) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of piecesOf(bytes)) pieces.push(piece);
      const body = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
      const digest = createHash('sha256').update(body).digest();
      const hash = digest.toString('hex');
      const headers = {
        'x-amz-content-sha256': hash,
        'x-amz-checksum-sha256': digest.toString('base64'),
        'content-length': `${body.byteLength}`,
      };
      const response = await request(urlOf(hash), { method: 'PUT', body: body as Uint8Array<ArrayBuffer>, headers });
      await expectOk(response, urlOf(hash));
      return { hash, bytes: body.byteLength };
    },
    get: async (hash) => {
      const response = await request(urlOf(hash));
      if (response.status === 404)
        throw new AssayError('not_found', `the artifact ${hash} is not in the store`, {
          place: urlOf(hash),
          hint: 'is this the store that it was written to? (ASSAY_ARTIFACTS)',
        });
      await expectOk(response, urlOf(hash));
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (sha256(bytes) === hash) return bytes;
      throw new AssayError('data_invalid', `the artifact ${hash} is damaged: its bytes have another SHA-256`, {
        place: urlOf(hash),
        hint: 'restore the object from a copy, or run the trial again',
      });
    },
    remove: async (hash) => {
      const response = await request(urlOf(hash), { method: 'DELETE' });
      if (response.status !== 404) await expectOk(response, urlOf(hash));
    },
    list: async function* () {
      let more: string | null = '';
      while (more !== null) {
        const query = new URLSearchParams({ 'list-type': '2', prefix: place.prefix, ...(more !== '' && { 'continuation-token': more }) });
        const response = await request(`${base}?${query.toString()}`);
        await expectOk(response, base);
        const page = pageOf(await response.text(), place.prefix);
        yield* page.items;
        more = page.more;
      }
    },
  };
}

async function expectOk(response: Response, url: string): Promise<void> {
  if (response.ok) return;
  throw unavailable(url, `${response.status} ${textOf(await response.text(), 'Message') ?? response.statusText}`);
}

function unavailable(url: string, because: string, cause?: unknown): AssayError {
  return new AssayError('unavailable', `the artifact store does not do what is asked: ${because}`, {
    place: url,
    hint: 'check ASSAY_ARTIFACTS, the AWS_… variables and the rights of the key: it needs to get, put, delete and list',
    ...(cause !== undefined && { cause }),
  });
}

/** A page of a listing. Keys are ours and the other fields are numbers and times, so nothing in them is escaped but the token. */
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
