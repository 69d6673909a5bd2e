import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { moduleRefOf } from '../../src/runner/study-files/module-ref.ts';
import { toStudyDescription } from '../../src/search/study/describe-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { useDatabase } from '../fixtures/database.ts';
import { startNetwork } from '../fixtures/network.ts';
import sphere from '../fixtures/studies/sphere.ts';

const database = useDatabase();
const executable = fileURLToPath(new URL('../../src/cli/assay.mjs', import.meta.url));
const file = fileURLToPath(new URL('../fixtures/studies/sphere.ts', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'assay-away-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Not `spawnSync`: the network lives in this process. */
function assayAt(
  url: string,
  parameters: readonly string[],
): Promise<{ readonly code: unknown; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', DATABASE_URL: url, ASSAY_DATA_DIR: dataDir };
    execFile(process.execPath, [executable, ...parameters], { env }, (error, out, err) => resolve({ code: error?.code ?? 0, out, err }));
  });
}

beforeAll(async () => {
  await createStorage(database.db).open(toStudyDescription(sphere, await moduleRefOf(file)));
});

test.each([
  ['opens its study', 'insert into "studies"', ['run', file]],
  ['looks at the migrations', '__drizzle_migrations', ['run', file]],
  ['looks for its studies', 'from "studies"', ['work', '--study', 'sphere']],
  ['begins a transaction', 'begin', ['trial', 'enqueue', 'sphere', '-p', 'x=0', '-p', 'y=0']],
])('a command whose database goes away while it %s says so, with exit code 4', async (_, text, parameters) => {
  const network = await startNetwork(database.url);
  try {
    network.cutAt(text);
    const { code, out, err } = await assayAt(network.url, parameters);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toMatch(/^error: the database does not answer$/m);
    expect(err).toMatch(/^cause: (Connection terminated unexpectedly|Client has encountered a connection error)/m);
    expect(err).toMatch(/^hint: /m);
    expect(err).not.toMatch(/^\s+at /m);
  } finally {
    await network.close();
  }
});
