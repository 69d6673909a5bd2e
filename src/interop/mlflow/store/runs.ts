import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import { invalid, missing } from '../fault.ts';
import { type ExperimentFound, openExperiment } from './experiments.ts';
import { lockRun, noRun } from './held-run.ts';
import { runInfo, runJson, runRows } from './sources.ts';
import { type Attribute, writeTags } from './write-attributes.ts';

interface NewRun {
  readonly experiment: string;
  readonly user: string;
  readonly name: string | undefined;
  readonly startMs: number;
  readonly tags: readonly Attribute[];
}

const nameTag = 'mlflow.runName';

/** Begins a run: a running trial whose lease no time ends, since its client renews none. @returns its id @throws MlflowFault */
export async function createRun(db: Db, { experiment: id, user, name, startMs, tags }: NewRun): Promise<string> {
  const experiment = await openExperiment(db, id);
  if (experiment.deleted) throw invalid(`experiment ${id} is deleted; restore it before runs are created in it`);
  const run = randomUUID();
  const named = new Map(tags.map(({ key, value }) => [key, value]));
  named.set(nameTag, (name === undefined || name === '' ? named.get(nameTag) : name) ?? `run-${run.slice(0, 8)}`);
  const { rowCount } = await db.execute(sql`
    with study as (
      update studies set next_number = next_number + 1, revision = revision + 1, ended_because = null, updated_at = now()
      where id = ${experiment.study} and standing = 'open' and frozen_by is null returning id, revision, next_number - 1 as number
    ), created as (
      insert into trials (study_id, number, state, params, seed, revision, attempt, worker, started_at, lease_token, lease_ms, lease_expires_at)
      select id, number, 'running', '{}', 0, revision, 1, ${workerOf(user)}, ${timeOf(startMs)}, ${lease} from study returning id, study_id, worker, started_at, lease_token
    ), begun as (
      insert into attempts (trial_id, attempt, token, worker, started_at) select id, 1, lease_token, worker, started_at from created
    ), tracked as (
      insert into tracked_runs (trial_id, run_id, user_id, start_ms) select id, ${run}::uuid, ${user}, ${startMs} from created
    )
    insert into foreign_attributes (study_id, trial_id, space, key, value) select study_id, id, 'tag', key, value from created,
      unnest(${sql.param([...named.keys()])}::text[], ${sql.param([...named.values()])}::text[]) as given (key, value)`);
  if (rowCount === 0) throw await closed(db, experiment);
  return run.replaceAll('-', '');
}

/** Nobody has the token, since clients know a run by its id only. */
export const lease = sql`gen_random_uuid(), 2147483647, clock_timestamp() + interval '100 years'`;

const workerOf = (user: string): string => `mlflow:${user === '' ? 'client' : user.slice(0, 100)}`;

export const timeOf = (ms: number) => sql`timestamptz 'epoch' + ${ms}::float8 * interval '1 millisecond'`;

async function closed(db: Db, { id, study }: ExperimentFound): Promise<Error> {
  const { rows } = await db.execute<{ name: string; standing: string }>(sql`select name, standing from studies where id = ${study}`);
  const row = rows[0];
  if (row === undefined) return missing(`there is no experiment with the id ${id}`);
  return invalid(
    `study ${row.name} is ${row.standing === 'open' ? 'frozen' : row.standing} and takes no runs: assay study resume ${row.name}`,
  );
}

/** A run as MLflow's JSON. @throws MlflowFault */
export async function runText(db: Db, run: string): Promise<string> {
  const { rows } = await db.execute<{ text: string }>(sql`select ${runJson}::text as text from ${runRows} as run where ${isRun(run)}`);
  if (rows[0] === undefined) throw noRun(run);
  return rows[0].text;
}

/** What is known of a run without what it logged, as MLflow's JSON. */
export async function runInfoText(db: Db, run: string): Promise<string> {
  const { rows } = await db.execute<{ text: string }>(sql`select ${runInfo}::text as text from ${runRows} as run where ${isRun(run)}`);
  if (rows[0] === undefined) throw noRun(run);
  return rows[0].text;
}

/** Condition on the trials behind {@link runRows}, such that indexes find the one. */
export const isRun = (run: string) =>
  sql`run.trial_id = coalesce((select trial_id from tracked_runs where run_id = ${run}::uuid),
    case when ${run} ~ '^0{16}[0-7]' then (select id from trials where id = ('x' || right(${run}, 16))::bit(64)::bigint and foreign_kind is distinct from 'mlflow') end)`;

/** Changes the name of a run, which is a tag as well. */
export const renameRun = (tx: Db, trial: number, name: string): Promise<void> => writeTags(tx, trial, [{ key: nameTag, value: name }]);

/** Deletes a run, or takes that back. @throws MlflowFault */
export async function setRunDeleted(db: Db, run: string, deleted: boolean): Promise<void> {
  await db.transaction(async (tx) => {
    const trial = await lockRun(tx, run, { deleted: true });
    await tx.execute(
      sql`update tracked_runs set deleted_at = ${deleted ? sql`coalesce(deleted_at, now())` : sql`null`} where trial_id = ${trial}`,
    );
  });
}
