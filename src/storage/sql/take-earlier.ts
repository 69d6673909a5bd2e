import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { thinned } from '../../search/samplers/gp/model.ts';
import { compileSpace } from '../../search/space/compile.ts';
import type { Db } from '../database.ts';
import { studies, trials, warmStarts } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { countTried } from '../validations/tried.ts';

/** Fewest complete trials that an earlier study tells anything with: as many fill the space before a search begins to model. */
const fewest = 8;
/** Most trials that are kept of one. */
const most = 1000;

/**
 * Keeps what the earlier studies that a study names know now; what was kept of one before stays as it is, even where that study is no more.
 * @throws AssayError `not_found` for a study that does not exist, `study_invalid` for one that tells nothing of this one's space
 */
export async function takeEarlier(tx: Db, { id, name, space, warmStart }: StudyRow): Promise<void> {
  if (warmStart === null) return;
  const kept = await tx.select({ source: warmStarts.source }).from(warmStarts).where(eq(warmStarts.studyId, id));
  const names = new Set(compileSpace(space).params.map((param) => param.name));
  for (const source of warmStart) {
    if (kept.some((row) => row.source === source)) continue;
    const wrong = (code: 'not_found' | 'study_invalid', message: string, hint: string): AssayError =>
      new AssayError(code, message, { place: `warmStart: ${source}`, hint });
    const [study] = await tx.select().from(studies).where(eq(studies.name, source));
    if (study === undefined) throw wrong('not_found', `there is no study ${source} for ${name} to start from`, 'see assay study ls');
    if (study.objectives !== null)
      throw wrong('study_invalid', `study ${source} has several objectives`, 'start from studies with one objective');
    const complete = await tx
      .select({ number: trials.number, params: trials.params, value: trials.value })
      .from(trials)
      .where(and(eq(trials.studyId, study.id), eq(trials.state, 'complete'), eq(trials.feasible, true), isNotNull(trials.value)))
      .orderBy(asc(trials.number));
    const known = complete.flatMap(({ value, ...trial }) => (value === null ? [] : [{ ...trial, value }]));
    if (known.length < fewest)
      throw wrong(
        'study_invalid',
        `study ${source} has ${known.length} complete trials that met their constraints, too few to start from`,
        `it needs ${fewest}; run more of its trials first`,
      );
    if (!known.some(({ params }) => Object.keys(params).some((param) => names.has(param))))
      throw wrong('study_invalid', `study ${source} shares no parameter with ${name}`, 'parameters are the same where their names are');
    const sign = study.direction === 'minimize' ? 1 : -1;
    const taken = thinned(
      known.toSorted((a, b) => sign * (a.value - b.value) || a.number - b.number),
      most,
    ).toSorted((a, b) => a.number - b.number);
    await tx.insert(warmStarts).values({
      studyId: id,
      source,
      direction: study.direction,
      tried: Math.max(await countTried(tx, study.id), taken.length),
      params: taken.map(({ params }) => params),
      values: taken.map(({ value }) => value),
    });
  }
}
