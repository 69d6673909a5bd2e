import { referencePoint } from '../../objectives/best-subset.ts';
import { exclusiveVolume } from '../../objectives/hypervolume.ts';
import { paretoFront } from '../../objectives/pareto.ts';
import type { Columns } from './columns.ts';
import type { TpeOptions } from './options.ts';
import { stages } from './rank.ts';
import { lossesAt, sides } from './split.ts';
import { ageingWeights, equalWeights, givenWeights, type KernelWeights } from './weights.ts';

type Weigh = (slots: Int32Array) => KernelWeights;

/**
 * Returns the weights of the good trials: by age; with several objectives equal, in release 4.9 by their contributions to the
 * hypervolume.
 */
export function goodWeights(columns: Columns, split: Uint8Array, { priorWeight, release }: TpeOptions): Weigh {
  if (columns.directions.length === 1) return (slots) => ageingWeights(slots.length, priorWeight);
  if (release === '5') return (slots) => equalWeights(slots.length, priorWeight);
  const contributions = volumeContributions(columns, split);
  return (slots) =>
    givenWeights(
      Float64Array.from(slots, (slot) => contributions.get(slot) ?? least),
      priorWeight,
    );
}

/** Weight of a good trial that contributes nothing or violates a constraint. */
const least = 1e-12;

/** Returns each good trial's contribution to their joint hypervolume, as a share of the largest contribution. */
function volumeContributions(columns: Columns, split: Uint8Array): ReadonlyMap<number, number> {
  const slots = [...split.keys()].filter((slot) => split[slot] === sides.below && columns.stages[slot] === stages.complete);
  const losses = slots.map((slot) => lossesAt(columns, slot));
  if (slots.length <= 1) return new Map(slots.map((slot) => [slot, 1]));
  const reference = referencePoint(losses);
  const front = paretoFront(losses);
  const added = front.map((i) =>
    exclusiveVolume(
      losses[i]!,
      front.filter((other) => other !== i).map((other) => losses[other]!),
      reference,
    ),
  );
  // An infinite loss on the front makes every volume infinite, so all weights are equal.
  if (!added.every(Number.isFinite)) return new Map(slots.map((slot) => [slot, 1]));
  const most = Math.max(...added, least);
  return new Map(front.map((i, at) => [slots[i]!, Math.max(added[at]! / most, least)]));
}
