import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { createApi } from '../../src/api/app.ts';
import { connect } from '../../src/storage/connect.ts';
import { useDatabase } from '../fixtures/database.ts';
import { startNetwork } from '../fixtures/network.ts';

const database = useDatabase();
const executable = fileURLToPath(new URL('../../src/cli/assay.mjs', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'assay-silent-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test('requests are answered 503 while the database accepts and says nothing, and as ever afterwards', async () => {
  const network = await startNetwork(database.url);
  const connection = await connect({ databaseUrl: network.url, poolSize: 2, answerMs: 1000, connectMs: 1500 });
  try {
    const app = createApi({ db: connection.db });
    const ask = async () => (await app.request('http://127.0.0.1/v1/studies')).status;
    expect(await ask()).toBe(200);
    network.fallSilent();
    // One on the session that is open, the others on new ones, more than the pool has.
    expect(await Promise.all([ask(), ask(), ask(), ask()])).toEqual([503, 503, 503, 503]);
    network.speakAgain();
    expect(await Promise.all([ask(), ask(), ask(), ask()])).toEqual([200, 200, 200, 200]);
  } finally {
    await connection.close({ graceMs: 100 });
    await network.close();
  }
});

test('a worker is unwell meanwhile, recovers, and ends at SIGTERM in the silence', { timeout: 180_000 }, async () => {
  const network = await startNetwork(database.url);
  const env = { ...process.env, NO_COLOR: '1', DATABASE_URL: network.url, ASSAY_DATA_DIR: dataDir };
  const child = spawn(process.execPath, [executable, 'work', '--metrics', '0', '--workers', '1'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    const said: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
    const within = { timeout: 60_000, interval: 200 };
    const url = await vi.waitFor(() => /http:\/\/\S+(?=\/metrics)/.exec(said.join('\n'))![0], within);
    const health = async () => (await fetch(`${url}/healthz`)).status;
    expect(await health()).toBe(200);
    // The worker process has begun: before, the silence would be met by its supervisor.
    await vi.waitFor(async () => expect(await (await fetch(`${url}/metrics`)).text()).toContain('assay_trial_slots'), within);
    network.fallSilent();
    await vi.waitFor(async () => expect(await health()).toBe(503), within);
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({
      status: 'unavailable',
      because: expect.stringMatching(/^no answer from the database for \d+ s on cpu$/) as string,
    });
    network.speakAgain();
    await vi.waitFor(async () => expect(await health()).toBe(200), within);
    network.fallSilent();
    await vi.waitFor(async () => expect(await health()).toBe(503), within);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(said.join('\n')).not.toContain('belongs to another worker');
  } finally {
    child.kill('SIGKILL');
    await network.close();
  }
});
