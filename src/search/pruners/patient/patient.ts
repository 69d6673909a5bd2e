import { z } from 'zod';
import type { Json } from '../../../core/json.ts';
import type { Curve, Direction } from '../../trial/history.ts';
import { bestReport, isBetter, shown } from '../curve.ts';
import { definePruner } from '../define-pruner.ts';
import { keep, type PeerCurve, type PruneDecision, type Pruner } from '../pruner.ts';

export const patientOptions = z.strictObject({
  /** The pruner that decides once patience is exhausted, as `{ id, options }` (null: prune). */
  wrapped: z
    .strictObject({ id: z.string(), options: z.custom<Json>((value) => value !== undefined) })
    .nullable()
    .default(null),
  /** Number of reports without improvement that are allowed. */
  patience: z.int().min(0),
  /** Smallest change that counts as an improvement. */
  minDelta: z.number().min(0).default(0),
});

export interface PatientOptions {
  readonly patience: number;
  readonly minDelta: number;
}

/**
 * Prunes, or lets the wrapped pruner decide, if the last reports are no better than those before them. NaN is ignored, unless twice
 * that number of reports are all NaN.
 */
export function createPatientPruner(wrapped: Pruner | null, options: PatientOptions): Pruner {
  return {
    id: 'patient',
    decide: (self, peers, direction) => decide(self, peers, direction, wrapped, options),
    ...(wrapped?.filterHistory !== undefined && { filterHistory: wrapped.filterHistory }),
    ...(wrapped?.nextToAdvance !== undefined && { nextToAdvance: wrapped.nextToAdvance }),
    ...(wrapped?.noteAfterManualResume !== undefined && { noteAfterManualResume: wrapped.noteAfterManualResume }),
  };
}

function decide(
  self: Curve,
  peers: readonly PeerCurve[],
  direction: Direction,
  wrapped: Pruner | null,
  { patience, minDelta }: PatientOptions,
): PruneDecision {
  const order = self.steps.map((_, i) => i).sort((a, b) => self.steps[a]! - self.steps[b]!);
  const split = order.length - (patience + 1);
  if (split <= 0) return keep;
  const bestOf = (positions: readonly number[]): number =>
    bestReport({ number: self.number, steps: positions, values: positions.map((i) => self.values[i]!) }, direction).value;
  const isNaNFor = (reports: number): boolean =>
    order.length >= reports && order.slice(-reports).every((i) => Number.isNaN(self.values[i]!));
  const [before, after] = [bestOf(order.slice(0, split)), bestOf(order.slice(split))];
  // isBetter is false if a part holds nothing but NaN.
  const improvable = direction === 'minimize' ? before + minDelta : before - minDelta;
  const spent = isBetter(improvable, after, direction) || isNaNFor(2 * (patience + 1));
  if (!spent) return keep;
  if (wrapped !== null) return wrapped.decide(self, peers, direction);
  return {
    prune: true,
    reason: `no value better than ${shown(before)} in the last ${patience + 1} reports (best of them ${shown(after)})`,
  };
}

/**
 * Stops a trial, or asks the wrapped pruner, when it has not improved for `patience` reports.
 *
 * @example
 * ```ts
 * import { median, patient } from 'assay';
 *
 * const pruner = patient({ patience: 5, wrapped: median() });
 * ```
 */
export const patient = definePruner({
  id: 'patient',
  options: patientOptions,
  create: ({ wrapped, ...options }, createOther) => createPatientPruner(wrapped === null ? null : createOther(wrapped), options),
});
