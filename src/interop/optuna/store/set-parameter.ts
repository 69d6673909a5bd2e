import { eq, sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import { studies, trials } from '../../../storage/schema/index.ts';
import { notFlushed } from '../../../storage/sql/lease.ts';
import { prepared } from '../../../storage/sql/prepared.ts';
import { boundedMap } from '../bounded-map.ts';
import { parseDistribution, shownName, shownValue } from '../distribution.ts';
import { checkStorable, checkText } from '../text.ts';
import type { Accepted } from './accepted.ts';
import { declare } from './declare.ts';
import { foreignExpiry, type HeldRow, heldColumns, heldTrial, requireOpen } from './held.ts';

export interface Parameter {
  readonly name: string;
  /** The value, or the index of the choice. */
  readonly internal: number;
  /** The distribution, as the client wrote it. */
  readonly text: string;
}

const write = prepared<HeldRow, 'trial' | 'name' | 'internal' | 'text' | 'shown' | 'value'>(
  'optuna_parameter',
  (value) => sql`
    with ${heldTrial(value)}, kept as (
      insert into trial_distributions (trial_id, position, name, distribution, internal)
      select id, (select count(*) from trial_distributions where trial_id = open.id), ${value('name')}::text, ${value('text')}::text, ${value('internal')}::float8
      from open on conflict (trial_id, name) do update set distribution = excluded.distribution, internal = excluded.internal
    ), shown as (
      update trials set params = (trials.params::jsonb || jsonb_build_object(${value('shown')}::text, ${value('value')}::jsonb))::json,
        lease_expires_at = case when open.state = 'running' then ${foreignExpiry} end
      from open where trials.id = open.id
    )
    select ${heldColumns}, ${notFlushed} from held`,
);

/** Sets parameters of trials; one whose distribution the study holds already takes one statement. */
export interface ParameterWriter {
  readonly set: (trial: string, parameter: Parameter) => Promise<void>;
  /** Remembers whose a trial is. */
  readonly learn: (trial: string, study: number) => void;
}

export function createParameterWriter(db: Db, accepted: Accepted): ParameterWriter {
  /** Studies of trials that were written to lately. */
  const studyOf = boundedMap<string, number>(100_000);

  const store = async (tx: Db, trial: string, { name, internal, text }: Parameter): Promise<HeldRow> => {
    const value = JSON.stringify(shownValue(parseDistribution(text), internal));
    return requireOpen((await write(tx, { trial, name, internal, text, shown: shownName(name), value })).rows, trial);
  };

  const declareFirst = (trial: string, parameter: Parameter): Promise<HeldRow> =>
    db.transaction(async (tx) => {
      // The trial is locked before its study, and its state is refused before the distribution.
      const rows = await tx
        .select({ study_id: trials.studyId, state: trials.state, foreign_kind: trials.foreignKind })
        .from(trials)
        .where(eq(trials.id, Number(trial)))
        .for('no key update');
      const { study_id: study } = requireOpen(rows, trial);
      await tx.select({ id: studies.id }).from(studies).where(eq(studies.id, study)).for('no key update');
      await declare(tx, study, [parameter]);
      return store(tx, trial, parameter);
    });

  return {
    learn: studyOf.set,
    set: async (trial, parameter) => {
      checkText('the name of a parameter', parameter.name);
      checkStorable('a distribution', parameter.text);
      const study = studyOf.get(trial);
      if (study !== undefined && accepted.has(study, parameter.name, parameter.text)) {
        await store(db, trial, parameter);
        return;
      }
      const { study_id: found } = await declareFirst(trial, parameter);
      studyOf.set(trial, found);
      accepted.add(found, parameter.name, parameter.text);
    },
  };
}
