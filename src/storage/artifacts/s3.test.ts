import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startS3Server } from '../../../tests/fixtures/s3-server.ts';
import { sha256 } from '../../core/json.ts';
import { createArtifactStore } from './open.ts';
import { s3PlaceOf } from './s3.ts';
import type { ArtifactStore } from './store.ts';

const server = await startS3Server();
const key = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-central-1' };
const environment = { ...key, AWS_ENDPOINT_URL: server?.endpoint, ASSAY_ARTIFACTS: 's3://assay-test/runs/one/' };

describe.runIf(server !== null)('artifacts in S3', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-s3-'));
  afterAll(() => {
    rmSync(dataDir, { recursive: true });
    return server?.stop();
  });
  const client = new AwsClient({ accessKeyId: 'key', secretAccessKey: 'secret', service: 's3', region: key.AWS_REGION });
  const send = async (path: string, method: string, body?: string) => {
    const response = await client.fetch(`${server!.endpoint}/${path}`, { method, ...(body !== undefined && { body }) });
    expect(response.ok, await response.text()).toBe(true);
  };
  beforeAll(() =>
    send(
      'assay-test',
      'PUT',
      '<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>',
    ),
  );
  const open = (): ArtifactStore => createArtifactStore(dataDir, environment);
  const listed = async (store: ArtifactStore) => {
    const all = [];
    for await (const artifact of store.list()) all.push(artifact);
    return all;
  };

  test('come back as they were put, whole or in pieces, and are listed', async () => {
    const store = open();
    const bytes = new Uint8Array(300_000).map((_, i) => i * 7);
    const pieces = [bytes.subarray(0, 100), bytes.subarray(100)];
    expect(await store.put(bytes)).toEqual({ hash: sha256(bytes), bytes: bytes.byteLength });
    expect(await store.put(pieces)).toEqual({ hash: sha256(bytes), bytes: bytes.byteLength });
    expect(sha256(await store.get(sha256(bytes)))).toBe(sha256(bytes));
    const [only, ...others] = await listed(store);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ hash: sha256(bytes), bytes: bytes.byteLength });
    expect(Math.abs(only!.writtenAtMs - Date.now())).toBeLessThan(3_600_000);
    expect(store.pathOf(sha256(bytes))).toMatch(/^s3:\/\/assay-test\/runs\/one\/[0-9a-f]{2}\/[0-9a-f]{62}$/);
  });

  test('that are removed or were never there are not found; removing twice is harmless', async () => {
    const store = open();
    const { hash } = await store.put(Buffer.from('for a while'));
    await store.remove(hash);
    await store.remove(hash);
    await expect(store.get(hash)).rejects.toMatchObject({ code: 'not_found', hint: expect.stringContaining('ASSAY_ARTIFACTS') as string });
  });

  test('that were changed behind our back are refused', async () => {
    const store = open();
    const { hash } = await store.put(Buffer.from('what it was'));
    await send(store.pathOf(hash).slice('s3://'.length), 'PUT', 'what it is');
    await expect(store.get(hash)).rejects.toMatchObject({ code: 'data_invalid' });
    await store.remove(hash);
  });

  test('are listed page by page, without what others keep in the bucket', async () => {
    const store = open();
    const before = (await listed(store)).length;
    await send('assay-test/runs/two/ab/cd', 'PUT', 'x');
    await send('assay-test/runs/one/readme', 'PUT', 'x');
    const put = Array.from({ length: 1100 }, (_, i) => store.put(Buffer.from(`object ${i}`)));
    await Promise.all(put);
    expect(await listed(store)).toHaveLength(before + 1100);
  });

  test('in a bucket that is not there are an error with a code and a hint', async () => {
    const store = createArtifactStore(dataDir, { ...environment, ASSAY_ARTIFACTS: 's3://no-such-bucket' });
    await expect(store.put(Buffer.from('x'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('404') as string,
      hint: expect.stringContaining('ASSAY_ARTIFACTS') as string,
    });
  });
});

describe('the place of an S3 store', () => {
  test('is read from the variables that every S3 tool knows', () => {
    expect(s3PlaceOf('s3://bucket/a/b', key)).toEqual({
      bucket: 'bucket',
      prefix: 'a/b/',
      endpoint: 'https://s3.eu-central-1.amazonaws.com',
      region: 'eu-central-1',
      accessKeyId: 'key',
      secretAccessKey: 'secret',
    });
    expect(s3PlaceOf('s3://bucket', { ...key, AWS_ENDPOINT_URL: 'http://minio:9000/', AWS_SESSION_TOKEN: 't' })).toMatchObject({
      prefix: '',
      endpoint: 'http://minio:9000',
      sessionToken: 't',
    });
  });

  test.each([
    ['s3://', key, 'names no bucket'],
    ['/somewhere', key, 'names no bucket'],
    ['s3://bucket', {}, 'AWS_ACCESS_KEY_ID is not set'],
  ])('%s with %o is refused', (url, variables, message) => {
    expect(() => s3PlaceOf(url, variables)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(message) as string }),
    );
  });
});
