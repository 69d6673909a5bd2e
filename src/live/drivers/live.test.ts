import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import { symbol } from '../../../tests/fixtures/live/mnq.ts';
import { generateRecording } from '../../../tests/fixtures/live/recording.ts';
import { liveConfig, savedModel } from '../../../tests/fixtures/live/saved-model.ts';
import { testKey } from '../../../tests/fixtures/live/scripted-gateway.ts';
import { sha256 } from '../../core/json.ts';
import { type RecordingGateway, serveRecordings } from '../gateway/serve-recordings.ts';
import { nsOf } from '../nanoseconds.ts';
import { addCommand } from '../store/commands.ts';
import { readStatus, verifyRun } from '../store/status.ts';
import type { LiveRunResult } from './live.ts';
import { type StartLive, startLive } from './start-live.ts';

const database = useDatabase();
let folder: string;
let gateway: RecordingGateway;
let policy: Uint8Array;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-live-'));
  writeFileSync(join(folder, 'day.dbn'), generateRecording().bytes);
  gateway = await serveRecordings({ key: testKey, recordings: [join(folder, 'day.dbn')], speed: 'max' });
  policy = await savedModel();
});
afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

const time = (text: string): bigint => nsOf(Date.parse(text));
const run = (name: string, more: Partial<StartLive> = {}): Promise<LiveRunResult> =>
  startLive(database.db, {
    name,
    model: 'test@1',
    policyHash: sha256(policy),
    policy,
    config: liveConfig(),
    gateway: gateway.address,
    feedKey: testKey,
    rest: null,
    dataDir: folder,
    until: time('2024-01-17T21:50:00Z'),
    by: 'ana',
    resume: 'the test begins',
    signal: new AbortController().signal,
    onLine: () => undefined,
    ...more,
  });
const rows = async (table: string, name: string): Promise<readonly Record<string, unknown>[]> =>
  (
    await database.db.execute(
      sql.raw(`select * from ${table} where run_id = (select id from live_runs where name = '${name}') order by 1, 2, 3`),
    )
  ).rows;

describe('a live run', () => {
  test('begins halted, and asks for nothing until persons with the role let it', async () => {
    const result = await run('halted', { resume: null });
    expect(result).toMatchObject({ state: 'halted', decisions: 0, orders: 0 });
    expect(await readStatus(database.db, 'halted')).toMatchObject([
      { state: 'halted', causes: [{ cause: 'first-start' }], isAtWork: false },
    ]);
    const refused = await run('refused', { by: 'ben' });
    expect(refused).toMatchObject({ state: 'halted', orders: 0 });
    expect((await rows('live_commands', 'refused')).map(({ outcome }) => outcome)).toEqual([
      expect.stringContaining('ben does not have the role risk'),
      expect.stringContaining('does not go from halted to active'),
    ]);
  });

  test('trades on paper, and writes every intent, report, fill, value and decision', async () => {
    const result = await run('whole');
    expect(result).toMatchObject({ state: 'active', isStopped: false });
    expect(result.orders).toBeGreaterThan(3);
    const [orders, fills, navs, decisions] = [
      await rows('live_orders', 'whole'),
      await rows('live_fills', 'whole'),
      await rows('live_navs', 'whole'),
      await rows('live_decisions', 'whole'),
    ];
    expect([orders.length, fills.length, decisions.length]).toEqual([result.orders, result.fills, result.decisions]);
    expect(navs.length).toBeGreaterThan(60);
    const held = fills.reduce((sum, { side, lots }) => sum + (side === 'buy' ? 1 : -1) * (lots as number), 0);
    expect(result.positions).toEqual({ [symbol]: held });
    expect(held).not.toBe(0);
    expect(await verifyRun(database.db, 'whole')).toMatchObject({ intact: true });
    const [status] = await readStatus(database.db, 'whole');
    expect(status).toMatchObject({ state: 'active', causes: [], positions: { [symbol]: held }, reconciled: 'same', waitingCommands: 0 });
  });

  test('goes on from where it ended: the same decisions as in one piece', async () => {
    await run('parts', { until: time('2024-01-17T21:40:30Z') });
    await run('parts', { resume: null });
    const of = async (name: string) => (await rows('live_decisions', name)).map(({ bar_end_ms: at, observation_hash: hash }) => [at, hash]);
    const [whole, parts] = [await of('whole'), await of('parts')];
    expect(parts.map(([at]) => at)).toEqual(whole.map(([at]) => at));
    expect((await readStatus(database.db, 'parts'))[0]!.positions).toEqual((await readStatus(database.db, 'whole'))[0]!.positions);
  });

  test('sends what a timer asks for at the time of the timer', async () => {
    // Between two records.
    const flattenMs = 100_003;
    await run('sold', { config: liveConfig({ flattenMs }), until: time('2024-01-17T22:05:00Z') });
    const flattenAt = nsOf(Date.parse('2024-01-17T22:00:00Z') - flattenMs);
    const { rows: last } = await database.db.execute<{ intended: string; at: string }>(
      sql`select intended_at::text as intended, live_fills.at::text as at from live_orders join live_fills on order_id = live_orders.id and live_fills.run_id = live_orders.run_id
        join live_runs on live_runs.id = live_orders.run_id where name = 'sold' order by intended_at desc limit 1`,
    );
    expect((await readStatus(database.db, 'sold'))[0]!.positions).toEqual({ [symbol]: 0 });
    const intended = BigInt(last[0]!.intended);
    expect(intended).toBeGreaterThanOrEqual(flattenAt);
    // The liquidator is looked at every second.
    expect((intended - flattenAt) % 1_000_000_000n).toBe(0n);
    expect(BigInt(last[0]!.at)).toBeGreaterThan(intended);
  });

  test('is refused to a second engine, with another configuration, and with a damaged state', async () => {
    await expect(run('whole', { config: liveConfig({ graceMs: 1000 }) })).rejects.toMatchObject({ code: 'conflict' });
    const path = join(folder, 'live/parts/state.json');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, -9));
    await expect(run('parts', { resume: null })).rejects.toMatchObject({ code: 'data_invalid', place: path });
    writeFileSync(path, text);
    await database.db.execute(
      sql`update live_runs set lease_token = 'x', lease_expires_at = now() + interval '1 hour', holder = 'elsewhere/1' where name = 'whole'`,
    );
    await expect(run('whole')).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('elsewhere/1') });
  });

  test('takes what persons ask of it, a halt before anything else, and is halted again at the next start', async () => {
    await run('stopped', { until: time('2024-01-17T21:40:30Z') });
    await addCommand(database.db, 'stopped', { kind: 'halt', toState: null, by: 'ben', reason: 'a bad feeling' });
    const halted = await run('stopped', { resume: null, until: time('2024-01-17T21:45:00Z') });
    expect(halted).toMatchObject({ state: 'halted', orders: 0, decisions: 0 });
    expect(await run('stopped', { resume: null })).toMatchObject({ state: 'halted', decisions: 0 });
    const [status] = await readStatus(database.db, 'stopped');
    expect(status).toMatchObject({ causes: [{ cause: 'operator-halt', because: 'a bad feeling', by: 'ben' }], waitingCommands: 0 });
  });

  test('is halted where one of its two latches is gone or damaged', async () => {
    rmSync(join(folder, 'live/parts/latch.json'));
    expect(await run('parts', { resume: null, until: time('2024-01-17T21:52:00Z') })).toMatchObject({ state: 'halted', orders: 0 });
    expect((await readStatus(database.db, 'parts'))[0]!.causes).toMatchObject([{ cause: 'latch-unreadable' }]);
  });
});
