import { sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import { invalid } from '../fault.ts';
import { mirrored } from '../mirrored.ts';

/** A parameter or tag. */
export interface Attribute {
  readonly key: string;
  readonly value: string;
}

/** Texts as an array of the statement. */
const list = (texts: readonly string[]) => sql`${sql.param(texts)}::text[]`;

/**
 * Writes parameters of a run whose row is locked. A parameter is written once: the same value again is no change.
 * @throws MlflowFault for another value
 */
export async function writeParams(tx: Db, trial: number, params: readonly Attribute[]): Promise<void> {
  if (params.length === 0) return;
  const given = new Map<string, string>();
  for (const { key, value } of params) {
    if ((given.get(key) ?? value) !== value) throw changed(key, given.get(key)!, value);
    given.set(key, value);
  }
  const keys = [...given.keys()].toSorted();
  const { rows } = await tx.execute<{ key: string; value: string }>(sql`
    select key, value from foreign_attributes where trial_id = ${trial} and space = 'param' and key = any(${list(keys)})`);
  const known = new Map(rows.map(({ key, value }) => [key, value]));
  for (const [key, value] of known) if (value !== given.get(key)) throw changed(key, value, given.get(key)!);
  const added = keys.filter((key) => !known.has(key)).map((key) => ({ key, value: given.get(key)! }));
  if (added.length === 0) return;
  await tx.execute(sql`
    insert into foreign_attributes (study_id, trial_id, space, key, value)
    select study_id, id, 'param', name, given from trials, unnest(${list(added.map(({ key }) => key))}, ${list(added.map(({ value }) => value))}) as added (name, given)
    where id = ${trial}`);
  const shown = mirrored(added);
  if (Object.keys(shown).length > 0)
    await tx.execute(sql`update trials set params = (params::jsonb || ${JSON.stringify(shown)}::jsonb)::json where id = ${trial}`);
}

const changed = (key: string, before: string, after: string) =>
  invalid(
    `parameter ${JSON.stringify(key)} has the value ${shortened(before)} already and cannot become ${shortened(after)}: a parameter is written once`,
  );

const shortened = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);

/** Writes tags of a run; the last of several with one key counts. */
export async function writeTags(tx: Db, trial: number, tags: readonly Attribute[]): Promise<void> {
  if (tags.length === 0) return;
  const given = new Map(tags.map(({ key, value }) => [key, value]));
  const keys = [...given.keys()].toSorted();
  await tx.execute(sql`
    insert into foreign_attributes (study_id, trial_id, space, key, value)
    select study_id, id, 'tag', name, given from trials, unnest(${list(keys)}, ${list(keys.map((key) => given.get(key)!))}) as wanted (name, given)
    where id = ${trial}
    on conflict (trial_id, space, key) where trial_id is not null do update set value = excluded.value`);
}

/** @returns false: the run has no such tag */
export async function deleteTag(tx: Db, trial: number, key: string): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`delete from foreign_attributes where trial_id = ${trial} and space = 'tag' and key = ${key}`);
  return rowCount !== 0;
}
