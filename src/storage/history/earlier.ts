import { eq } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { EarlierStudy } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { warmStarts } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';

/** What each study took of earlier ones, read once: rows are final, and samplers keep models by these objects. */
export interface EarlierStudies {
  readonly of: (db: Db, study: StudyRow) => Promise<readonly EarlierStudy[]>;
}

export function createEarlierStudies(): EarlierStudies {
  const known = new Map<StudyId, { readonly names: string; readonly studies: readonly EarlierStudy[] }>();
  return {
    of: async (db, study) => {
      if (study.warmStart === null) return [];
      const names = study.warmStart.join();
      const before = known.get(study.id);
      if (before?.names === names) return before.studies;
      const studies = await readEarlier(db, study);
      known.set(study.id, { names, studies });
      return studies;
    },
  };
}

/** Reads what a study took of the earlier ones that it names, in this order. */
export async function readEarlier(db: Db, { id, warmStart }: StudyRow): Promise<readonly EarlierStudy[]> {
  if (warmStart === null) return [];
  const rows = await db.select().from(warmStarts).where(eq(warmStarts.studyId, id));
  return warmStart.flatMap((name) =>
    rows
      .filter(({ source }) => source === name)
      .map(({ source, direction, params, values }) => ({
        name: source,
        direction,
        trials: params.map((own, i) => ({ params: own, value: values[i]! })),
      })),
  );
}
