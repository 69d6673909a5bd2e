import { DrizzleQueryError, type SQL, sql } from 'drizzle-orm';
import pg from 'pg';
import type { Db } from '../database.ts';

/** True if a row refers to the artifact. Every table with a foreign key to `artifacts` is listed; a test counts them. */
export function isReferenced(hash: SQL): SQL {
  return sql`(exists (select from checkpoints where checkpoints.hash = ${hash})
    or exists (select from trial_artifacts where trial_artifacts.hash = ${hash})
    or exists (select from judgements where judgements.policy_hash = ${hash} or judgements.step_returns_hash = ${hash})
    or exists (select from model_versions where model_versions.policy_hash = ${hash})
    or exists (select from tracked_files where tracked_files.hash = ${hash})
    or exists (select from promotions where promotions.bundle_hash = ${hash}))`;
}

/** Deletes unreferenced artifact rows within the transaction; the caller removes the bytes after the commit. Returns their hashes. */
export async function forgetArtifacts(tx: Db, hashes: readonly string[]): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const hash of hashes) {
    try {
      // A savepoint: a refused deletion must not end the transaction.
      const { rowCount } = await tx.transaction((inner) =>
        inner.execute(sql`delete from artifacts where hash = ${hash} and not ${isReferenced(sql`artifacts.hash`)}`),
      );
      if (rowCount === 1) gone.push(hash);
    } catch (error) {
      // A reference was added after the check: the artifact stays.
      if (!isForeignKeyViolation(error)) throw error;
    }
  }
  return gone;
}

function isForeignKeyViolation(error: unknown): boolean {
  return error instanceof DrizzleQueryError && error.cause instanceof pg.DatabaseError && error.cause.code === '23503';
}
