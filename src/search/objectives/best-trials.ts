import type { Direction, Observation } from '../trial/history.ts';
import { type Complete, lossesOf, violation } from './loss.ts';
import { paretoFront } from './pareto.ts';

/**
 * Returns the best feasible complete trials in the order of their numbers: with one objective the first with the best value, with several
 * the Pareto set. NaN counts as the worst value.
 */
export function bestTrials(observations: readonly Observation[], directions: readonly Direction[]): readonly Complete[] {
  const feasible = observations.filter((trial) => trial.state === 'complete').filter((trial) => violation(trial) === 0);
  const front = paretoFront(feasible.map((trial) => lossesOf(trial, directions))).map((at) => feasible[at]!);
  return directions.length === 1 ? front.slice(0, 1) : front;
}
