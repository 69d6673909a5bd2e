import { status } from '@grpc/grpc-js';
import { sql } from 'drizzle-orm';
import { compileSpace } from '../../../search/space/compile.ts';
import type { Direction, Goal } from '../../../search/trial/history.ts';
import { removeForeignStudy } from '../../../storage/commands/remove-study.ts';
import { rootOf } from '../../../storage/connection-loss.ts';
import type { Db } from '../../../storage/database.ts';
import { foreignNames, studies } from '../../../storage/schema/index.ts';
import type { ForeignKind } from '../../../storage/schema/studies.ts';
import { drivenBy } from '../../driven-by.ts';
import { freeSlug } from '../../free-slug.ts';
import { Fault, invalid, noStudy, readOnly } from '../fault.ts';
import { checkText } from '../text.ts';
import type { TextMap, WireStudy } from '../wire.ts';

/** Attributes of users and of Optuna itself are two spaces of keys. */
export type Space = 'user' | 'system';

/** System attribute in which Optuna keeps the names of objectives. */
export const metricNames = 'study:metric_names';

const wireDirections = ['minimize', 'maximize'] as const;

/** The clients' name of a study: what they gave it, else its own. */
const nameOf = sql`coalesce((select name from foreign_names where kind = 'optuna' and study_id = studies.id), studies.name)`;

/** True for a study that clients of Optuna know by its own name. */
const isNative = sql`not exists (select from foreign_names where kind = 'optuna' and study_id = studies.id)`;

/**
 * Creates a study without a space; trials declare it. Its own name is what is left of the client's.
 * @returns its id @throws Fault `ALREADY_EXISTS`, also for the name of a native study
 */
export async function createStudy(db: Db, name: string, directions: readonly number[]): Promise<number> {
  checkText('the name of a study', name);
  const goals = directions.map((direction, index): Goal => {
    const known = wireDirections[direction];
    if (known === undefined) throw invalid(`there is no direction ${direction}`);
    return { name: `value_${index}`, direction: known, reference: null };
  });
  const first = goals[0];
  if (first === undefined) throw invalid('a study needs a direction');
  for (let attempt = 1; ; attempt++) {
    try {
      return await insertStudy(db, name, [first, ...goals.slice(1)]);
    } catch (error) {
      // Another one took the name or the slug at the same moment: the next look sees which.
      if (attempt === mostAttempts || !isTaken(error)) throw error;
    }
  }
}

const mostAttempts = 5;

/** True for a unique violation. */
const isTaken = (error: unknown): boolean => (rootOf(error) as { readonly code?: unknown }).code === '23505';

function insertStudy(db: Db, name: string, goals: readonly [Goal, ...Goal[]]): Promise<number> {
  const space = compileSpace({});
  return db.transaction(async (tx) => {
    const { rowCount } = await tx.execute(sql`
      select from foreign_names where kind = 'optuna' and name = ${name} union all select from studies where name = ${name} and ${isNative}`);
    if (rowCount !== 0) throw taken(name);
    const [created] = await tx
      .insert(studies)
      .values({
        name: await freeSlug(tx, name),
        direction: goals[0].direction,
        objectives: goals.length === 1 ? null : goals,
        space: space.json,
        spaceHash: space.hash,
        ...drivenBy('optuna'),
      })
      .returning({ id: studies.id });
    const id = created!.id;
    await tx.insert(foreignNames).values({ kind: 'optuna', name, studyId: id });
    return id;
  });
}

const taken = (name: string): Fault => new Fault(status.ALREADY_EXISTS, `there is a study ${JSON.stringify(name)} already`);

/** Deletes a study of Optuna with all its trials, running ones included. */
export async function deleteStudy(db: Db, id: string): Promise<void> {
  const { kind } = await requireStudy(db, id);
  if (kind !== 'optuna') throw readOnly(kind);
  await removeForeignStudy(db, Number(id));
}

export async function studyIdOf(db: Db, name: string): Promise<number> {
  const { rows } = await db.execute<{ id: number }>(sql`
    select study_id as id from foreign_names where kind = 'optuna' and name = ${name}
    union all select id from studies where name = ${name} and ${isNative} limit 1`);
  if (rows[0] === undefined) throw new Fault(status.NOT_FOUND, `there is no study ${JSON.stringify(name)}`);
  return rows[0].id;
}

/** What Optuna's pages call the objectives of a native study. */
function nativeAttributes(
  space: Space,
  kind: ForeignKind | null,
  objectives: readonly Goal[] | null,
): readonly (readonly [key: string, value: string])[] {
  if (space === 'user' || kind === 'optuna' || objectives === null) return [];
  return [[metricNames, JSON.stringify(objectives.map(({ name }) => name))]];
}

export interface StudyFound {
  readonly kind: ForeignKind | null;
  readonly name: string;
  readonly directions: readonly number[];
  readonly objectives: readonly Goal[] | null;
}

/** @throws Fault `NOT_FOUND` */
export async function requireStudy(db: Db, id: string): Promise<StudyFound> {
  const { rows } = await db.execute<StudyRow>(sql`
    select id, foreign_kind, ${nameOf} as name, direction, objectives from studies where id = ${id}::bigint`);
  const row = rows[0];
  if (row === undefined) throw noStudy(id);
  return { kind: row.foreign_kind, name: row.name, directions: directionsOf(row), objectives: row.objectives };
}

interface StudyRow extends Record<string, unknown> {
  readonly id: number;
  readonly foreign_kind: ForeignKind | null;
  readonly name: string;
  readonly direction: Direction;
  readonly objectives: readonly Goal[] | null;
}

function directionsOf({ direction, objectives }: StudyRow): readonly number[] {
  return (objectives ?? [{ direction }]).map((goal) => wireDirections.indexOf(goal.direction));
}

/** Every study, native ones too, with its attributes and without trials. */
export async function allStudies(db: Db): Promise<readonly WireStudy[]> {
  const { rows } = await db.execute<ListedRow>(sql`
    select id, foreign_kind, ${nameOf} as name, direction, objectives,
      array(select space from foreign_attributes where study_id = studies.id and trial_id is null order by space, key) as spaces,
      array(select key from foreign_attributes where study_id = studies.id and trial_id is null order by space, key) as keys,
      array(select value from foreign_attributes where study_id = studies.id and trial_id is null order by space, key) as texts
    from studies order by id`);
  return rows.map((row) => {
    const attributes = (space: Space): TextMap =>
      Object.fromEntries([
        ...nativeAttributes(space, row.foreign_kind, row.objectives),
        ...row.keys.flatMap((key, index) => (row.spaces[index] === space ? [[key, row.texts[index]!] as const] : [])),
      ]);
    return {
      study_id: String(row.id),
      study_name: row.name,
      directions: directionsOf(row),
      user_attributes: attributes('user'),
      system_attributes: attributes('system'),
    };
  });
}

interface ListedRow extends StudyRow {
  readonly spaces: readonly string[];
  readonly keys: readonly string[];
  readonly texts: readonly string[];
}

/** Attributes of a study. @throws Fault `NOT_FOUND` */
export async function studyAttributes(db: Db, study: string, space: Space): Promise<TextMap> {
  const { kind, objectives } = await requireStudy(db, study);
  const { rows } = await db.execute<{ key: string; value: string }>(sql`
    select key, value from foreign_attributes where study_id = ${study}::bigint and trial_id is null and space = ${space} order by key`);
  return Object.fromEntries([...nativeAttributes(space, kind, objectives), ...rows.map(({ key, value }) => [key, value] as const)]);
}
