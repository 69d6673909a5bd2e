/**
 * What a trial costs in the database, and how fast it is read back: `npm run bench:storage [-- --json] [-- --peers]`.
 * `--growth`, `--recovery` and `--idle` measure that instead.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import type { Connection } from '../../src/storage/connect.ts';
import { stopEmbedded } from '../../src/storage/embedded/server.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { type BenchRow, goalRow, printRows, withPeer } from './row.ts';
import { growth, printGrowth } from './storage/growth.ts';
import { followingCosts, listCost, pageCost, readingCosts, sortKeys } from './storage/history.ts';
import { idle } from './storage/idle.ts';
import { fillStudy, searchDescription } from './storage/load.ts';
import { measureOptuna, type OptunaResults } from './storage/optuna.ts';
import { recovery } from './storage/recovery.ts';
import { endToEnd } from './storage/throughput.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    recovery: { type: 'boolean', default: false },
    idle: { type: 'boolean', default: false },
    trials: { type: 'string', default: '1000' },
    page: { type: 'string', default: '100000' },
    /** Of --recovery. */
    times: { type: 'string', default: '5' },
    /** Of --idle. */
    workers: { type: 'string', default: '50' },
    /** Of --growth. */
    most: { type: 'string', default: '1000000' },
  },
});
const workers = 4;
const trialCount = Number(flags.trials);
const peerName = 'Optuna 5.0';

async function throughput(connection: Connection, sampler: 'random' | 'tpe', peer: OptunaResults | null): Promise<readonly BenchRow[]> {
  const least = { random: 400, tpe: 300 }[sampler];
  const plain = await endToEnd(connection, searchDescription(`plain-${sampler}`, sampler, 'nop', trialCount), { workers, reports: 0 });
  const reporting = searchDescription(`pruning-${sampler}`, sampler, 'median', Math.ceil(trialCount / 4));
  const pruning = await endToEnd(connection, reporting, { workers, reports: 10 });
  const theirs = peer?.[sampler];
  const rate = goalRow(`trials end to end, ${workers} workers, ${sampler}`, '/s', plain.perSecond, { least });
  const pruned = goalRow(`the same with 10 reports and the median pruner, ${sampler}`, '/s', pruning.perSecond, { least: 100 });
  return [
    withPeer(rate, peerName, theirs?.perSecond, 'more'),
    withPeer(
      goalRow(`  statements a trial, ${sampler}`, 'statements', plain.statements, { most: 8 }),
      peerName,
      theirs?.statements,
      'less',
    ),
    withPeer(goalRow(`  commits a trial, ${sampler}`, 'commits', plain.commits, { most: 4 }), peerName, theirs?.commits, 'less'),
    goalRow(`  processor time of the clients a trial, ${sampler}`, 'ms', plain.clientMs, {}),
    ...(plain.serverMs === null ? [] : [goalRow(`  processor time of the server a trial, ${sampler}`, 'ms', plain.serverMs, {})]),
    withPeer(pruned, peerName, theirs?.pruningPerSecond, 'more'),
  ];
}

async function reading(connection: Connection, peer: OptunaResults | null): Promise<readonly BenchRow[]> {
  const { db } = connection;
  const costs = await readingCosts(connection, 'history', 10_000);
  for (let i = 0; i < 20; i++) await fillStudy(db, `list-${i}`, 850);
  await db.execute(sql`analyze`);
  const list = await listCost(connection, 'list-');
  const pages = Number(flags.page);
  await fillStudy(db, 'pages', pages);
  await db.execute(sql`analyze`);
  const count = pages.toLocaleString('en');
  const rows = [
    withPeer(goalRow('best trial at 10,000 trials', 'ms', costs.best, { most: 2 }), peerName, peer?.bestMs, 'less'),
    withPeer(goalRow('10,000 trials into a sampler, cold', 'ms', costs.coldAsk, { most: 150 }), peerName, peer?.loadMs, 'less'),
    withPeer(goalRow('study list, 20 studies with 17,000 trials', 'ms', list, { most: 20 }), peerName, peer?.listMs, 'less'),
  ];
  for (const sort of sortKeys)
    rows.push(goalRow(`a page of 100 at ${count} trials by ${sort}`, 'ms', await pageCost(connection, 'pages', sort), { most: 10 }));
  const following = await followingCosts(connection, 'pages');
  rows.push(
    goalRow(`100 changes at ${count} trials`, 'ms', following.newest, { most: 20 }),
    goalRow(`all ${count} changes in pages of 200`, 'ms', following.all, {}),
  );
  return [...rows, goalRow(`study list with one study of ${count} trials`, 'ms', await listCost(connection, 'pages'), {})];
}

async function rows(connection: Connection): Promise<readonly BenchRow[]> {
  if (flags.recovery) return recovery(dataDir, Number(flags.times));
  if (flags.idle) return idle(connection, dataDir, Number(flags.workers));
  const peer = flags.peers ? await measureOptuna(connection, workers) : null;
  const ours = [];
  for (const sampler of ['random', 'tpe'] as const) ours.push(...(await throughput(connection, sampler, peer)));
  return [...ours, ...(await reading(connection, peer))];
}

const dataDir = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const poolSize = flags.growth ? 64 : workers;
const connection = await openDatabase({ databaseUrl: process.env['DATABASE_URL'], dataDir, poolSize });
try {
  if (flags.growth) printGrowth(await growth(connection, Number(flags.most)), flags.json);
  else printRows(await rows(connection), flags.json);
} finally {
  await connection.close();
  if (process.env['DATABASE_URL'] === undefined) await stopEmbedded({ dataDir });
  rmSync(dataDir, { recursive: true, force: true });
}
