import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { type Curve, type Direction, type History, nextNumber } from '../../trial/history.ts';
import { definePruner } from '../define-pruner.ts';
import { type Advance, keep, type PeerCurve, type PruneDecision, type Pruner } from '../pruner.ts';
import { climb, type Ladder, nextToAdvance, noteAfterManualResume } from './rungs.ts';
import { notedResource, settledResource } from './successive-halving.ts';

export const hyperbandOptions = z.strictObject({
  minResource: z.int().min(1).default(1),
  /** Steps of a full trial. `auto`: those of the longest complete trial; no decision before there is one. */
  maxResource: z.union([z.int().min(1), z.literal('auto')]).default('auto'),
  reductionFactor: z.int().min(2).default(3),
  bootstrapCount: z.int().min(0).default(0),
  /**
   * How trials are assigned to brackets. `balanced`: in turn, so that every sequence of trials has the intended shares. `hash`: by a
   * hash of `studyName` and the trial number, as in Optuna.
   */
  assign: z.enum(['balanced', 'hash']).default('balanced'),
  studyName: z.string().default(''),
  /** Pauses a trial that misses a rung, if it keeps checkpoints; it advances once its value is within the rung's bar. */
  promote: z.boolean().default(false),
  /** Trials that the sampler learns from: those of the next trial's bracket, as in Optuna, or all. */
  lesson: z.enum(['bracket', 'all']).default('bracket'),
});

export type HyperbandOptions = z.output<typeof hyperbandOptions>;

/**
 * Hyperband (Li et al. 2018): several successive-halving ladders, each starting one rung later than the one before, so that trials
 * that start slowly are not always stopped early. Each trial belongs to one bracket and competes only there.
 */
export function createHyperbandPruner(options: HyperbandOptions): Pruner {
  const settled = { ...options, hashOf: hashesOf(options.studyName) };
  return {
    id: 'hyperband',
    decide: (self, peers, direction) => decide(self, peers, direction, settled),
    ...(options.promote && {
      noteAfterManualResume,
      nextToAdvance: (waiting, curves, direction) => nextOfAnyBracket(waiting, curves, direction, settled),
    }),
    ...(options.lesson === 'bracket' && { filterHistory: (history) => historyOfBracket(history, settled) }),
  };
}

interface Settled extends HyperbandOptions {
  readonly hashOf: (number: number) => number;
}

/** Caches the hash of each trial: a decision needs those of all peers. */
function hashesOf(studyName: string): (number: number) => number {
  const known: number[] = [];
  return (number) => {
    known[number] ??= crc32(`${studyName}_${number}`);
    return known[number];
  };
}

function decide(self: Curve, peers: readonly PeerCurve[], direction: Direction, options: Settled): PruneDecision {
  const longest = options.maxResource === 'auto' ? settledResource(self, peers, (last) => last + 1) : options.maxResource;
  if (longest === null) return keep;
  const shares = bracketShares(options.minResource, longest, options.reductionFactor);
  // A full trial ends before the first rung: it is never pruned.
  if (shares.length === 0) return { prune: false, note: { resource: longest, steps: [] } };
  const brackets = bracketsOf(shares, options);
  const bracket = brackets.of(self.number);
  const decision = climb(self, peers, direction, ladderOf(bracket, brackets, options));
  // The note keeps the length of a full trial in place of the ladder's own resource.
  const noted = decision.note === undefined ? decision : { ...decision, note: { ...(decision.note as object), resource: longest } };
  return noted.prune ? { ...noted, reason: `bracket ${bracket + 1} of ${shares.length}: ${noted.reason}` } : noted;
}

/** Of all brackets' candidates, the one with the most steps. */
function nextOfAnyBracket(
  waiting: ReadonlySet<number>,
  curves: readonly PeerCurve[],
  direction: Direction,
  options: Settled,
): Advance | null {
  const longest = options.maxResource === 'auto' ? notedResource(curves) : options.maxResource;
  if (longest === null) return null;
  const shares = bracketShares(options.minResource, longest, options.reductionFactor);
  const brackets = bracketsOf(shares, options);
  let best: ReturnType<typeof nextToAdvance> = null;
  for (let bracket = 0; bracket < shares.length; bracket++) {
    const next = nextToAdvance(waiting, curves, direction, ladderOf(bracket, brackets, options));
    if (next !== null && (best === null || bracket + next.rung > best.rung)) best = { ...next, rung: bracket + next.rung };
  }
  return best === null ? null : { number: best.number, note: { ...(best.note as object), resource: longest } };
}

function ladderOf(bracket: number, brackets: Brackets, { minResource, reductionFactor, bootstrapCount, promote }: Settled): Ladder {
  return { resource: minResource, factor: reductionFactor, first: bracket, bootstrapCount, promote, holds: brackets.holds(bracket) };
}

/** The trials of the next trial's bracket (all while the brackets are unknown). */
function historyOfBracket(history: History, options: Settled): History {
  const longest = options.maxResource === 'auto' ? longestTrial(history) : options.maxResource;
  if (longest === null) return history;
  const shares = bracketShares(options.minResource, longest, options.reductionFactor);
  if (shares.length < 2) return history;
  const brackets = bracketsOf(shares, options);
  const next = nextNumber(history);
  const holds = brackets.holds(brackets.of(next));
  return { ...history, next, observations: history.observations.filter(({ number }) => holds(number)) };
}

function longestTrial({ observations }: History): number | null {
  let longest = -1;
  for (const trial of observations) if (trial.state === 'complete') longest = Math.max(longest, trial.lastStep ?? -1);
  return longest < 0 ? null : longest + 1;
}

/** Relative number of trials of each bracket. */
function bracketShares(minResource: number, maxResource: number, factor: number): readonly number[] {
  const count = Math.floor(Math.log(maxResource / minResource) / Math.log(factor)) + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, bracket) => {
    const rungs = count - 1 - bracket;
    return Math.ceil((count * factor ** rungs) / (rungs + 1));
  });
}

interface Brackets {
  readonly of: (number: number) => number;
  /** Returns a predicate, true for trials of this bracket. */
  readonly holds: (bracket: number) => (number: number) => boolean;
}

/** Assigns trials to brackets by their number. */
function bracketsOf(shares: readonly number[], { assign, hashOf }: Settled): Brackets {
  let total = 0;
  const ends = shares.map((share) => {
    total += share;
    return total;
  });
  // A stride coprime to the total visits every place once per round and interleaves the brackets.
  const stride = strideFor(total);
  const placeOf = (number: number): number => (assign === 'hash' ? hashOf(number) : number * stride) % total;
  return {
    of: (number) => {
      const place = placeOf(number);
      return ends.findIndex((end) => place < end);
    },
    holds: (bracket) => {
      const [from, to] = [ends[bracket]! - shares[bracket]!, ends[bracket]!];
      return (number) => {
        const place = placeOf(number);
        return place >= from && place < to;
      };
    },
  };
}

function strideFor(total: number): number {
  let stride = Math.max(1, Math.round(total * 0.618));
  while (divisor(stride, total) !== 1) stride++;
  return stride;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/**
 * Runs several successive-halving ladders, from one that prunes early to one that never prunes.
 *
 * @example
 * ```ts
 * import { hyperband } from 'assay';
 *
 * const pruner = hyperband({ minResource: 10, maxResource: 810 });
 * ```
 */
export const hyperband = definePruner({ id: 'hyperband', options: hyperbandOptions, create: createHyperbandPruner });
