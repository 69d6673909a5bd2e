import { sql } from 'drizzle-orm';
import { longAnswerMs, withAnswerLimit } from '../answer-limit.ts';
import type { Db } from '../database.ts';
import { bestTrials } from '../readers/best-trials.ts';
import { isReferenced } from '../sql/forget-artifacts.ts';
import type { ArtifactStore } from './store.ts';

export interface CollectOptions {
  /** Keeps the attachments of the n best trials of each study (null: of all trials). Promoted trials always keep theirs. */
  readonly keepTop: number | null;
  /** Younger bytes are kept, because their row may not be committed yet. */
  readonly olderThanMs: number;
  /** Reports what would be removed and changes nothing. */
  readonly dryRun: boolean;
}

export interface Collected {
  readonly dryRun: boolean;
  /** Number of checkpoints of finished trials. */
  readonly checkpoints: number;
  /** Number of attachments of trials that are not among the best. */
  readonly attachments: number;
  /** Unreferenced bytes: number of hashes and total size. */
  readonly removed: number;
  readonly removedBytes: number;
  readonly kept: number;
  readonly keptBytes: number;
}

/**
 * Removes checkpoints, attachments and bytes that no rule keeps. Evidence of validations, policies of model versions and checkpoints of
 * unfinished trials stay, as do all bytes that a row refers to. Rows are deleted and committed before their bytes, so a crash in between
 * leaves bytes for the next run.
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

/** Runs in one transaction; a dry run executes the same statements and rolls back. */
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
  // A trigger refuses to delete attachments otherwise.
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
