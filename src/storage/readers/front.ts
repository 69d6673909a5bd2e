import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { hypervolume } from '../../search/objectives/hypervolume.ts';
import { lossOf } from '../../search/objectives/loss.ts';
import { paretoFront } from '../../search/objectives/pareto.ts';
import type { Goal } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { meant } from './find.ts';
import { finite, type NonFiniteFlag, nonFiniteFlag } from './finite.ts';

/** The trade-offs of a study with several objectives: complete trials that meet their constraints and that no other such trial dominates. */
export interface Front extends NonFiniteFlag {
  /** How many. */
  readonly size: number;
  /** What they dominate up to the reference point, in the product of the objectives' units; null without such a point. */
  readonly hypervolume: number | null;
}

export interface FrontTrials {
  readonly front: Front;
  /** Numbers, the best in the first objective first. */
  readonly numbers: readonly number[];
}

/**
 * Reads every complete trial's values.
 * @param reference one figure for each objective; by default what the study says.
 * @throws AssayError `usage` for a reference of another length.
 */
export async function readFront(db: Db, study: StudyRow, goals: readonly Goal[], reference?: readonly number[]): Promise<FrontTrials> {
  const rows = await db
    .select({ number: trials.number, values: trials.values })
    .from(trials)
    .where(and(eq(trials.studyId, study.id), eq(trials.state, 'complete'), trials.feasible, isNotNull(trials.values)))
    .orderBy(asc(trials.number));
  const losses = rows.map(({ values }) => goals.map(({ direction }, i) => lossOf(values?.[i] ?? Number.NaN, direction)));
  const front = paretoFront(losses);
  const from = referenceLosses(goals, reference);
  const volume =
    from === null
      ? null
      : hypervolume(
          front.map((at) => losses[at]!),
          from,
        );
  return {
    front: { size: front.length, hypervolume: finite(volume), ...nonFiniteFlag({ hypervolume: volume }) },
    numbers: front.toSorted((a, b) => losses[a]![0]! - losses[b]![0]! || a - b).map((at) => rows[at]!.number),
  };
}

function referenceLosses(goals: readonly Goal[], given?: readonly number[]): readonly number[] | null {
  if (given !== undefined && given.length !== goals.length)
    throw new AssayError('usage', `${given.length} figures are no reference point of ${goals.length} objectives`, {
      place: 'reference',
      hint: `give one for each of ${goals.map(({ name }) => name).join(', ')}, in this order: the worst that is worth having`,
    });
  const point = goals.map(({ direction, reference }, i) => {
    const figure = given?.[i] ?? reference;
    return figure === null ? null : lossOf(figure, direction);
  });
  return point.every((loss) => loss !== null) ? point : null;
}

/** The place of an objective among a study's. @throws AssayError `usage`. */
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
