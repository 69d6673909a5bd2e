import { sql } from 'drizzle-orm';
import type { StoredBytes } from '../../../storage/artifacts/store.ts';
import type { Db } from '../../../storage/database.ts';
import type { ArtifactPlace } from '../artifact-path.ts';
import { invalid, missing, readOnly } from '../fault.ts';
import { isRun } from './runs.ts';
import { experimentOfRun, runRows } from './sources.ts';

/** The study that the owner of an artifact belongs to. */
interface OwnerRow extends Record<string, unknown> {
  readonly study: number;
  readonly experiment: string;
  readonly tracked: boolean | null;
  readonly deleted: boolean;
}

const experimentOfModel = sql`case when exists (select from foreign_names where kind = 'mlflow' and name = 'Default' and study_id = tracked_models.study_id)
    then '0' else study_id::text end`;

/** @throws MlflowFault unless the run or model is there and belongs to the experiment */
async function findOwner(db: Db, { experiment, owner }: ArtifactPlace): Promise<OwnerRow> {
  const source = owner.startsWith('m-')
    ? sql`select study_id as study, ${experimentOfModel} as experiment, true as tracked, deleted_at is not null as deleted from tracked_models where id = ${owner}`
    : sql`select study_id as study, ${experimentOfRun} as experiment, tracked, deleted_at is not null as deleted from ${runRows} as run where ${isRun(owner)}`;
  const { rows } = await db.execute<OwnerRow>(source);
  const row = rows[0];
  if (row === undefined || row.experiment !== experiment)
    throw missing(`experiment ${experiment.slice(0, 100)} has no run or model ${owner}`);
  return row;
}

/** The study of a place that may be written to. @throws MlflowFault */
export async function openPlace(db: Db, place: ArtifactPlace): Promise<number> {
  if (place.path === '') throw invalid('an artifact needs a path below its run');
  const { study, tracked, deleted } = await findOwner(db, place);
  if (tracked !== true) throw readOnly(`run ${place.owner}`);
  if (deleted) throw invalid(`${place.owner} is deleted; restore it before anything is written to it`);
  return study;
}

/** Names the bytes by a path, in place of earlier ones. @throws MlflowFault where a file would be a folder */
export async function nameFile(db: Db, study: number, { owner, path }: ArtifactPlace, { hash, bytes }: StoredBytes): Promise<void> {
  const above = path
    .split('/')
    .slice(0, -1)
    .map((_, index, segments) => segments.slice(0, index + 1).join('/'));
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`mlflow:${owner}`}, 0))`);
    const { rowCount } = await tx.execute(sql`select from tracked_files where owner = ${owner}
      and (path = any(${sql.param(above)}::text[]) or (path >= ${`${path}/`} and path < ${`${path}0`})) limit 1`);
    if (rowCount !== 0)
      throw invalid(`${JSON.stringify(path)} cannot be written: a file of the name of a folder is there, or the other way round`);
    await tx.execute(sql`insert into artifacts (hash, bytes) values (${hash}, ${bytes}) on conflict (hash) do nothing`);
    await tx.execute(sql`
      insert into tracked_files (study_id, owner, path, hash, bytes) values (${study}, ${owner}, ${path}, ${hash}, ${bytes})
      on conflict (owner, path) do update set hash = excluded.hash, bytes = excluded.bytes, written_at = now()`);
  });
}

/** The bytes of a file. @throws MlflowFault */
export async function findFile(db: Db, place: ArtifactPlace): Promise<StoredBytes> {
  await findOwner(db, place);
  const { rows } = await db.execute<{ hash: string; bytes: string }>(sql`
    select hash, bytes from tracked_files where owner = ${place.owner} and path = ${place.path}`);
  if (rows[0] === undefined) throw missing(`there is no artifact ${JSON.stringify(place.path)} of ${place.owner}`);
  return { hash: rows[0].hash, bytes: Number(rows[0].bytes) };
}

interface ListedFile {
  /** Name within the folder. */
  readonly path: string;
  readonly is_dir: boolean;
  readonly file_size?: number;
}

/** Files and folders directly below a folder, by name. A file itself has none. @throws MlflowFault */
export async function listFiles(db: Db, place: ArtifactPlace): Promise<readonly ListedFile[]> {
  await findOwner(db, place);
  const { owner, path } = place;
  const prefix = path === '' ? '' : `${path}/`;
  // '0' follows '/': the range holds what begins with the prefix.
  const below = prefix === '' ? sql`true` : sql`path >= ${prefix} and path < ${`${path}0`}`;
  const { rows } = await db.execute<{ name: string; folder: boolean; bytes: string }>(sql`
    select split_part(rest, '/', 1) as name, bool_or(position('/' in rest) > 0) as folder, max(bytes) as bytes
    from (select substr(path, char_length(${prefix}) + 1) as rest, bytes from tracked_files where owner = ${owner} and ${below}) as files
    group by 1 order by 1`);
  return rows.map(({ name, folder, bytes }) =>
    folder ? { path: name, is_dir: true } : { path: name, is_dir: false, file_size: Number(bytes) },
  );
}
