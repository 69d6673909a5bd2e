import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../../src/storage/database.ts';

/**
 * From now on the database writes down whenever a trial that the pruner let wait goes on, in the transaction that does it: what a crash
 * forgets of the one it forgets of the other.
 */
export async function recordPromotions(db: Db): Promise<void> {
  await db.execute(sql`
    create table chaos_promotions (
      id bigint primary key generated always as identity, trial_id bigint not null, attempt integer not null, at_step integer not null
    );
    create function chaos_promoted() returns trigger language plpgsql as $$
    begin
      insert into chaos_promotions (trial_id, attempt, at_step) values (old.id, old.attempt, old.at_step);
      return null;
    end $$;
    create trigger chaos_promoted after update on trials for each row
      when (old.state = 'paused' and old.at_step is not null and new.state = 'queued') execute function chaos_promoted()`);
}

export async function countPromotions(db: Db): Promise<number> {
  const { rows } = await db.execute<{ count: string }>(sql`select count(*) from chaos_promotions`);
  return Number(rows[0]!.count);
}

/**
 * Trials of `trials`, as `ours`, that were let go on from one rung more than once. One whose bytes were gone has begun anew in between, and
 * climbs from the first rung again.
 */
export function promotedTwice(ours: SQL): SQL {
  return sql`select number, before.at_step from ${ours}
    join chaos_promotions before on before.trial_id = trials.id
    join chaos_promotions again on again.trial_id = trials.id and again.at_step = before.at_step and again.id > before.id
    where not exists (select from attempts join reports on reports.trial_id = attempts.trial_id and reports.attempt = attempts.attempt
      where attempts.trial_id = trials.id and attempts.attempt > before.attempt and attempts.attempt <= again.attempt and resumed_step is null)`;
}
