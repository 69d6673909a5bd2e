import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { evenly } from '../../core/evenly.ts';
import { hypervolume } from '../../search/objectives/hypervolume.ts';
import { lossOf } from '../../search/objectives/loss.ts';
import { paretoFront } from '../../search/objectives/pareto.ts';
import type { Goal } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { meant } from './find.ts';
import { finite, type NonFiniteFlag, nonFiniteFlag } from './finite.ts';

/** Pareto set of a study: complete feasible trials that no other such trial dominates. */
export interface Front extends NonFiniteFlag {
  /** Number of trials. */
  readonly size: number;
  /** Hypervolume up to the reference point, in the product of the objectives' units (null: no reference point). */
  readonly hypervolume: number | null;
  /** Number of trials that it was taken from (absent: all of them). The whole set has at least as much. */
  readonly measured?: number;
}

export interface FrontTrials {
  readonly front: Front;
  /** Numbers of the trials, the best in the first objective first. */
  readonly numbers: readonly number[];
}

/**
 * Reads the Pareto set from the values of every complete trial.
 * @param reference one value for each objective; default: the study's
 * @throws AssayError `usage` for a reference of another length
 */
export async function readFront(db: Db, study: StudyRow, goals: readonly Goal[], reference?: readonly number[]): Promise<FrontTrials> {
  const rows = await db
    .select({ number: trials.number, values: trials.values })
    .from(trials)
    .where(and(eq(trials.studyId, study.id), eq(trials.state, 'complete'), trials.feasible, isNotNull(trials.values)))
    .orderBy(asc(trials.number));
  const losses = rows.map(({ values }) => goals.map(({ direction }, i) => lossOf(values?.[i] ?? Number.NaN, direction)));
  const front = paretoFront(losses);
  const sorted = front.toSorted((a, b) => losses[a]![0]! - losses[b]![0]! || a - b);
  const from = referenceLosses(goals, reference);
  const measured = from === null ? sorted : evenly(sorted, mostMeasured(goals.length));
  const volume =
    from === null
      ? null
      : hypervolume(
          measured.map((at) => losses[at]!),
          from,
        );
  return {
    front: {
      size: front.length,
      hypervolume: finite(volume),
      ...(measured.length < front.length && { measured: measured.length }),
      ...nonFiniteFlag({ hypervolume: volume }),
    },
    numbers: sorted.map((at) => rows[at]!.number),
  };
}

/** Trials of a Pareto set whose exact hypervolume takes less than about half a second. */
function mostMeasured(objectives: number): number {
  return [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 25_000, 500, 200, 100, 50][objectives] ?? 30;
}

function referenceLosses(goals: readonly Goal[], given?: readonly number[]): readonly number[] | null {
  if (given !== undefined && given.length !== goals.length)
    throw new AssayError('usage', `a reference point of ${goals.length} objectives needs ${goals.length} numbers, got ${given.length}`, {
      place: 'reference',
      hint: `give one for each of ${goals.map(({ name }) => name).join(', ')}, in this order: the worst acceptable value`,
    });
  const point = goals.map(({ direction, reference }, i) => {
    const value = given?.[i] ?? reference;
    return value === null ? null : lossOf(value, direction);
  });
  return point.every((loss) => loss !== null) ? point : null;
}

/** Index of an objective. @throws AssayError `usage` */
export function objectiveAt({ name: study, objectives }: Pick<StudyRow, 'name' | 'objectives'>, name: string, place = 'objective'): number {
  const names = objectives?.map((goal) => goal.name) ?? [];
  const at = names.indexOf(name);
  if (at !== -1) return at;
  throw new AssayError('usage', `${study} has no objective ${JSON.stringify(name)}`, {
    place,
    hint:
      names.length === 0 ? 'it has one, which has no name: leave the objective out' : meant(name, names, `there are ${names.join(', ')}`),
  });
}
