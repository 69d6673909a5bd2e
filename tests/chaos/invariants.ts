import { existsSync, readdirSync } from 'node:fs';
import { type SQL, sql } from 'drizzle-orm';
import { draftsFolder } from '../../src/storage/artifacts/drafts.ts';
import type { Db } from '../../src/storage/database.ts';
import { checkLedgerChain } from '../fixtures/ledger-chain.ts';
import { promotedTwice } from './promotions.ts';

/** Queries that return no rows if their invariant holds. */
const queries = (study: string): Readonly<Record<string, SQL>> => {
  const ours = sql`trials join studies on studies.id = trials.study_id and studies.name = ${study}`;
  return {
    'numbers are dense': sql`select number from ${ours} where number >= (select count(*) from ${ours})`,
    'numbers are unique': sql`select number from ${ours} group by number having count(*) > 1`,
    'no trial holds a lease': sql`select number from ${ours} where lease_token is not null`,
    'attempts are dense': sql`select number from ${ours} where attempt <> (select count(*) from attempts where trial_id = trials.id)
      or attempt <> (select max(attempts.attempt) from attempts where trial_id = trials.id)`,
    'every attempt has ended': sql`select number from ${ours} join attempts on trial_id = trials.id where ending is null`,
    'the last attempt alone finished the trial, or waited until the study ended': sql`select number from ${ours} join attempts on trial_id = trials.id
      where (ending::text = trials.state::text or (trials.state = 'pruned' and ending = 'paused' and attempts.attempt = trials.attempt))
        <> (attempts.attempt = trials.attempt)`,
    'what was pruned says why it went no further': sql`select number, reason from ${ours}
      where state = 'pruned' and reason !~ '; it (waited until the study ended|keeps no checkpoint to go on from)$'`,
    'no trial is promoted twice at one rung': promotedTwice(ours),
    'the others were lost, released or paused': sql`select number from ${ours} join attempts on trial_id = trials.id
      where attempts.attempt < trials.attempt and ending not in ('lost', 'released', 'paused')`,
    'no attempt reports before it began or after it ended': sql`select number from ${ours} join attempts on attempts.trial_id = trials.id
      join reports on reports.trial_id = attempts.trial_id and reports.attempt = attempts.attempt
      where (reports.step > coalesce(resumed_step, 0) and reported_at < attempts.started_at) or reported_at > attempts.ended_at`,
    'what is inherited is what an earlier attempt reported': sql`select number from ${ours} join attempts on attempts.trial_id = trials.id
      join reports on reports.trial_id = attempts.trial_id and reports.attempt = attempts.attempt
      where step <= resumed_step and not exists (select from reports earlier where earlier.trial_id = reports.trial_id
        and earlier.attempt < reports.attempt and earlier.step = reports.step and earlier.value = reports.value)`,
    'finished trials have no checkpoint': sql`select number from ${ours} join checkpoints on checkpoints.trial_id = trials.id`,
    'the study counts as its trials do': sql`select name from studies where name = ${study}
      and (next_number <> (select count(*) from ${ours}) or cancelled_trials <> 0
        or pruned_trials <> (select count(*) from ${ours} where state = 'pruned') or failed_trials <> (select count(*) from ${ours} where state = 'failed')
        or revision < (select max(trials.revision) from ${ours}))`,
  };
};

/** What a trial was asked with, and what is left to chance of its end. */
export interface Ended {
  readonly number: number;
  readonly seed: number;
  readonly x: number;
  readonly state: string;
  readonly atStep: number | null;
}

/** How a trial ended, with each report of its live curve. */
export interface Result {
  readonly state: string;
  readonly value: number | null;
  readonly code: string | null;
  readonly curve: readonly number[] | null;
}

/** A study as it should have gone. */
export interface Planned {
  readonly trials: number;
  readonly unbroken: (ended: Ended) => Result;
}

/** Returns the violated invariants (empty: none). */
export async function violationsOf(db: Db, study: string, planned: Planned): Promise<readonly string[]> {
  const violations: string[] = [];
  for (const [what, query] of Object.entries(queries(study))) {
    const { rows } = await db.execute(query);
    if (rows.length > 0) violations.push(`${study}: not so: ${what} (${rows.length}: ${JSON.stringify(rows.slice(0, 5))})`);
  }
  return [...violations, ...(await falseResults(db, study, planned))];
}

interface Row extends Record<string, unknown>, Result {
  readonly number: number;
  readonly seed: number;
  readonly params: { readonly x: number };
  readonly at_step: number | null;
}

/** Every trial, against what an unbroken one gives. */
async function falseResults(db: Db, study: string, { trials, unbroken }: Planned): Promise<readonly string[]> {
  const { rows } = await db.execute<Row>(sql`
    select number, state, value, trials.seed, params, at_step, error ->> 'code' as code,
      (select array_agg(value order by step) from reports where trial_id = trials.id and reports.attempt = trials.attempt) as curve
    from trials join studies on studies.id = study_id where name = ${study} order by number`);
  const violations = rows.length === trials ? [] : [`${study}: ${rows.length} trials and not ${trials}`];
  for (const { number, state, value, seed, params, at_step: atStep, code, curve } of rows) {
    const { x } = params;
    const wanted = unbroken({ number, seed: Number(seed), x, state, atStep });
    const [got, expected] = [JSON.stringify({ state, value, code, curve }), JSON.stringify(wanted)];
    if (got !== expected) violations.push(`${study}#${number}: ${got} and not ${expected}`);
  }
  return violations;
}

/** What holds over all studies: the ledger's chain with everything that was acknowledged, and nothing left on the disk. */
export async function remainsOf(db: Db, dataDir: string, acknowledged: readonly number[]): Promise<readonly string[]> {
  const violations: string[] = [];
  const ledger = await checkLedgerChain(db);
  if (!ledger.intact) violations.push(`the ledger's chain is broken: ${JSON.stringify(ledger)}`);
  const { rows } = await db.execute<{ sequence: number }>(sql`select sequence from promotions order by sequence`);
  const kept = new Set(rows.map(({ sequence }) => Number(sequence)));
  const lost = acknowledged.filter((sequence) => !kept.has(sequence));
  if (lost.length > 0) violations.push(`acknowledged ledger records are gone: ${lost.join()}`);
  const drafts = existsSync(draftsFolder(dataDir)) ? readdirSync(draftsFolder(dataDir)) : [];
  if (drafts.length > 0) violations.push(`temporary files are left: ${drafts.join()}`);
  return violations;
}
