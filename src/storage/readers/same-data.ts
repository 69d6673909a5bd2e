import { sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { contentsLike } from '../validations/data-days.ts';

/** Studies that share data with another one. */
export interface OnSameData {
  /** The newest first. */
  readonly names: readonly string[];
  /** How many there are; more than `names`: the older ones are left out. */
  readonly total: number;
}

/** The studies with validations that read any of the data of this one, by content; without it, `most` of them. */
export async function validatedOnSameData(db: Db, study: StudyId, most: number): Promise<OnSameData> {
  const { rows } = await db.execute<{ name: string; total: string }>(sql`
    select name, count(*) over () as total from studies where id <> ${study}
      and exists (select from study_data where study_id = studies.id and hash in (select hash from study_data where study_id = ${study}))
      and exists (select from validations where study_id = studies.id)
    order by id desc limit ${most}`);
  return { names: rows.map(({ name }) => name), total: Number(rows[0]?.total ?? 0) };
}

/**
 * Changes whenever a trial or validation of a study does that read the same data, or a content with bars of them; whenever such a study begins
 * to run a trial or is removed, and whenever another content is known to have such bars.
 */
export async function sameDataRevision(db: Db, study: StudyId): Promise<string> {
  const { rows } = await db.execute<{ revision: string }>(sql`
    with own as materialized (${contentsLike(study)}),
    others as (select id, revision from studies where id in (select study_id from study_data where hash in (select hash from own)))
    select concat_ws('_', (select count(*) from own), (select count(*) from others), (select coalesce(sum(revision), 0) from others),
      -- A running trial counts from its first report, which is no revision.
      (select count(*) from trials where study_id in (select id from others) and state = 'running' and exists (select from reports where trial_id = trials.id)),
      (select count(*) from judgements join validations on validations.id = validation_id where study_id in (select id from others)),
      (select count(*) from removed_study_data where hash in (select hash from own))) as revision`);
  return rows[0]!.revision;
}
