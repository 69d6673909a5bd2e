import { evenly } from '../../core/evenly.ts';
import { hypervolume } from '../../search/objectives/hypervolume.ts';
import { lossOf } from '../../search/objectives/loss.ts';
import { compareLosses, dominates, type Losses, paretoFront } from '../../search/objectives/pareto.ts';
import type { Goal } from '../../search/trial/history.ts';
import type { FrontChart } from '../routes/charts/front.ts';
import type { TrialColumns } from './columns.ts';
import { drawn, valuesAt } from './numbers.ts';
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
  const candidates = used.filter((number) => feasible[number] === 1);
  const losses = Array.from(candidates, lossesOf);
  const now = paretoFront(losses).map((place) => candidates[place]!);
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
      values: Object.fromEntries(goals.map(({ name }, i) => [name, drawn(valuesAt(values[i]!, shown))])),
      number: [...shown],
      onFront: Array.from(shown, (number) => onFront.has(number)),
      feasible: Array.from(shown, (number) => feasible[number] === 1),
    },
    hypervolume: volumes(candidates, losses, goals),
  };
}

/**
 * Places of the points that no earlier one dominated: those that were on the front when they were the newest. In the order of the first loss
 * the least second loss up to a place is kept in a tree of prefixes (Fenwick 1994), so each point takes log n steps.
 */
function everOnFront(losses: readonly Losses[]): readonly number[] {
  const firsts = Float64Array.from(new Set(losses.map(([first]) => first!))).sort();
  const rankOf = new Map(Array.from(firsts, (first, rank) => [first, rank]));
  const least = new Float64Array(firsts.length + 1).fill(Number.POSITIVE_INFINITY);
  const leastHere = new Float64Array(firsts.length).fill(Number.POSITIVE_INFINITY);
  const met = new Uint8Array(firsts.length + 1);
  return losses.flatMap(([first, second], place) => {
    const rank = rankOf.get(first!)!;
    let isDominated = leastHere[rank]! < second!;
    for (let at = rank; at > 0 && !isDominated; at -= at & -at) isDominated = met[at] === 1 && least[at]! <= second!;
    if (isDominated) return [];
    leastHere[rank] = second!;
    for (let at = rank + 1; at <= firsts.length; at += at & -at) {
      least[at] = Math.min(least[at]!, second!);
      met[at] = 1;
    }
    return [place];
  });
}

/** The same for any number of objectives; null: they are more than `most`. */
function fewEverOnFront(losses: readonly Losses[], most: number): readonly number[] | null {
  let members: Losses[] = [];
  const ever: number[] = [];
  for (const [place, own] of losses.entries()) {
    // The point that dominated last is compared first: it is likely to dominate the next one, too.
    const above = members.findIndex((member) => dominates(member, own));
    if (above !== -1) {
      if (above > 0) members.unshift(...members.splice(above, 1));
      continue;
    }
    if (ever.length === most) return null;
    members = [...members.filter((member) => !dominates(own, member)), own];
    ever.push(place);
  }
  return ever;
}

function volumes(numbers: Int32Array, losses: readonly Losses[], goals: readonly Goal[]): Body['hypervolume'] {
  if (goals.some(({ reference }) => reference === null)) return null;
  const reference = goals.map(({ direction, reference: point }) => lossOf(point!, direction));
  const ever = goals.length === 2 ? everOnFront(losses) : fewEverOnFront(losses, mostMeasured);
  if (ever === null) return null;
  const ends = evenly([...ever.keys()], mostMoments);
  // Sorted once: each moment takes those that were there, in an order that need not be sorted again.
  const order = ever.map((_, i) => i).sort((a, b) => compareLosses(losses[ever[a]!]!, losses[ever[b]!]!));
  const until = (end: number): readonly Losses[] => order.flatMap((i) => (i <= end ? [losses[ever[i]!]!] : []));
  return {
    number: ends.map((end) => numbers[ever[end]!]!),
    value: ends.map((end) => hypervolume(until(end), reference)),
  };
}
