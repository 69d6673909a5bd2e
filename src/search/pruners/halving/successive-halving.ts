import { z } from 'zod';
import type { Curve, Direction } from '../../trial/history.ts';
import { lastIndex } from '../curve.ts';
import { definePruner } from '../define-pruner.ts';
import { keep, type PeerCurve, type PruneDecision, type Pruner } from '../pruner.ts';
import { climb, type Ladder, nextToAdvance, noteAfterManualResume, noteOf } from './rungs.ts';

export const successiveHalvingOptions = z.strictObject({
  /** Steps up to the first rung. `auto`: a hundredth of the longest complete trial; no decision before there is one. */
  minResource: z.union([z.int().min(1), z.literal('auto')]).default('auto'),
  /** One in this number of trials passes a rung, and each rung lies this factor further than the one before. */
  reductionFactor: z.int().min(2).default(4),
  /** Number of rungs to skip at the start. */
  minEarlyStoppingRate: z.int().min(0).default(0),
  /** No trial passes a rung before more than this number of trials have reached it. */
  bootstrapCount: z.int().min(0).default(0),
  /** Pauses a trial that misses a rung, if it keeps checkpoints; it advances once its value is within the rung's bar. */
  promote: z.boolean().default(false),
});

export type SuccessiveHalvingOptions = z.output<typeof successiveHalvingOptions>;

/** One ladder of rungs for all trials, see {@link climb}. */
export function createSuccessiveHalvingPruner(options: SuccessiveHalvingOptions): Pruner {
  return {
    id: 'successive-halving',
    decide: (self, peers, direction) => decide(self, peers, direction, options),
    ...(options.promote && {
      noteAfterManualResume,
      nextToAdvance: (waiting, curves, direction) => {
        const resource = notedResource(curves);
        return resource === null ? null : nextToAdvance(waiting, curves, direction, ladderOf(resource, options));
      },
    }),
  };
}

function ladderOf(resource: number, options: SuccessiveHalvingOptions): Ladder {
  const { reductionFactor: factor, minEarlyStoppingRate: first, bootstrapCount, promote } = options;
  return { resource, factor, first, bootstrapCount, promote };
}

function decide(self: Curve, peers: readonly PeerCurve[], direction: Direction, options: SuccessiveHalvingOptions): PruneDecision {
  const resource =
    options.minResource === 'auto'
      ? settledResource(self, peers, (longest) => Math.max(1, Math.floor(longest / 100)))
      : options.minResource;
  return resource === null ? keep : climb(self, peers, direction, ladderOf(resource, options));
}

/** The resource in use, from the notes (null if there is no note). */
export function notedResource(curves: readonly Curve[]): number | null {
  for (const curve of curves) {
    const note = noteOf(curve);
    if (note !== null) return note.resource;
  }
  return null;
}

/** The resource set when the first trial was complete (null before). Notes keep it, so later trials do not change it. */
export function settledResource(self: Curve, peers: readonly PeerCurve[], settle: (longest: number) => number): number | null {
  const noted = noteOf(self);
  if (noted !== null) return noted.resource;
  let longest = -1;
  for (const peer of peers) {
    const note = noteOf(peer);
    if (note !== null) return note.resource;
    if (peer.state === 'complete' && peer.steps.length > 0) longest = Math.max(longest, peer.steps[lastIndex(peer)]!);
  }
  return longest < 0 ? null : settle(longest);
}

/**
 * Lets one in `reductionFactor` trials pass each rung; each rung takes `reductionFactor` times the steps of the one before.
 *
 * @example
 * ```ts
 * import { successiveHalving } from 'assay';
 *
 * const pruner = successiveHalving({ minResource: 10, reductionFactor: 3 });
 * ```
 */
export const successiveHalving = definePruner({
  id: 'successive-halving',
  options: successiveHalvingOptions,
  create: createSuccessiveHalvingPruner,
});
