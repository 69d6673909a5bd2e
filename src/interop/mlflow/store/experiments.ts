import { type SQL, sql } from 'drizzle-orm';
import { compileSpace } from '../../../search/space/compile.ts';
import { rootOf } from '../../../storage/connection-loss.ts';
import type { Db } from '../../../storage/database.ts';
import { foreignNames, studies, trackedExperiments } from '../../../storage/schema/index.ts';
import { drivenBy } from '../../driven-by.ts';
import { freeSlug } from '../../free-slug.ts';
import { invalid, MlflowFault, missing, readOnly } from '../fault.ts';
import { experimentJson, experimentRows } from './sources.ts';
import type { Attribute } from './write-attributes.ts';

const defaultName = 'Default';

/** What an experiment is found by. */
export interface ExperimentFound {
  readonly study: number;
  readonly id: string;
  readonly name: string;
  readonly deleted: boolean;
}

interface NewExperiment {
  readonly name: string;
  readonly artifactLocation: string | undefined;
  readonly tags: readonly Attribute[];
}

/** Creates an experiment: a study of kind `mlflow` without a space. @returns its id @throws MlflowFault where there is one of the name */
export async function createExperiment(db: Db, experiment: NewExperiment): Promise<string> {
  try {
    return String(await insertStudy(db, experiment));
  } catch (error) {
    // Another client took the name at the same moment.
    if ((rootOf(error) as { readonly code?: unknown }).code === '23505') throw taken(experiment.name);
    throw error;
  }
}

const taken = (name: string): MlflowFault =>
  new MlflowFault('RESOURCE_ALREADY_EXISTS', `there is an experiment ${JSON.stringify(name)} already`);

function insertStudy(db: Db, { name, artifactLocation, tags }: NewExperiment): Promise<number> {
  const space = compileSpace({});
  return db.transaction(async (tx) => {
    const { rowCount } = await tx.execute(sql`select from ${experimentRows} as experiment where name = ${name} and study_id is not null`);
    if (rowCount !== 0) throw taken(name);
    const [created] = await tx
      .insert(studies)
      .values({
        name: await freeSlug(tx, name),
        direction: 'maximize',
        space: space.json,
        spaceHash: space.hash,
        ...drivenBy('mlflow'),
      })
      .returning({ id: studies.id });
    const studyId = created!.id;
    await tx.insert(foreignNames).values({ kind: 'mlflow', name, studyId });
    await tx.insert(trackedExperiments).values({ studyId, artifactLocation: artifactLocation ?? null });
    for (const tag of tags) await setTag(tx, studyId, tag);
    return studyId;
  });
}

async function setTag(db: Db, study: number, { key, value }: Attribute): Promise<void> {
  await db.execute(sql`insert into foreign_attributes (study_id, space, key, value) values (${study}, 'tag', ${key}, ${value})
    on conflict (study_id, space, key) where trial_id is null do update set value = excluded.value`);
}

/** An experiment as MLflow's JSON. @throws MlflowFault */
export async function experimentText(db: Db, by: { readonly id: string } | { readonly name: string }): Promise<string> {
  const { rows } = await db.execute<{ text: string }>(
    sql`select ${experimentJson}::text as text from ${experimentRows} as experiment where ${conditionOf(by)} limit 1`,
  );
  if (rows[0] === undefined) throw noExperiment(by);
  return rows[0].text;
}

const conditionOf = (by: { readonly id: string } | { readonly name: string }): SQL =>
  'id' in by ? sql`experiment.id = ${by.id}` : sql`experiment.name = ${by.name}`;

const noExperiment = (by: { readonly id: string } | { readonly name: string }): MlflowFault =>
  missing('id' in by ? `there is no experiment with the id ${by.id}` : `there is no experiment ${JSON.stringify(by.name)}`);

/** The experiment that a client may write to. Default is created by the first write. @throws MlflowFault */
export async function openExperiment(db: Db, id: string): Promise<ExperimentFound> {
  const { rows } = await db.execute<{ study: number | null; name: string; tracked: boolean | null; deleted: boolean }>(sql`
    select study_id as study, name, tracked, deleted_at is not null as deleted from ${experimentRows} as experiment where experiment.id = ${id}`);
  const row = rows[0];
  if (row === undefined) throw noExperiment({ id });
  if (row.tracked !== true) throw readOnly(`experiment ${row.name}`);
  if (row.study !== null) return { study: row.study, id, name: row.name, deleted: row.deleted };
  await createExperiment(db, { name: defaultName, artifactLocation: undefined, tags: [] }).catch((error: unknown) => {
    if (!(error instanceof MlflowFault)) throw error;
  });
  return openExperiment(db, id);
}

export async function setExperimentTag(db: Db, id: string, tag: Attribute): Promise<void> {
  await setTag(db, (await openExperiment(db, id)).study, tag);
}

export async function deleteExperimentTag(db: Db, id: string, key: string): Promise<void> {
  const { study } = await openExperiment(db, id);
  const { rowCount } = await db.execute(
    sql`delete from foreign_attributes where study_id = ${study} and trial_id is null and space = 'tag' and key = ${key}`,
  );
  if (rowCount === 0) throw missing(`experiment ${id} has no tag ${JSON.stringify(key)}`);
}

/** Deletes an experiment, or takes that back; its runs stay. @throws MlflowFault */
export async function setExperimentDeleted(db: Db, id: string, deleted: boolean): Promise<void> {
  const found = await openExperiment(db, id);
  if (deleted && found.name === defaultName) throw invalid('the experiment Default cannot be deleted');
  if (deleted === found.deleted) {
    if (deleted) throw missing(`experiment ${id} is deleted already`);
    return;
  }
  await db.execute(sql`
    with changed as (update tracked_experiments set deleted_at = ${deleted ? sql`now()` : sql`null`} where study_id = ${found.study})
    update studies set revision = revision + 1, updated_at = now() where id = ${found.study}`);
}
