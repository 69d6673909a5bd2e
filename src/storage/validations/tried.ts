import { and, eq, inArray, or, sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { contentsLike } from './data-days.ts';

/**
 * True if the trial was a chance to be lucky: it ended with an outcome, or reported before it was cancelled. The trigger
 * `keep_what_was_tried` counts the trials of a removed study by the same rule.
 */
const gaveAnAnswer = or(
  inArray(trials.state, ['complete', 'pruned', 'failed']),
  sql`exists (select from reports where reports.trial_id = ${trials.id})`,
);

/** Number of tried trials of a study: complete, pruned and failed ones, and cancelled ones that had reported. */
export async function countTried(db: Db, study: StudyId): Promise<number> {
  return db.$count(trials, and(eq(trials.studyId, study), gaveAnAnswer));
}

/**
 * Number of tried trials over every study that read any of the data that this one read, or other contents of data with bars of them, removed
 * studies included: neither a new name, nor a removal, nor another day lowers the bar, and none raises it. A content is known by its bars as
 * soon as a trial or a validation opens it. Every trial of this study counts; of the others each definition (parameters, source, data, seed)
 * that is not among this study's counts once, and a trial whose definition is not known by itself.
 */
export async function countTriedOnSameData(db: Db, study: StudyId): Promise<number> {
  const own = sql`select hash from own`;
  const [tried, { rows }] = await Promise.all([
    countTried(db, study),
    db.execute<{ others: number }>(sql`
      with own as materialized (${contentsLike(study)}),
      removed as (select distinct removed_id as id from removed_study_data where hash in (${own})),
      others as (
        select trial_definition(${trials.id}) as definition from ${trials}
        where ${trials.studyId} in (select study_id from study_data where study_id <> ${study} and hash in (${own})) and ${gaveAnAnswer}
        union all
        select definition from removed_trials where removed_id in (select id from removed)
      ),
      counted as (
        select count(*) filter (where definition is null) + count(distinct definition) filter (where definition not in (
          select known from (select trial_definition(${trials.id}) as known from ${trials} where ${trials.studyId} = ${study} and ${gaveAnAnswer}) as mine
          where known is not null)) as others from others
      ),
      unnamed as (
        select coalesce(sum(trials_tried - (select count(*) from removed_trials where removed_id = removed_studies.id)), 0) as others
        from removed_studies where id in (select id from removed)
      )
      select (counted.others + unnamed.others)::int as others from counted, unnamed`),
  ]);
  return tried + (rows[0]?.others ?? 0);
}
