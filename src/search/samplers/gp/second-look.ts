import type { Rng } from '../../../core/rng.ts';
import { encodeParams } from '../../space/codec.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import { type History, hasResult, meetsConstraints } from '../../trial/history.ts';
import { noiseFreeMeans } from './acquisition.ts';
import { coordinatesOf, type Point, pointOf } from './coordinates.ts';
import { expectedLargestGain } from './expected-largest.ts';
import { believing, thinned } from './model.ts';
import { objectiveModel } from './objective-model.ts';
import { keyOf } from './optimize.ts';
import type { GpPolicy } from './policy.ts';
import { createProbe } from './probe.ts';
import { isNoisy } from './process.ts';
import { rankedTrials } from './ranked-trials.ts';

/** Number of tried configurations that a second look is considered at: those of the largest posterior mean. */
const considered = 8;

/** A second look must be worth n times the new trial: one step ahead undervalues what a new place opens up (docs/search.md). */
const preference = 10;

/**
 * Returns the params of the tried configuration at which one more trial is expected to add most to the best posterior mean of all configurations,
 * if it adds more than a trial of the new params (null: it does not, or there is no model). Both are the knowledge gradient of one more trial:
 * whether to replicate or to explore is the same question of one step ahead (Binois et al. 2019, "Replication or exploration?").
 * @param params that would be tried next.
 */
export function secondLook(space: CompiledSpace, history: History, params: FlatParams, rng: Rng, policy: GpPolicy): FlatParams | null {
  const coordinates = coordinatesOf(space);
  const at = (given: FlatParams): Point | null => pointOf(coordinates, encodeParams(space, given));
  const next = at(params);
  const trials = thinned(rankedTrials(history, at, rng), policy.capacity);
  if (next === null || trials.length < policy.startupTrials) return null;
  const input = { coordinates, history, trials, at, policy, rng };
  const model = objectiveModel(input);
  if (model === null || !isNoisy(model.process)) return null;
  const pending = history.observations.flatMap((trial) => (trial.state === 'running' ? (at(trial.params) ?? []) : [])).slice(-50);
  const process = believing(model, pending);
  const { noise } = process;
  const targets = Float64Array.from([...model.data.targets, ...new Float64Array(process.points.length - model.data.points.length)]);
  const means = noiseFreeMeans(process, targets);
  const counted = model.data.points.flatMap((_, i) => (meetsConstraints(trials[i]!.constraints) ? [i] : []));
  const ofOneTrial = noise.reduce((sum, own) => sum + own / noise.length, 0);
  const probe = createProbe(process);
  /** Knowledge gradient of one more trial at a point; `fresh`: it joins the configurations that may be best. */
  const worth = (point: Point, fresh: boolean): number => {
    probe.moveTo(point, false);
    const variance = probe.variance();
    const spread = Math.sqrt(variance + ofOneTrial);
    // Covariance of the values at an observed point and here: noise there times (K + N)^-1 k.
    const pulls = probe.pulls();
    const lines = counted.map((i): readonly [number, number] => [means[i]!, (noise[i]! * pulls[i]!) / spread]);
    if (fresh) lines.push([process.mean + probe.trend() + probe.weighed(process.weights), variance / spread]);
    return expectedLargestGain(
      Float64Array.from(lines, ([mean]) => mean),
      Float64Array.from(lines, ([, slope]) => slope),
    );
  };
  let most = preference * worth(next, true);
  let again: Point | null = null;
  const seen = new Set<string>();
  for (const i of counted.toSorted((a, b) => means[b]! - means[a]!)) {
    const point = model.data.points[i]!;
    if (seen.has(keyOf(point))) continue;
    if (seen.add(keyOf(point)).size > considered) break;
    const gain = worth(point, false);
    if (gain > most) [most, again] = [gain, point];
  }
  if (again === null) return null;
  const key = keyOf(again);
  // The params as they were tried, not as the point says them.
  return history.observations.find((trial) => hasResult(trial) && keyOf(at(trial.params) ?? next) === key)?.params ?? null;
}
