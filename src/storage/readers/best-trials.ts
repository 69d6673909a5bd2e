import { and, asc, eq, inArray, isNotNull, type SQL, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { Direction, Goal } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { bestConfigurations, withFigures } from './configurations.ts';
import { findStudy, meant } from './find.ts';
import { type Front, objectiveAt, readFront } from './front.ts';
import { checkLimit, maxPageLimit } from './page.ts';
import { trialField } from './trial-fields.ts';
import { type TrialItem, trialItem } from './trial-item.ts';

/** `parameters`: trials of the same parameters count once, with their mean; `none`: each trial counts. */
export type Grouping = 'parameters' | 'none';

/** What of a study is counted, unless a query says it. */
export function groupingOf({ replicates }: Pick<StudyRow, 'replicates'>): Grouping {
  return replicates === null ? 'none' : 'parameters';
}

export interface BestQuery {
  /** Number of trials, 1 to 200. Default: 1, or all of a Pareto set up to 200. */
  readonly top?: number | undefined;
  /** Rank by this metric, in the direction of the (first) objective. */
  readonly metric?: string | undefined;
  /** Rank by this one of several objectives alone. */
  readonly objective?: string | undefined;
  /** Default: `parameters` for a study that tries configurations again, else `none`. */
  readonly group?: Grouping | undefined;
  /** Reference point of the hypervolume: a number for each objective. Default: the study's. */
  readonly reference?: readonly number[] | undefined;
}

export interface BestTrials {
  readonly study: string;
  /** Direction in which the trials are ranked. */
  readonly direction: Direction;
  /** Null: one objective. */
  readonly objectives: readonly Goal[] | null;
  readonly metric: string | null;
  readonly objective: string | null;
  /**
   * Present for several objectives without a metric or objective to rank by: `trials` are the Pareto set, the best in the first objective
   * first.
   */
  readonly front: Front | null;
  /** Best first, ties by number. Empty while no trial is complete. */
  readonly trials: readonly TrialItem[];
}

/**
 * Returns the best complete feasible trials; of a study that tries configurations again the best trial of each configuration, by the mean of its
 * trials. NaN metrics are left out.
 */
export async function bestTrials(db: Db, studyName: string, query: BestQuery = {}): Promise<BestTrials> {
  const study = await findStudy(db, studyName);
  const { metric = null, objective = null, top, reference } = query;
  const { name, objectives } = study;
  if (metric !== null && objective !== null)
    throw new AssayError('usage', 'trials are ranked by a metric or by an objective, not by both', { hint: 'leave one of them out' });
  const asked = { study: name, objectives, metric, objective };
  if (objectives !== null && metric === null && objective === null) {
    const { front, numbers } = await readFront(db, study, objectives, reference);
    const shown = numbers.slice(0, checkLimit(top ?? maxPageLimit));
    return { ...asked, direction: study.direction, front, trials: await trialsInOrder(db, study, shown) };
  }
  if (reference !== undefined)
    throw new AssayError('usage', 'a reference point measures a Pareto set', {
      place: 'reference',
      hint: 'it takes a study with several objectives',
    });
  const direction = objective === null ? study.direction : (objectives?.[objectiveAt(study, objective)]?.direction ?? study.direction);
  const rank = rankOf(study, metric, objective);
  if ((query.group ?? groupingOf(study)) === 'parameters') {
    const found = await bestConfigurations(db, study, { value: rank, direction, limit: checkLimit(top ?? 1) });
    const items = await trialsInOrder(
      db,
      study,
      found.map(({ number }) => number),
    );
    if (items.length === 0 && metric !== null) await refuseUnknownMetric(db, study.id, studyName, metric);
    return { ...asked, direction, front: null, trials: items.map((item, i) => withFigures(item, found[i]!)) };
  }
  const rows = await db
    .select()
    .from(trials)
    .where(and(eq(trials.studyId, study.id), eq(trials.state, 'complete'), trials.feasible, isNotNull(rank)))
    .orderBy(direction === 'minimize' ? sql`${rank} asc` : sql`${rank} desc`, asc(trials.number))
    .limit(checkLimit(top ?? 1));
  if (rows.length === 0 && metric !== null) await refuseUnknownMetric(db, study.id, studyName, metric);
  return { ...asked, direction, front: null, trials: rows.map((row) => trialItem(study, row)) };
}

function rankOf(study: StudyRow, metric: string | null, objective: string | null): SQL {
  if (metric !== null) return trialField(study, `metric:${metric}`, 'metric').expression;
  return objective === null ? sql`${trials.value}` : trialField(study, `objective:${objective}`, 'objective').expression;
}

async function trialsInOrder(db: Db, study: StudyRow, numbers: readonly number[]): Promise<readonly TrialItem[]> {
  if (numbers.length === 0) return [];
  const rows = await db
    .select()
    .from(trials)
    .where(and(eq(trials.studyId, study.id), inArray(trials.number, [...numbers])));
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  return numbers.map((number) => trialItem(study, byNumber.get(number)!));
}

async function refuseUnknownMetric(db: Db, studyId: number, study: string, metric: string): Promise<void> {
  const { rows } = await db.execute<{ name: string }>(
    sql`select distinct unnest(metric_names) as name from trials where study_id = ${studyId} and state = 'complete' order by name`,
  );
  const names = rows.map(({ name }) => name);
  if (names.length === 0 || names.includes(metric)) return;
  throw new AssayError('not_found', `no trial of ${study} has a metric ${metric}`, {
    place: 'metric',
    hint: meant(metric, names, `there are ${names.join(', ')}`),
  });
}
