import { sql } from 'drizzle-orm';
import { longAnswerMs, withAnswerLimit } from '../answer-limit.ts';
import type { Db } from '../database.ts';
import { bestTrials } from '../readers/best-trials.ts';
import { isReferenced } from '../sql/forget-artifacts.ts';
import type { ArtifactStore } from './store.ts';

export interface CollectOptions {
  /** Of each study, keep what its so many best trials attached; null: of all trials. Promoted trials keep theirs for ever. */
  readonly keepTop: number | null;
  /** What is younger may be on its way into the database. */
  readonly olderThanMs: number;
  /** Say what would go and leave everything as it is. */
  readonly dryRun: boolean;
}

export interface Collected {
  readonly dryRun: boolean;
  /** Of finished trials. */
  readonly checkpoints: number;
  /** Attachments of trials that are not among the best. */
  readonly attachments: number;
  /** Bytes that nobody refers to: how many hashes, and their size. */
  readonly removed: number;
  readonly removedBytes: number;
  readonly kept: number;
  readonly keptBytes: number;
}

/**
 * Give up what no rule keeps. Evidence of validations, policies of model versions and checkpoints of unfinished trials are never
 * touched: everything that a row refers to stays. First the rows, committed, then the bytes: dying in between leaves bytes for the next run.
 */
export async function collectGarbage(db: Db, store: ArtifactStore, options: CollectOptions): Promise<Collected> {
  const { checkpoints, attachments, doomed } = await collectRows(db, options);
  const counts = { removed: 0, removedBytes: 0, kept: 0, keptBytes: 0 };
  const youngest = Date.now() - options.olderThanMs;
  for await (const { hash, bytes, writtenAtMs } of store.list()) {
    const goes = writtenAtMs <= youngest && (doomed.has(hash) || !(await isKnown(db, hash)));
    counts[goes ? 'removed' : 'kept'] += 1;
    counts[goes ? 'removedBytes' : 'keptBytes'] += bytes;
    if (goes && !options.dryRun) await store.remove(hash);
  }
  return { dryRun: options.dryRun, checkpoints, attachments, ...counts };
}

class DryRun extends Error {}

/** In one transaction, so that a dry run is the same statements and a rollback. */
async function collectRows(db: Db, { keepTop, olderThanMs, dryRun }: CollectOptions) {
  let found = { checkpoints: 0, attachments: 0, doomed: new Set<string>() };
  const collect = async (tx: Db): Promise<void> => {
    const dropped = await tx.execute(sql`
      delete from checkpoints using trials where trials.id = checkpoints.trial_id and trials.state not in ('queued', 'running', 'paused')`);
    const attachments = keepTop === null ? 0 : await dropAttachments(tx, keepTop);
    const { rows } = await tx.execute<{ hash: string }>(sql`
      delete from artifacts where created_at <= clock_timestamp() - ${olderThanMs}::float8 * interval '1 millisecond'
        and not ${isReferenced(sql`artifacts.hash`)} returning hash`);
    found = { checkpoints: dropped.rowCount ?? 0, attachments, doomed: new Set(rows.map(({ hash }) => hash)) };
    if (dryRun) throw new DryRun();
  };
  await withAnswerLimit(longAnswerMs, () => db.transaction(collect)).catch((error: unknown) => {
    if (!(error instanceof DryRun)) throw error;
  });
  return found;
}

async function dropAttachments(tx: Db, keepTop: number): Promise<number> {
  // Attachments are final otherwise: a trigger refuses to delete them.
  await tx.execute(sql`select set_config('assay.collecting', 'on', true)`);
  const { rows } = await tx.execute<{ id: number; name: string }>(sql`select id, name from studies`);
  let dropped = 0;
  for (const { id, name } of rows) {
    const { trials } = await bestTrials(tx, name, { top: keepTop });
    const best = sql`${sql.param(trials.map(({ number }) => number))}::int[]`;
    const { rowCount } = await tx.execute(sql`
      delete from trial_artifacts using trials
      where trials.id = trial_artifacts.trial_id and trials.study_id = ${id} and trials.state not in ('queued', 'running', 'paused')
        and number <> all(${best}) and not exists (select from model_versions where model_versions.trial_id = trials.id)`);
    dropped += rowCount ?? 0;
  }
  return dropped;
}

async function isKnown(db: Db, hash: string): Promise<boolean> {
  const { rowCount } = await db.execute(sql`select from artifacts where hash = ${hash}`);
  return rowCount === 1;
}
