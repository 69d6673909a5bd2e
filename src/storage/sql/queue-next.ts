import { type SQL, sql } from 'drizzle-orm';
import { createRng } from '../../core/rng.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { Db } from '../database.ts';
import type { StudyRow } from '../schema/rows.ts';
import type { KeyedRequest } from './idempotency-key.ts';

export interface NextTrial {
  readonly params: FlatParams;
  /** Default: derived from the study's seed and the trial's number. */
  readonly seed?: number;
  readonly priority?: number;
  readonly keyed?: KeyedRequest;
  /** Address of the trial that it repeats, with its parameters and seed. */
  readonly repeatOf?: string;
}

/** Values of {@link takesNumber} and of the trial that gets the number. */
export type NumberValue = 'study' | 'number' | 'spaceHash' | 'revision';

/**
 * Takes the study's next number and increments its revision, as a statement for a `with`: `study (id, revision)`. Empty if number or space
 * have changed since the study was read; with budget rules, if the revision has.
 */
export function takesNumber(value: (name: NumberValue) => unknown, condition: SQL): SQL {
  return sql`update studies set next_number = studies.next_number + 1, revision = studies.revision + 1, ended_because = null, updated_at = now()
    where studies.id = ${value('study')} and studies.next_number = ${value('number')} and studies.space_hash = ${value('spaceHash')}
      and (studies.budget_rules is null or studies.revision = ${value('revision')}) and ${condition}
    returning studies.id, studies.revision`;
}

export function numberValues(study: StudyRow): Readonly<Record<NumberValue, unknown>> {
  return { study: study.id, number: study.nextNumber, spaceHash: study.spaceHash, revision: study.revision };
}

/** Condition of an `ask` on the study's row; `ask` checks the other limits. `enqueue` locks the row and checks all of them first. */
export const mayAsk = sql`studies.standing = 'open' and studies.frozen_by is null
  and (studies.next_number - studies.cancelled_trials < studies.budget_trials or studies.budget_rules ->> 'countFailed' = 'false')`;

/** True if no limit of the budget is known to be used up, whether the study is asked or not. */
export const hasBudget = sql`(studies.ended_because is null and studies.next_number - studies.cancelled_trials
  - case when studies.budget_rules ->> 'countFailed' = 'false' then studies.failed_trials else 0 end < studies.budget_trials)`;

/** Derives a trial's seed from the study's seed and the trial's number. */
export function trialSeed({ seed, nextNumber }: StudyRow): number {
  return createRng(seed)
    .fork('trial')
    .fork(nextNumber)
    .int(2 ** 31);
}

/**
 * Queues a trial under the study's next number, in one statement (null: the study has changed since it was read or the condition is false;
 * nothing is written).
 */
export async function queueNext(tx: Db, study: StudyRow, next: NextTrial, condition: SQL = sql`true`): Promise<number | null> {
  const { params, seed = trialSeed(study), priority = 0, keyed, repeatOf = null } = next;
  const values = numberValues(study);
  const queued = tx.execute(sql`
    with study as (${takesNumber((name) => values[name], condition)})
    insert into trials (study_id, number, params, seed, revision, priority, order_key, order_hash, repeat_of)
    select id, ${study.nextNumber}::int, ${JSON.stringify(params)}::json, ${seed}::bigint, revision, ${priority}::int, ${keyed?.key ?? null}::uuid, ${keyed?.hash ?? null}::text, ${repeatOf}::text
    from study`);
  // Sent now, not when awaited: `ask` sends its commit right behind.
  const { rowCount } = await queued.execute();
  return rowCount === 1 ? study.nextNumber : null;
}
