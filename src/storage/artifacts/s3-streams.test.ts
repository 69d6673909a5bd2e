import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../core/json.ts';
import { draftsFolder } from './drafts.ts';
import { createArtifactStore } from './open.ts';
import type { ArtifactStore } from './store.ts';

const drafts = () => (existsSync(draftsFolder(dataDir)) ? readdirSync(draftsFolder(dataDir)) : []);

interface Arrived {
  readonly headers: IncomingHttpHeaders;
  readonly hash: string;
}

/** Faults of the next requests, in turn; later requests are served. */
let faults: ('busy' | 'broken' | 'cut')[] = [];
const arrived: Arrived[] = [];
const objects = new Map<string, Buffer>();
const dataDir = mkdtempSync(join(tmpdir(), 'assay-s3-'));
let server: Server;
let store: ArtifactStore;

/** Bytes under keys, and nothing else of S3: what the real one makes of requests is for s3.test.ts. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const fault = faults.shift();
    if (fault === 'broken') return void request.socket.destroy();
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces);
      if (request.method === 'PUT') arrived.push({ headers: request.headers, hash: sha256(body) });
      if (fault === 'busy') return void response.writeHead(503).end('<Error><Message>Slow Down</Message></Error>');
      if (request.method === 'PUT') objects.set(request.url!, body);
      const stored = objects.get(request.url!) ?? Buffer.alloc(0);
      response.writeHead(200, request.method === 'GET' ? { 'content-length': stored.byteLength } : {});
      if (fault !== 'cut') return void response.end(request.method === 'GET' ? stored : undefined);
      response.write(stored.subarray(0, stored.byteLength / 2), () => request.socket.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  store = createArtifactStore(dataDir, {
    ASSAY_ARTIFACTS: 's3://bucket',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  });
});
afterAll(() => {
  server.close();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(() => {
  faults = [];
  arrived.length = 0;
});

const bytes = new Uint8Array(3_000_000).map((_, i) => i * 31);
const hash = sha256(bytes);
/** Made once, as a checkpoint's are. */
async function* pieces(): AsyncIterable<Uint8Array> {
  yield bytes.subarray(0, 7);
  yield bytes.subarray(7, 2_000_000);
  yield bytes.subarray(2_000_000);
}

describe.each([
  ['bytes', () => bytes],
  ['pieces', pieces],
])('%s', (_, given) => {
  test('are sent as a stream of a length that is said beforehand, and leave no file', async () => {
    expect(await store.put(given())).toEqual({ hash, bytes: bytes.byteLength });
    expect(arrived).toMatchObject([{ hash, headers: { 'content-length': String(bytes.byteLength), 'x-amz-content-sha256': hash } }]);
    expect(arrived[0]!.headers['transfer-encoding']).toBeUndefined();
    expect(drafts()).toEqual([]);
  });

  test('are sent again, whole, where the store is busy or the connection breaks', async () => {
    faults = ['busy', 'broken', 'busy'];
    expect(await store.put(given())).toMatchObject({ hash });
    expect(arrived.map((each) => each.hash)).toEqual([hash, hash, hash]);
  });

  test('cost an error, and leave no file, where the store stays away', async () => {
    faults = Array.from({ length: 9 }, () => 'busy' as const);
    await expect(store.put(given())).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('503 Slow Down') });
    expect(drafts()).toEqual([]);
  });
});

test('what is read is read again where the connection breaks in the middle', async () => {
  await store.put(bytes);
  faults = ['cut', 'cut'];
  expect(sha256(await store.get(hash))).toBe(hash);
  faults = Array.from({ length: 9 }, () => 'cut' as const);
  await expect(store.get(hash)).rejects.toMatchObject({ code: 'unavailable' });
});
