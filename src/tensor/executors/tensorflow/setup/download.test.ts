import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stallsInBody, startSilentServer } from '../../../../../tests/fixtures/silent-server.ts';
import { fetchWheel } from './download.ts';

test.each([
  ['accepts and never answers', { kind: 'mute' }],
  ['stalls in the middle of the file', stallsInBody],
] as const)('the download from a server that %s fails, and leaves no partial file', async (_, silence) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-wheels-'));
  const server = await startSilentServer(silence);
  try {
    const wheel = { url: `${server.url}/some.whl`, sha256: '', bytes: 1 };
    await expect(fetchWheel(wheel, folder, undefined, 200)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no byte came or went for 0.2 s') as string,
      hint: expect.stringContaining('--wheels') as string,
    });
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
