import { status } from '@grpc/grpc-js';
import { and, eq, sql } from 'drizzle-orm';
import { AssayError } from '../../../../core/errors.ts';
import { sha256 } from '../../../../core/json.ts';
import type { Db } from '../../../../storage/database.ts';
import { importedStudies, studies } from '../../../../storage/schema/index.ts';
import { Fault } from '../../../optuna/fault.ts';
import { createStudy } from '../../../optuna/store/studies.ts';
import type { WireStudy } from '../../../optuna/wire.ts';

/** A study here that is one there. */
export interface ImportedStudy {
  readonly id: number;
  /** Its name here. */
  readonly name: string;
  /** True if it was created now. */
  readonly isNew: boolean;
}

/**
 * Finds the study that was imported from there before, or creates it.
 * @param as its name here (null: the one there)
 * @throws AssayError `conflict` for a name that another study has
 */
export async function importedStudy(db: Db, address: string, study: WireStudy, as: string | null): Promise<ImportedStudy> {
  const [source, sourceId, sourceName] = [sha256(address), Number(study.study_id), study.study_name];
  const [known] = await db
    .select({ id: studies.id, name: studies.name })
    .from(importedStudies)
    .innerJoin(studies, eq(studies.id, importedStudies.studyId))
    .where(and(eq(importedStudies.source, source), eq(importedStudies.sourceId, sourceId), eq(importedStudies.sourceName, sourceName)));
  if (known !== undefined) {
    if (as === null || as === known.name) return { ...known, isNew: false };
    throw new AssayError('conflict', `${JSON.stringify(sourceName)} of ${address} was imported as ${known.name} before`, {
      place: '--as',
      hint: 'without --as it goes on there',
    });
  }
  return db.transaction(async (tx) => {
    const id = await createStudy(tx, as ?? sourceName, study.directions).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      const isTaken = error.code === status.ALREADY_EXISTS;
      throw new AssayError(isTaken ? 'conflict' : 'data_invalid', `study ${JSON.stringify(sourceName)}: ${error.message}`, {
        place: address,
        hint: isTaken ? 'give it another name here: --study <name there> --as <name here>' : 'leave it out: name the others by --study',
        cause: error,
      });
    });
    await tx.insert(importedStudies).values({ studyId: id, source, sourceId, sourceName });
    const [created] = await tx.select({ name: studies.name }).from(studies).where(eq(studies.id, id));
    return { id, name: created!.name, isNew: true };
  });
}

/** Trials here by their ids there, and whether they are open here. */
export async function importedTrials(
  db: Db,
  study: number,
): Promise<ReadonlyMap<number, { readonly trial: number; readonly isOpen: boolean }>> {
  const { rows } = await db.execute<{ source_id: string | number; trial_id: string | number; open: boolean }>(sql`
    select source_id, trial_id, state in ('queued', 'running') as open from imported_trials join trials on trials.id = trial_id
    where imported_trials.study_id = ${study}`);
  return new Map(rows.map((row) => [Number(row.source_id), { trial: Number(row.trial_id), isOpen: row.open }]));
}
