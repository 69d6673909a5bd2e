import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { Direction } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { findStudy, meant } from './find.ts';
import { checkLimit } from './page.ts';
import { trialField } from './trial-fields.ts';
import { type TrialItem, trialItem } from './trial-item.ts';

export interface BestQuery {
  /** How many, 1 to 200, default 1. */
  readonly top?: number | undefined;
  /** Rank by this metric, in the study's direction, instead of the objective. */
  readonly metric?: string | undefined;
}

export interface BestTrials {
  readonly study: string;
  readonly direction: Direction;
  readonly metric: string | null;
  /** The best first; equal ones in the order of their numbers. Empty while no trial is complete. */
  readonly trials: readonly TrialItem[];
}

/** The best complete trials. A NaN metric never ranks. */
export async function bestTrials(db: Db, studyName: string, { top = 1, metric }: BestQuery = {}): Promise<BestTrials> {
  const study = await findStudy(db, studyName);
  const rank = metric === undefined ? sql`${trials.value}` : trialField(study, `metric:${metric}`, 'metric').expression;
  const rows = await db
    .select()
    .from(trials)
    .where(and(eq(trials.studyId, study.id), eq(trials.state, 'complete'), isNotNull(rank)))
    .orderBy(study.direction === 'minimize' ? sql`${rank} asc` : sql`${rank} desc`, asc(trials.number))
    .limit(checkLimit(top));
  if (rows.length === 0 && metric !== undefined) await refuseUnknownMetric(db, study.id, studyName, metric);
  return { study: study.name, direction: study.direction, metric: metric ?? null, trials: rows.map((row) => trialItem(study.name, row)) };
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
