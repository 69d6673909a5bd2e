import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { useDatabase } from '../fixtures/database.ts';
import { startSilentServer } from '../fixtures/silent-server.ts';

const database = useDatabase();
const executable = fileURLToPath(new URL('../../src/cli/assay.mjs', import.meta.url));

test('assay gc ends with a coded error where the store accepts and says nothing', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-silent-store-'));
  const server = await startSilentServer({ kind: 'mute' });
  const env = {
    ...process.env,
    NO_COLOR: '1',
    DATABASE_URL: database.url,
    ASSAY_DATA_DIR: dataDir,
    ASSAY_ARTIFACTS: 's3://bucket',
    ASSAY_ARTIFACTS_SILENCE_S: '0.5',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: server.url,
  };
  try {
    // Not `spawnSync`: the store lives in this process.
    const ended = await new Promise((resolve) => {
      execFile(process.execPath, [executable, 'gc', '--dry-run'], { env }, (error, out, err) =>
        resolve({ code: error?.code ?? 0, out, err }),
      );
    });
    expect(ended).toMatchObject({ code: 4, out: '', err: expect.stringContaining('no byte came or went for 0.5 s') as string });
    expect(ended).toMatchObject({ err: expect.stringContaining('hint: check ASSAY_ARTIFACTS') as string });
  } finally {
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
