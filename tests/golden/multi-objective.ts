import { spreadSubset } from '../../src/search/objectives/best-subset.ts';
import { hypervolume } from '../../src/search/objectives/hypervolume.ts';
import { dominationRanks, paretoFront } from '../../src/search/objectives/pareto.ts';
import { agrees, type GoldenNumber } from './read.ts';

export interface MultiObjectiveGolden {
  readonly cases: readonly MultiObjectiveCase[];
}

interface MultiObjectiveCase {
  readonly loss: readonly (readonly GoldenNumber[])[];
  readonly ranks: readonly number[];
  readonly reference_point: readonly number[];
  readonly hypervolume: GoldenNumber;
  readonly front_indices: readonly number[];
  readonly hssp_k: number;
  readonly hssp_reference_point: readonly GoldenNumber[];
  /** Positions in the front. */
  readonly hssp_selected_in_front_order: readonly number[];
}

/** Returns the disagreements as text, empty if there are none. */
export function checkMultiObjective(golden: MultiObjectiveCase): readonly string[] {
  const points = golden.loss.map((losses) => losses.map(Number));
  const faults: string[] = [];
  const compare = (what: string, actual: readonly number[], wanted: readonly number[]): void => {
    if (actual.join() !== wanted.join()) faults.push(`${what}: ${actual.join()}, not ${wanted.join()}`);
  };
  const front = paretoFront(points);
  compare('front', front, golden.front_indices);
  compare('ranks', [...dominationRanks(points)], golden.ranks);
  const volume = hypervolume(points, golden.reference_point);
  if (!agrees(volume, golden.hypervolume)) faults.push(`hypervolume: ${volume}, not ${golden.hypervolume}`);
  const subset = spreadSubset(
    front.map((i) => points[i]!),
    golden.hssp_k,
  );
  const sorted = (positions: readonly number[]): number[] => [...positions].sort((a, b) => a - b);
  compare('subset', sorted(subset), sorted(golden.hssp_selected_in_front_order));
  return faults;
}
