import { sql } from 'drizzle-orm';
import type { Db } from '../database.ts';

/** A study that is bound to a content of a data set. */
export interface DataReader {
  readonly name: string;
  readonly hash: string;
  readonly study: string;
  /** Number of its trials, and of those that a validation evaluated. */
  readonly trials: number;
  readonly validated: number;
}

/** Every study with each data set that it is bound to, by name and content. */
export async function readDataReaders(db: Db): Promise<readonly DataReader[]> {
  const { rows } = await db.execute<DataReader & Record<string, unknown>>(sql`
    select study_data.name, study_data.hash, studies.name as study, studies.next_number as trials,
      (select count(distinct trial_id)::int from judgements join validations on validations.id = validation_id
        where validations.study_id = studies.id and trial_id is not null) as validated
    from study_data join studies on studies.id = study_data.study_id
    order by study_data.name, study_data.hash, studies.name`);
  return rows.map(({ name, hash, study, trials, validated }) => ({ name, hash, study, trials, validated }));
}
