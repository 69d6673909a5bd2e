import { z } from 'zod';
import type { Curve, Direction, Forecast } from '../../trial/history.ts';
import { lastIndex, shown } from '../curve.ts';
import { definePruner } from '../define-pruner.ts';
import { percentileOf } from '../order-statistics.ts';
import { keep, type PeerCurve, type PruneDecision, type Pruner } from '../pruner.ts';
import { horizonOf, sampleComplete } from './finished-curve.ts';
import { expectGain } from './gain-model.ts';
import { gridPointAt, gridPoints, sampleCurve } from './sampled-curve.ts';

export const forecastOptions = z.strictObject({
  /** Number of complete, feasible trials before the first decision: late gains are predicted from theirs. */
  startupTrials: z.int().min(5).default(10),
  /** Prunes a trial that is not expected to end among this percentage of the best, ... */
  topPercent: z.number().gt(0).max(100).default(5),
  /** ... even if the forecast is too pessimistic by this multiple of its typical error; the multiple is larger while few trials are complete. */
  margin: z.number().min(0).default(2.5),
});

export type ForecastOptions = z.output<typeof forecastOptions>;

/** Largest number of complete trials, the newest ones, that the forecast is fitted on; more cost time and add little. */
const mostPeers = 60;
/** Gains of the peers are counted from 0.9 of the elapsed time, in favour of trials that are slightly slower. */
const lag = 0.9;
/** A trial has taken off once it has gained this share of the total gain of good trials; ... */
const takeOffShare = 0.35;
/** ... a trial that has not is kept up to this multiple of the latest take-off of a good trial. */
const takeOffPatience = 1.1;
/** The margin is multiplied by 1 + this / n for n complete trials: an error estimated from few trials is uncertain itself. */
const fewTrials = 4;

/**
 * Compares the forecast end of a trial with the ends of complete trials. The remaining gain is predicted by a regression, fitted on the
 * complete trials, from the trial's level and its two latest rates of change. Comparing ends and not current values keeps good trials
 * that start slowly, are noisy or cross others. A trial without progress is kept as long as good trials took to start improving.
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
  // One decision at each grid point but the first, where there is nothing to extrapolate, and the last, where pruning saves nothing.
  if (now < 1 || now >= gridPoints - 1 || now === gridPointAt(stepBefore(self, step), horizon)) return keep;

  const own = sampleCurve(self, horizon, direction, now);
  if (Number.isNaN(own[now]!)) return { prune: true, reason: `no finite value up to step ${step}` };
  const peersOf = complete.map((peer) => ({ peer, levels: sampleComplete(peer, horizon, direction) }));
  const counted = peersOf.filter(({ levels }) => !Number.isNaN(levels[0]!));
  const others = counted.map(({ levels }) => levels);
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
  const expected = expectedValue(own[now]! - gain, error, counted, sign);
  return {
    prune: true,
    ...(expected !== null && { expected }),
    reason: `at a smoothed value of ${shown(sign * own[now]!)} by step ${step} it is expected to end at ${shown(sign * (own[now]! - gain))}, with luck at ${shown(sign * hoped)}; the best ${shown(options.topPercent)} % of ${others.length} complete trials end at ${shown(sign * bar)} or better`,
  };
}

/**
 * Returns the value that a trial with this forecast loss of its last reports would have had: values of complete trials differ from their last reports,
 * by the noise of these at least. (null: it is not finite.)
 */
function expectedValue(
  end: number,
  error: number,
  counted: readonly { readonly peer: PeerCurve; readonly levels: Float64Array }[],
  sign: 1 | -1,
): Forecast | null {
  const beyond = counted.flatMap(({ peer: { value }, levels }) =>
    value === undefined || !Number.isFinite(value) ? [] : [sign * value - levels[gridPoints - 1]!],
  );
  const n = beyond.length;
  const mean = beyond.reduce((sum, more) => sum + more / n, 0);
  const variance = beyond.reduce((sum, more) => sum + (more - mean) ** 2 / n, 0);
  const expected = { value: sign * (end + mean), sd: Math.sqrt(error ** 2 + variance) };
  return Number.isFinite(expected.value) && Number.isFinite(expected.sd) ? expected : null;
}

/** The newest complete trials, without infeasible ones: their values may be out of reach for feasible trials. */
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

/** Writes the current level, its change over the last 0.4 of the elapsed time, and its change over the 0.3 before. */
function writeFeatures(levels: Float64Array, now: number, into: Float64Array, at: number): void {
  const level = levels[now]!;
  const middle = levels[Math.max(Math.round(0.6 * (now + 1)) - 1, 0)]!;
  const early = levels[Math.max(Math.round(0.3 * (now + 1)) - 1, 0)]!;
  into[at] = level;
  into[at + 1] = level - middle;
  into[at + 2] = middle - early;
}

/** True if the trial has begun to improve, or is past the time by which good trials had. */
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

/** The first grid point at which the gain reaches `enough`; -1 if none. */
function takeOff(levels: Float64Array, enough: number): number {
  for (let gridPoint = 0; gridPoint < levels.length; gridPoint++) if (levels[0]! - levels[gridPoint]! >= enough) return gridPoint;
  return -1;
}

function lossesAt(trials: readonly Float64Array[], lossOf: (levels: Float64Array) => number): Float64Array {
  const losses = new Float64Array(trials.length);
  for (let i = 0; i < trials.length; i++) losses[i] = lossOf(trials[i]!);
  return losses;
}

/**
 * Stops a trial that is not expected to end among the best, by a forecast that is fitted on the complete trials.
 *
 * @example
 * ```ts
 * import { forecast } from 'assay';
 *
 * const pruner = forecast({ startupTrials: 20, topPercent: 10 });
 * ```
 */
export const forecast = definePruner({ id: 'forecast', options: forecastOptions, create: createForecastPruner });
