import { hypervolume } from '../../search/objectives/hypervolume.ts';
import { lossOf } from '../../search/objectives/loss.ts';
import { dominates, type Losses } from '../../search/objectives/pareto.ts';
import type { Goal } from '../../search/trial/history.ts';
import type { FrontChart } from '../routes/charts/front.ts';
import type { TrialColumns } from './columns.ts';
import { drawn } from './numbers.ts';
import { sampleOf } from './sample.ts';
import { completeCode } from './select.ts';

/** Moments at which the hypervolume is measured. */
const mostMoments = 40;
/** Trials that were ever on a front of three or more objectives: the volume of more takes seconds. */
const mostMeasured = 150;

export interface FrontAsked {
  readonly trials: Int32Array;
  readonly goals: readonly Goal[];
  /** Columns of the objectives, in their order. */
  readonly values: readonly Float64Array[];
  readonly maxPoints: number;
  readonly seed: number;
}

type Body = Pick<FrontChart, 'total' | 'used' | 'shown' | 'reduced' | 'size' | 'points' | 'hypervolume'>;

/** Complete trials by their objectives, which of them are on the front, and how the front grew. */
export function front({ state, feasible }: TrialColumns, { trials, goals, values, maxPoints, seed }: FrontAsked): Body {
  const used = trials.filter((number) => state[number] === completeCode && values.every((column) => !Number.isNaN(column[number]!)));
  const lossesOf = (number: number): Losses => goals.map(({ direction }, i) => lossOf(values[i]![number]!, direction));
  const { now, ever } = frontOf(
    used.filter((number) => feasible[number] === 1),
    lossesOf,
  );
  const onFront = new Set(now);
  const members = sampleOf(
    Int32Array.from(now),
    used.length <= maxPoints ? now.length : Math.max(maxPoints >> 1, maxPoints - (used.length - now.length)),
    seed,
  );
  const others = sampleOf(
    used.filter((number) => !onFront.has(number)),
    maxPoints - members.length,
    seed,
  );
  const shown = used.length <= maxPoints ? used : Int32Array.from([...members, ...others]).sort();
  return {
    total: trials.length,
    used: used.length,
    shown: shown.length,
    reduced: shown.length === used.length ? 'none' : members.length === shown.length ? 'front' : 'sample',
    size: now.length,
    points: {
      values: Object.fromEntries(goals.map(({ name }, i) => [name, drawn(Array.from(shown, (number) => values[i]![number]!))])),
      number: [...shown],
      onFront: Array.from(shown, (number) => onFront.has(number)),
      feasible: Array.from(shown, (number) => feasible[number] === 1),
    },
    hypervolume: volumes(ever, goals, lossesOf),
  };
}

/** Numbers on the front now, ascending, and those that were on it when they were the newest. */
function frontOf(
  numbers: Int32Array,
  lossesOf: (number: number) => Losses,
): { readonly now: readonly number[]; readonly ever: readonly number[] } {
  // The point that dominated last is compared first: it is likely to dominate the next one, too.
  let members: { readonly number: number; readonly losses: Losses }[] = [];
  const ever: number[] = [];
  for (const number of numbers) {
    const losses = lossesOf(number);
    const above = members.findIndex((member) => dominates(member.losses, losses));
    if (above !== -1) {
      if (above > 0) members.unshift(...members.splice(above, 1));
      continue;
    }
    members = members.filter((member) => !dominates(losses, member.losses));
    members.push({ number, losses });
    ever.push(number);
  }
  return { now: members.map(({ number }) => number).sort((a, b) => a - b), ever };
}

function volumes(ever: readonly number[], goals: readonly Goal[], lossesOf: (number: number) => Losses): Body['hypervolume'] {
  const reference = goals.map(({ direction, reference: point }) => (point === null ? Number.NaN : lossOf(point, direction)));
  if (goals.some(({ reference: point }) => point === null) || (goals.length > 2 && ever.length > mostMeasured)) return null;
  const losses = ever.map(lossesOf);
  const moments = Math.min(ever.length, mostMoments);
  const places = Array.from({ length: moments }, (_, i) => (moments === 1 ? 0 : Math.round((i * (ever.length - 1)) / (moments - 1))));
  return {
    number: places.map((place) => ever[place]!),
    value: places.map((place) => hypervolume(losses.slice(0, place + 1), reference)),
  };
}
