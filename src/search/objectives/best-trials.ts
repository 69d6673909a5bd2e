import type { Direction, Observation } from '../trial/history.ts';
import { type Complete, lossesOf, violation } from './loss.ts';
import { paretoFront } from './pareto.ts';

/**
 * The best complete trials that meet their constraints, in the order of their numbers: with one objective the first of the
 * best value, with several all that no other dominates (the Pareto set). A value of NaN counts as the worst.
 */
export function bestTrials(observations: readonly Observation[], directions: readonly Direction[]): readonly Complete[] {
  const feasible = observations.filter((trial) => trial.state === 'complete').filter((trial) => violation(trial) === 0);
  const front = paretoFront(feasible.map((trial) => lossesOf(trial, directions))).map((at) => feasible[at]!);
  return directions.length === 1 ? front.slice(0, 1) : front;
}
