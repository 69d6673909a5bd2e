import { eq, sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import { studies, studyDistributions } from '../../../storage/schema/index.ts';
import { parseDistribution, spaceOf, widened } from '../distribution.ts';

/** A parameter with the text of its distribution. */
export interface Declared {
  readonly name: string;
  readonly text: string;
}

/**
 * Widens what a study knows of parameters, and with it its space. The study's row is locked by the caller.
 * @throws Fault `INVALID_ARGUMENT` where a parameter had another class, another `log` or other choices before
 */
export async function declare(tx: Db, study: number, declared: readonly Declared[]): Promise<void> {
  if (declared.length === 0) return;
  const stored = await tx.select().from(studyDistributions).where(eq(studyDistributions.studyId, study));
  const known = new Map(stored.map(({ name, distribution }) => [name, distribution]));
  const changed: Declared[] = [];
  for (const { name, text } of declared) {
    const before = known.get(name);
    const given = parseDistribution(text);
    const after = before === undefined ? text : widened(name, parseDistribution(before), given);
    if (after === null) continue;
    known.set(name, after);
    changed.push({ name, text: after });
  }
  if (changed.length === 0) return;
  const list = (texts: readonly string[]) => sql`${sql.param(texts)}::text[]`;
  await tx.execute(sql`
    insert into study_distributions (study_id, name, distribution)
    select ${study}::int, * from unnest(${list(changed.map(({ name }) => name))}, ${list(changed.map(({ text }) => text))})
    on conflict (study_id, name) do update set distribution = excluded.distribution`);
  const names = [...known.keys()].toSorted();
  const space = spaceOf(names.map((name) => ({ name, distribution: parseDistribution(known.get(name)!) })));
  await tx
    .update(studies)
    .set({ space: space.json, spaceHash: space.hash, revision: sql`${studies.revision} + 1`, updatedAt: sql`now()` })
    .where(eq(studies.id, study));
}
