import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { type RecordingGateway, serveRecordings } from '../../src/live/gateway/serve-recordings.ts';
import { readStatus, verifyRun } from '../../src/live/store/status.ts';
import { useDatabase } from '../fixtures/database.ts';
import { generateRecording } from '../fixtures/live/recording.ts';
import { savedModel } from '../fixtures/live/saved-model.ts';
import { testKey } from '../fixtures/live/scripted-gateway.ts';

/** Kills of the engine: a few in the suite, as many as are asked for by `npm run chaos:live`. */
const kills = Number(process.env['ASSAY_LIVE_KILLS'] ?? 4);

const executable = fileURLToPath(new URL('../../src/cli/assay.mjs', import.meta.url));
const database = useDatabase();
let folder: string;
let gateway: RecordingGateway;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-live-kill-'));
  writeFileSync(join(folder, 'day.dbn'), generateRecording().bytes);
  writeFileSync(join(folder, 'policy.onnx'), await savedModel());
  writeFileSync(
    join(folder, 'live.yaml'),
    `symbols: { MNQ: MNQH4 }
year: 2024
clock: feed
beginsAt: origin
flattenMs: 120000
riskPersons: [ana]
paper: { staleMs: 10000 }
limits: { maxPositionLots: 3, maxOrderLots: 6, maxOrderDollars: 1000000, maxGrossExposure: 100, quoteAgeMs: 60000, maxDrawdown: 0.9, dailyLoss: 0.8, dailyLossHalt: 0.9, collarTicks: 1000, cancelsPerFill: 1000 }
`,
  );
  gateway = await serveRecordings({ key: testKey, recordings: [join(folder, 'day.dbn')], speed: 'max' });
});
afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(run: string): { readonly child: ChildProcess; readonly ended: Promise<number | null>; readonly said: string[] } {
  const said: string[] = [];
  const args = ['live', 'run', join(folder, 'policy.onnx'), '--feed', `gateway:${gateway.address.host}:${gateway.address.port}`];
  const child = spawn(
    process.execPath,
    [
      executable,
      ...args,
      '--config',
      join(folder, 'live.yaml'),
      '--name',
      run,
      '--until',
      '2024-01-17T21:50:00Z',
      '--as',
      'ana',
      '--resume',
      'the test goes on',
    ],
    {
      env: { ...process.env, DATABASE_URL: database.url, ASSAY_GATEWAY_KEY: testKey, ASSAY_DATA_DIR: folder, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => said.push(piece.toString()));
  return { child, said, ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))) };
}

const countOf = async (table: string, run: string): Promise<number> =>
  Number(
    (
      await database.db.execute(
        sql.raw(`select count(*)::int as n from ${table} where run_id = (select id from live_runs where name = '${run}')`),
      )
    ).rows[0]!['n'],
  );

test(`an engine that is killed ${kills} times ends with the position of one that was not, and no order is there twice`, {
  timeout: 3_600_000,
}, async () => {
  const undisturbed = start('whole');
  expect(await undisturbed.ended, undisturbed.said.join('')).toBe(0);
  const [whole] = await readStatus(database.db, 'whole');
  const decisions = await countOf('live_decisions', 'whole');
  expect(Object.values(whole!.positions)).not.toEqual([0]);

  const rng = createRng(process.env['ASSAY_LIVE_SEED'] ?? 'kills');
  let killed = 0;
  for (let life = 0; killed < kills; life++) {
    const run = `killed-${life}`;
    for (let isOver = false; !isOver; ) {
      const { child, ended, said } = start(run);
      const before = await countOf('live_navs', run);
      const after = before + Math.floor(rng.uniform() * 25);
      // Anywhere: before its first bar, between two of its writes, while it starts.
      const killing = (async () => {
        while (child.exitCode === null && killed < kills && (await countOf('live_navs', run)) < after) await sleep(2);
        if (child.exitCode !== null || killed >= kills || after > decisions - 10) return;
        await sleep(rng.uniform() * 30);
        if (child.exitCode === null && child.kill('SIGKILL')) killed++;
      })();
      const code = await ended;
      await killing;
      isOver = code === 0;
      if (code !== null) expect(code, said.join('')).toBe(0);
    }
    const [status] = await readStatus(database.db, run);
    expect(status!.positions, run).toEqual(whole!.positions);
    expect(status).toMatchObject({ state: 'active', reconciled: 'same' });
    expect(await countOf('live_decisions', run)).toBe(decisions);
    expect(await verifyRun(database.db, run)).toMatchObject({ intact: true });
    const twice = await database.db.execute(
      sql`select order_id from live_fills where run_id = (select id from live_runs where name = ${run}) group by order_id
        having sum(lots) > (select lots from live_orders where run_id = min(live_fills.run_id) and id = order_id)`,
    );
    expect(twice.rows).toEqual([]);
  }
  expect(killed).toBe(kills);
});
