import { sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import type { ForeignKind } from '../../../storage/schema/studies.ts';
import { invalid, type MlflowFault, missing, readOnly } from '../fault.ts';

/** A run that a client of MLflow made. */
export interface RunRow extends Record<string, unknown> {
  readonly trial_id: number | string;
  readonly foreign_kind: ForeignKind | null;
  readonly deleted: boolean;
}

/** Ids of trials of our own begin with so many zeros, which no random id does. */
const nativeId = /^0{16}[0-9a-f]{16}$/;

/** An id as the storage has it: 32 hexadecimal digits. @throws MlflowFault for what cannot be one */
export function runIdOf(text: string): string {
  if (/^[0-9a-f]{32}$/.test(text)) return text;
  throw noRun(text);
}

export const noRun = (run: string): MlflowFault => missing(`there is no run ${run.slice(0, 100)}`);

/** Why a run cannot be written to (null: it can). */
export function refusalOf(run: string, row: RunRow | undefined): MlflowFault | null {
  if (row === undefined) return nativeId.test(run) ? readOnly(`run ${run}`) : noRun(run);
  return row.deleted ? invalid(`run ${run} is deleted; restore it before anything is written to it`) : null;
}

/** Locks a run of a client and returns the id of its trial. @throws MlflowFault */
export async function lockRun(tx: Db, run: string, { deleted = false }: { readonly deleted?: boolean } = {}): Promise<number> {
  const { rows } = await tx.execute<RunRow>(sql`
    select trial_id, foreign_kind, deleted_at is not null as deleted from tracked_runs join trials on trials.id = trial_id
    where run_id = ${run}::uuid for no key update of trials`);
  const refused = refusalOf(run, rows[0] === undefined ? undefined : { ...rows[0], deleted: rows[0].deleted && !deleted });
  if (refused !== null) throw refused;
  return Number(rows[0]!.trial_id);
}
