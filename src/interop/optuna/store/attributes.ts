import { sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import type { ForeignKind } from '../../../storage/schema/studies.ts';
import { notFlushed } from '../../../storage/sql/lease.ts';
import { prepared } from '../../../storage/sql/prepared.ts';
import { noStudy, readOnly } from '../fault.ts';
import { checkKey } from '../text.ts';
import { foreignExpiry, type HeldRow, heldColumns, heldTrial, requireOpen } from './held.ts';
import { nameObjectives } from './objective-names.ts';
import { metricNames, type Space } from './studies.ts';

const ofTrial = prepared<HeldRow, 'trial' | 'space' | 'key' | 'value'>(
  'optuna_trial_attribute',
  (value) => sql`
    with ${heldTrial(value)}, written as (
      insert into foreign_attributes (study_id, trial_id, space, key, value)
      select study_id, id, ${value('space')}::text, ${value('key')}::text, ${value('value')}::text from open
      on conflict (trial_id, space, key) where trial_id is not null do update set value = excluded.value
    ), renewed as (
      update trials set lease_expires_at = ${foreignExpiry} from open where trials.id = open.id and open.state = 'running'
    )
    select ${heldColumns}, ${notFlushed} from held`,
);

export async function setTrialAttribute(db: Db, trial: string, space: Space, { key, value }: Attribute): Promise<void> {
  checkKey(key, value);
  requireOpen((await ofTrial(db, { trial, space, key, value })).rows, trial);
}

export interface Attribute {
  readonly key: string;
  readonly value: string;
}

const ofStudy = prepared<{ readonly foreign_kind: ForeignKind | null }, 'study' | 'space' | 'key' | 'value'>(
  'optuna_study_attribute',
  (value) => sql`
    with found as (select id, foreign_kind from studies where id = ${value('study')}::bigint), written as (
      insert into foreign_attributes (study_id, space, key, value)
      select id, ${value('space')}::text, ${value('key')}::text, ${value('value')}::text from found where foreign_kind = 'optuna'
      on conflict (study_id, space, key) where trial_id is null do update set value = excluded.value
    )
    select foreign_kind from found`,
);

/** Sets an attribute of a study; its objectives take the names that Optuna gives them. */
export async function setStudyAttribute(db: Db, study: string, space: Space, { key, value }: Attribute): Promise<void> {
  checkKey(key, value);
  const [found] = (await ofStudy(db, { study, space, key, value })).rows;
  if (found === undefined) throw noStudy(study);
  if (found.foreign_kind !== 'optuna') throw readOnly(found.foreign_kind);
  if (space === 'system' && key === metricNames) await nameObjectives(db, study, value);
}
