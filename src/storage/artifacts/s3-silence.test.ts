import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Silence, stallsInBody, startSilentServer } from '../../../tests/fixtures/silent-server.ts';
import { draftsFolder } from './drafts.ts';
import { createArtifactStore } from './open.ts';
import { s3PlaceOf } from './s3.ts';
import type { ArtifactStore } from './store.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'assay-s3-silence-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const key = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', ASSAY_ARTIFACTS_SILENCE_S: '0.2' };
const hash = 'a'.repeat(64);
/** More than the buffers between two sockets hold. */
const large = new Uint8Array(2 ** 25);
async function* pieces(): AsyncIterable<Uint8Array> {
  yield large;
}

const asks: Readonly<Record<string, (store: ArtifactStore) => Promise<unknown>>> = {
  list: async (store) => {
    for await (const artifact of store.list()) return artifact;
    return null;
  },
  get: (store) => store.get(hash),
  remove: (store) => store.remove(hash),
  'put bytes': (store) => store.put(large),
  'put pieces': (store) => store.put(pieces()),
};

const silences: readonly (readonly [how: string, silence: Silence, asked: readonly string[]])[] = [
  ['accepts and never answers', { kind: 'mute' }, ['list', 'get', 'remove', 'put bytes', 'put pieces']],
  ['stalls in the middle of its answer', stallsInBody, ['list', 'get']],
  ['stalls in the middle of an upload', { kind: 'deaf' }, ['put bytes', 'put pieces']],
];

describe.each(silences)('a store that %s', (_, silence, asked) => {
  test.each(asked)('is given up, with a code and a hint: %s', async (what) => {
    const server = await startSilentServer(silence);
    try {
      const store = createArtifactStore(dataDir, { ...key, ASSAY_ARTIFACTS: 's3://bucket', AWS_ENDPOINT_URL: server.url });
      await expect(asks[what]!(store)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('no byte came or went for 0.2 s') as string,
        hint: expect.stringContaining('ASSAY_ARTIFACTS') as string,
      });
      expect(existsSync(draftsFolder(dataDir)) ? readdirSync(draftsFolder(dataDir)) : []).toEqual([]);
    } finally {
      await server.close();
    }
  });
});

test.each(['0', '-1', 'soon', '1e9'])('a silence of %s seconds is refused', (text) => {
  expect(() => s3PlaceOf('s3://bucket', { ...key, ASSAY_ARTIFACTS_SILENCE_S: text })).toThrow(
    expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(text) as string }),
  );
});
