import { z } from 'zod';
import type { Curve, Direction } from '../../trial/history.ts';
import { lastIndex, shown } from '../curve.ts';
import { definePruner } from '../define-pruner.ts';
import { percentileOf } from '../order-statistics.ts';
import { keep, type PeerCurve, type PruneDecision, type Pruner } from '../pruner.ts';
import { horizonOf, sampleComplete } from './finished-curve.ts';
import { expectGain } from './gain-model.ts';
import { gridPointAt, gridPoints, sampleCurve } from './sampled-curve.ts';

export const forecastOptions = z.strictObject({
  /** No verdict before so many trials are complete and meet their constraints: what they gained late is all that is known of late gains. */
  startupTrials: z.int().min(5).default(10),
  /** Prune what is not expected to end among so many percent of the best, ... */
  topPercent: z.number().gt(0).max(100).default(5),
  /** ... not even if the forecast is wrong by so many times its typical error; more while few trials are complete. */
  margin: z.number().min(0).default(2.5),
});

export type ForecastOptions = z.output<typeof forecastOptions>;

/** The newest complete trials are what is learnt from; more would cost time and teach little. */
const mostPeers = 60;
/** Late gains are counted as if the trial were at nine tenths of its time: others may be a little slower. */
const lag = 0.9;
/** A trial takes off when it has gained this share of what good trials gain in all; ... */
const takeOffShare = 0.35;
/** ... until somewhat after the last good trial took off, one that has not is kept. */
const takeOffPatience = 1.1;
/** The margin is widened by this over the number of complete trials: a typical error learnt from few is itself a guess. */
const fewTrials = 4;

/**
 * Compares where a trial will end with where others ended, not where they stand: from its level and its two latest slopes the
 * complete trials tell how much it may still gain, so that slow starters, noise and curves that cross cost no good trial.
 * A trial that has not moved yet is kept for as long as good ones took to get going.
 */
export function createForecastPruner(options: ForecastOptions): Pruner {
  return { id: 'forecast', decide: (self, peers, direction) => decide(self, peers, direction, options) };
}

function decide(self: Curve, peers: readonly PeerCurve[], direction: Direction, options: ForecastOptions): PruneDecision {
  const last = lastIndex(self);
  const complete = newestComplete(peers);
  if (last < 0 || complete.length < options.startupTrials) return keep;
  const horizon = horizonOf(complete);
  const step = self.steps[last]!;
  const now = gridPointAt(step, horizon);
  // One verdict for each checkpoint; at the first nothing can be told, at the last it is too late.
  if (now < 1 || now >= gridPoints - 1 || now === gridPointAt(stepBefore(self, step), horizon)) return keep;

  const own = sampleCurve(self, horizon, direction, now);
  if (Number.isNaN(own[now]!)) return { prune: true, reason: `no finite value up to step ${step}` };
  const others = complete.map((peer) => sampleComplete(peer, horizon, direction)).filter((levels) => !Number.isNaN(levels[0]!));
  if (others.length < options.startupTrials) return keep;
  const ends = lossesAt(others, (levels) => levels[gridPoints - 1]!);
  if (!hasTakenOff(own, others, ends)) return keep;

  const earlier = Math.max(Math.round(lag * (now + 1)) - 1, 0);
  const features = new Float64Array(featureCount * others.length);
  others.forEach((levels, i) => {
    writeFeatures(levels, now, features, featureCount * i);
  });
  const ownFeatures = new Float64Array(featureCount);
  writeFeatures(own, now, ownFeatures, 0);
  const gains = lossesAt(others, (levels) => levels[earlier]! - levels[gridPoints - 1]!);
  const { gain, error } = expectGain(features, gains, ownFeatures);
  const hoped = own[now]! - gain - options.margin * (1 + fewTrials / others.length) * error;
  const bar = percentileOf(ends.slice(), ends.length, options.topPercent);
  if (!(hoped > bar)) return keep;
  const sign = direction === 'minimize' ? 1 : -1;
  return {
    prune: true,
    reason: `at ${shown(sign * own[now]!)} by step ${step} it is expected to end at ${shown(sign * (own[now]! - gain))}, with luck at ${shown(sign * hoped)}; the best ${shown(options.topPercent)} % of ${others.length} complete trials end at ${shown(sign * bar)} or better`,
  };
}

/** Without those that missed a constraint: what these reach, others may not. */
function newestComplete(peers: readonly PeerCurve[]): readonly PeerCurve[] {
  const complete: PeerCurve[] = [];
  for (let i = peers.length - 1; i >= 0 && complete.length < mostPeers; i--)
    if (peers[i]!.state === 'complete' && peers[i]!.feasible !== false && peers[i]!.steps.length > 0) complete.push(peers[i]!);
  return complete;
}

function stepBefore({ steps }: Curve, step: number): number {
  let before = -1;
  for (const other of steps) if (other < step && other > before) before = other;
  return before;
}

const featureCount = 3;

/** Level now, and how it fell over the last four tenths of the time and over the three before. */
function writeFeatures(levels: Float64Array, now: number, into: Float64Array, at: number): void {
  const level = levels[now]!;
  const middle = levels[Math.max(Math.round(0.6 * (now + 1)) - 1, 0)]!;
  const early = levels[Math.max(Math.round(0.3 * (now + 1)) - 1, 0)]!;
  into[at] = level;
  into[at + 1] = level - middle;
  into[at + 2] = middle - early;
}

/** Whether the trial has begun to learn, or is past the time by which good ones had. */
function hasTakenOff(own: Float64Array, others: readonly Float64Array[], ends: Float64Array): boolean {
  const middle = percentileOf(ends.slice(), ends.length, 50);
  const good = others.filter((_, i) => ends[i]! <= middle);
  const gains = lossesAt(good, (levels) => levels[0]! - levels[gridPoints - 1]!);
  const enough = takeOffShare * percentileOf(gains, gains.length, 50);
  if (takeOff(own, enough) >= 0) return true;
  let latest = -1;
  for (const levels of good) latest = Math.max(latest, takeOff(levels, enough));
  return own.length > takeOffPatience * (latest + 1);
}

/** The first checkpoint at which so much was gained; -1 if at none. */
function takeOff(levels: Float64Array, enough: number): number {
  for (let gridPoint = 0; gridPoint < levels.length; gridPoint++) if (levels[0]! - levels[gridPoint]! >= enough) return gridPoint;
  return -1;
}

function lossesAt(trials: readonly Float64Array[], figure: (levels: Float64Array) => number): Float64Array {
  const figures = new Float64Array(trials.length);
  for (let i = 0; i < trials.length; i++) figures[i] = figure(trials[i]!);
  return figures;
}

/**
 * Stops a trial that is not expected to end among the best, from how the complete trials went on from where it is.
 *
 * @example
 * ```ts
 * import { forecast } from 'assay';
 *
 * const pruner = forecast({ startupTrials: 20, topPercent: 10 });
 * ```
 */
export const forecast = definePruner({ id: 'forecast', options: forecastOptions, create: createForecastPruner });
