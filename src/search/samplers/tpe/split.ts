import { bestSubset } from '../../objectives/best-subset.ts';
import { type Complete, lossesOf } from '../../objectives/loss.ts';
import type { Losses } from '../../objectives/pareto.ts';
import { type Columns, isConstrained } from './columns.ts';
import type { TpeOptions } from './options.ts';
import { stages } from './rank.ts';

/** Side of the split of a slot. */
export const sides = { none: 0, below: 1, above: 2 } as const;

/**
 * Returns a side per slot: the `count` best trials are below, all others above (failed ones too, and running ones with `constantLiar`).
 */
export function splitTrials(columns: Columns, count: number, options: Pick<TpeOptions, 'constantLiar' | 'release'>): Uint8Array {
  const stageOf = stagesUnder(columns, options);
  const split = new Uint8Array(columns.count);
  for (let slot = 0; slot < columns.count; slot++) {
    const stage = stageOf[slot]!;
    const out = stage === stages.gone || (stage === stages.running && !options.constantLiar);
    split[slot] = out ? sides.none : sides.above;
  }
  const front = columns.directions.length > 1 ? bestOfSeveral(columns, stageOf, count) : null;
  for (const slot of front ?? []) split[slot] = sides.below;
  const rest = count - (front?.length ?? 0);
  for (const slot of bestRanked(columns, stageOf, front === null ? stages.complete : stages.pruned, rest)) split[slot] = sides.below;
  return split;
}

/**
 * Returns the stages of the slots. In release 4.9 a trial without constraints, in a study that has some, ranks behind all that have them.
 */
function stagesUnder(columns: Columns, { release }: Pick<TpeOptions, 'release'>): Uint8Array {
  if (release === '5' || columns.constrained === 0) return columns.stages;
  return columns.stages.map((stage, slot) =>
    stage < stages.infeasible && !isConstrained(columns.observations[slot]) ? stages.unconstrained : stage,
  );
}

/** Returns the best `count` slots from a stage on, in one pass that keeps the best so far sorted. */
function bestRanked(columns: Columns, stageOf: Uint8Array, firstStage: number, count: number): readonly number[] {
  const { majors, minors } = columns;
  const worse = (a: number, b: number): boolean => {
    if (stageOf[a] !== stageOf[b]) return stageOf[a]! > stageOf[b]!;
    if (majors[a] !== majors[b]) return majors[a]! > majors[b]!;
    return minors[a]! > minors[b]!;
  };
  const best: number[] = [];
  if (count <= 0) return best;
  for (let slot = 0; slot < columns.count; slot++) {
    const stage = stageOf[slot]!;
    if (stage < firstStage || stage >= stages.failed) continue;
    // In a long history nearly every trial ends here, after two comparisons.
    if (best.length === count && !worse(best[count - 1]!, slot)) continue;
    if (best.length === count) best.pop();
    let place = best.length;
    while (place > 0 && worse(best[place - 1]!, slot)) place--;
    best.splice(place, 0, slot);
  }
  return best;
}

function bestOfSeveral(columns: Columns, stageOf: Uint8Array, count: number): readonly number[] {
  const slots: number[] = [];
  for (let slot = 0; slot < columns.count; slot++) if (stageOf[slot] === stages.complete) slots.push(slot);
  return bestSubset(
    slots.map((slot) => lossesAt(columns, slot)),
    count,
  ).map((i) => slots[i]!);
}

/** Returns one loss per objective of a complete trial. */
export function lossesAt({ observations, directions }: Columns, slot: number): Losses {
  return lossesOf(observations[slot] as Complete, directions);
}
