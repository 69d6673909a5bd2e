/** What it costs to start: `npm run bench:start [-- --json] [-- --peers]`. Numbers are medians of rounds in which each is measured once. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import { currentBuild } from '../../src/cli/build/current.mjs';
import { AssayError } from '../../src/core/errors.ts';
import type { WorkerSetup } from '../../src/runner/worker/messages.ts';
import type { Connection } from '../../src/storage/connect.ts';
import { attachEmbedded, stopEmbedded } from '../../src/storage/embedded/server.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { runPeer } from './peers/python.ts';
import { type BenchRow, goalRow, printRows, withPeer } from './row.ts';
import { costOfNode, costOfWorker } from './start/processes.ts';
import { searchDescription } from './storage/load.ts';

interface Round {
  readonly node: number;
  readonly version: number;
  readonly list: number;
  readonly worker: number;
  readonly firstTrial: number;
}

const { values: flags } = parseArgs({ options: { json: { type: 'boolean', default: false }, peers: { type: 'boolean', default: false } } });
const [rounds, studies] = [9, 20];
const root = fileURLToPath(new URL('../../', import.meta.url));
const program = join(root, 'src/cli/assay.mjs');
const study = join(import.meta.dirname, 'start/study.ts');

/** Seconds on the clock from the start of `assay run` until its first trial is complete; `nth` trials are then. */
async function firstTrial({ db }: Connection, dataDir: string, nth: number): Promise<number> {
  const startedMs = Date.now();
  const parameters = [program, 'run', study, '--trials', String(nth), '--workers', '1', '--json', '--data-dir', dataDir];
  const { status, stderr } = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`assay run ended with ${status}: ${stderr}`);
  const { rows } = await db.execute<{ ms: string }>(sql`
    select extract(epoch from max(finished_at)) * 1000 as ms from trials where study_id = (select id from studies where name = 'start')`);
  return (Number(rows[0]!.ms) - startedMs) / 1000;
}

async function measure(connection: Connection, dataDir: string): Promise<readonly Round[]> {
  const build = await currentBuild(root);
  if (build === null) throw new AssayError('unavailable', 'there is no build to measure', { hint: 'see why `npm run build` fails' });
  const storage = createStorage(connection.db);
  for (let i = 1; i < studies; i++) await storage.open(searchDescription(`study-${i}`, 'random', 'nop', 1));
  await firstTrial(connection, dataDir, 1);
  const { rows } = await connection.db.execute<{ id: number }>(sql`select id from studies where name = 'start'`);
  const setup: WorkerSetup = {
    studies: [rows[0]!.id],
    otherSource: 'end',
    inOrder: false,
    device: 'cpu',
    share: { slots: 1, cores: 1, memoryMb: 1024 },
    leaseMs: 30_000,
    graceMs: 1000,
    threadMemoryMb: null,
    measured: false,
    databaseUrl: null,
    dataDir,
  };
  const measured: Round[] = [];
  for (let i = 0; i < rounds; i++)
    measured.push({
      node: costOfNode(['-e', '0']),
      version: costOfNode([program, '--version']),
      list: costOfNode([program, 'study', 'ls', '--data-dir', dataDir]),
      worker: await costOfWorker(join(build, 'worker.js'), setup, dataDir),
      firstTrial: await firstTrial(connection, dataDir, i + 2),
    });
  return measured;
}

interface PeerCosts {
  readonly version: number;
  readonly list: number;
}

async function measurePeer({ db }: Connection, url: string): Promise<PeerCosts> {
  await db.execute(sql.raw('create database optuna'));
  const { searchParams: where } = new URL(url);
  const theirs = `postgresql+psycopg2://${where.get('user')}@/optuna?host=${where.get('host')}&port=${where.get('port')}`;
  return runPeer<PeerCosts>('start.py', [], JSON.stringify({ url: theirs, studies, rounds }));
}

function rowsOf(measured: readonly Round[], peer: PeerCosts | null): readonly BenchRow[] {
  const median = (of: (round: Round) => number): number => measured.map(of).sort((a, b) => a - b)[Math.floor(measured.length / 2)]!;
  const node = median((round) => round.node);
  return [
    goalRow('node -e 0', 's', node, {}),
    withPeer(
      goalRow(
        'assay --version',
        's',
        median(({ version }) => version),
        {},
      ),
      'Optuna 5.0',
      peer?.version,
      'less',
    ),
    goalRow('  of the processor time of node itself', 'x', median(({ version }) => version) / node, { most: 2.5 }),
    withPeer(
      goalRow(
        `assay study ls, ${studies} studies`,
        's',
        median(({ list }) => list),
        { most: 0.25 },
      ),
      'Optuna 5.0',
      peer?.list,
      'less',
    ),
    goalRow(
      'worker process until it could claim',
      's',
      median(({ worker }) => worker),
      { most: 0.4 },
    ),
    goalRow(
      'assay run until its first trial is complete, on the clock',
      's',
      median((round) => round.firstTrial),
      { most: 1 },
    ),
  ];
}

const dataDir = mkdtempSync(join(tmpdir(), 'assay-start-'));
try {
  const server = await attachEmbedded({ dataDir });
  const connection = await openDatabase({ dataDir, poolSize: 1 });
  try {
    const measured = await measure(connection, dataDir);
    printRows(rowsOf(measured, flags.peers ? await measurePeer(connection, server.url) : null), flags.json);
  } finally {
    await connection.close();
    await server.release();
  }
} finally {
  await stopEmbedded({ dataDir });
  rmSync(dataDir, { recursive: true, force: true });
}
