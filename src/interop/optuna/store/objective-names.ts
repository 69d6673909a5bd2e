import { eq, sql } from 'drizzle-orm';
import { goalsOf } from '../../../search/study/goals.ts';
import type { Goal } from '../../../search/trial/history.ts';
import type { Db } from '../../../storage/database.ts';
import { studies } from '../../../storage/schema/index.ts';
import { parsePythonJson } from '../python-json.ts';

/** Gives the objectives of a study the names in a JSON list; names that no objective can have here stay as they are. */
export async function nameObjectives(db: Db, study: string, list: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [stored] = await tx
      .select({ objectives: studies.objectives })
      .from(studies)
      .where(eq(studies.id, Number(study)))
      .for('no key update');
    if (stored === undefined || stored.objectives === null) return;
    const named = renamed(stored.objectives, list);
    if (named === null) return;
    await tx
      .update(studies)
      .set({ objectives: named, revision: sql`${studies.revision} + 1`, updatedAt: sql`now()` })
      .where(eq(studies.id, Number(study)));
  });
}

function renamed(objectives: readonly Goal[], list: string): readonly Goal[] | null {
  try {
    const names = parsePythonJson(list);
    if (!Array.isArray(names) || names.length !== objectives.length || new Set(names).size !== names.length) return null;
    return goalsOf(Object.fromEntries(names.map((name, index) => [String(name), objectives[index]!.direction])));
  } catch {
    return null;
  }
}
