import type { Json } from '../../../core/json.ts';
import type { Curve, Direction } from '../../trial/history.ts';
import { isBetter, lastIndex, shown, valueAt } from '../curve.ts';
import { feasibleValues, knownFeasible, type PeerValue } from '../feasible-peers.ts';
import { selectSmallest } from '../order-statistics.ts';
import type { Advance, PeerCurve, PruneDecision } from '../pruner.ts';

/** A ladder of rungs: rung k is reached at step resource * factor^(first + k). */
export interface Ladder {
  readonly resource: number;
  readonly factor: number;
  readonly first: number;
  /** No trial passes a rung before more than this number of trials have reached it. */
  readonly bootstrapCount: number;
  /** Pauses a trial that misses a rung until its value is within the bar. */
  readonly promote?: boolean;
  /** True if the trial with this number is on the ladder (absent: all are). */
  readonly holds?: (number: number) => boolean;
}

/** Note of a trial: the step at which it was counted at each rung, and the resource in use then. */
export interface RungNote {
  readonly resource: number;
  readonly steps: readonly number[];
  /** Number of rungs that are not decided again: the trial missed one, then advanced or was resumed by a person. */
  readonly promoted?: number;
}

/** The note of a curve (null if it has none). */
export function noteOf({ note }: Pick<Curve, 'note'>): RungNote | null {
  return typeof note === 'object' && note !== null && 'resource' in note ? (note as unknown as RungNote) : null;
}

/** The step at which a trial was counted at each rung; without stored notes, the first report at or past each rung. */
function rungSteps(curve: Curve, ladder: Ladder): readonly number[] {
  if (curve.note !== undefined) return noteOf(curve)?.steps ?? [];
  const steps: number[] = [];
  curve.steps.forEach((step, i) => {
    while (step >= stepOfRung(ladder, steps.length) && !Number.isNaN(curve.values[i]!)) steps.push(step);
  });
  return steps;
}

function stepOfRung({ resource, factor, first }: Ladder, rung: number): number {
  return resource * factor ** (first + rung);
}

/**
 * Asynchronous successive halving (Li et al. 2020, "A system for massively parallel hyperparameter tuning"): a trial passes a
 * rung if it is among the best 1/factor of those that reached it so far. It may pass several rungs with one report. NaN at a rung
 * prunes. A trial that misses a rung is stopped, or with `promote` paused until {@link nextToAdvance} returns it.
 */
export function climb(self: Curve, peers: readonly PeerCurve[], direction: Direction, ladder: Ladder): PruneDecision {
  const last = lastIndex(self);
  if (last < 0) return { prune: false };
  const step = self.steps[last]!;
  const value = self.values[last]!;
  // A note may hold later steps: if a report is repeated after its answer was lost, and in an attempt resumed from a checkpoint.
  const steps = rungSteps(withoutReport(self, last), ladder).filter((counted) => counted < step && self.steps.includes(counted));
  const behind = noteOf(self)?.promoted ?? 0;
  const noted = <V extends PruneDecision>(decision: V): V => ({
    ...decision,
    note: noteAs({ resource: ladder.resource, steps: [...steps], promoted: behind }),
  });
  const misses = (reason: string): PruneDecision => noted({ prune: true, reason, ...(ladder.promote === true && { pause: true }) });
  for (;;) {
    const rung = steps.length;
    if (step < stepOfRung(ladder, rung)) return noted({ prune: false });
    if (Number.isNaN(value)) return noted({ prune: true, reason: `NaN at rung ${rung} (step ${step})` });
    steps.push(step);
    if (rung < behind) continue;
    const { bar, reached } = barAt(rung, [value], peers, direction, ladder);
    if (bar === null)
      return misses(`rung ${rung} (step ${step}) lets no trial pass before ${ladder.bootstrapCount + 1} trials have reached it`);
    if (isBetter(bar, value, direction))
      return misses(
        `value ${shown(value)} at rung ${rung} (step ${step}) is not among the best 1/${ladder.factor} of ${reached} trials, which ends at ${shown(bar)}`,
      );
  }
}

/**
 * Returns the paused trial that advances now: the best one at the highest rung that has a trial within its bar (null if there is none).
 * Trials at higher rungs come first, as in the paper.
 */
export function nextToAdvance(
  waiting: ReadonlySet<number>,
  curves: readonly PeerCurve[],
  direction: Direction,
  ladder: Ladder,
): (Advance & { readonly rung: number }) | null {
  const candidates = curves.flatMap((curve) => {
    const steps = waiting.has(curve.number) && ladder.holds?.(curve.number) !== false ? (noteOf(curve)?.steps ?? []) : [];
    const value = steps.length === 0 ? undefined : valueAt(curve, steps.at(-1)!);
    return value === undefined ? [] : [{ number: curve.number, value, rung: steps.length - 1, steps }];
  });
  candidates.sort(
    (a, b) =>
      b.rung - a.rung || (isBetter(a.value, b.value, direction) ? -1 : isBetter(b.value, a.value, direction) ? 1 : a.number - b.number),
  );
  let rung = -1;
  for (const { number, value, rung: at, steps } of candidates) {
    // Candidates are sorted: if the best of a rung does not pass, no other does.
    if (at === rung) continue;
    rung = at;
    const { bar } = barAt(rung, [], curves, direction, ladder);
    if (bar !== null && !isBetter(bar, value, direction))
      return { number, rung, note: noteAs({ resource: ladder.resource, steps, promoted: steps.length }) };
  }
  return null;
}

/** The note of a trial that a person resumed: none of its rungs so far is decided again. */
export function noteAfterManualResume(note: Json): Json {
  const noted = noteOf({ note });
  return noted === null ? note : noteAs({ ...noted, promoted: noted.steps.length });
}

function noteAs({ promoted: behind = 0, ...note }: RungNote): Json {
  return { resource: note.resource, steps: [...note.steps], ...(behind > 0 && { promoted: behind }) };
}

/** Number of feasible trials at a rung, and the worst value that still passes it (null while too few have reached it). */
function barAt(rung: number, own: readonly number[], peers: readonly PeerCurve[], direction: Direction, ladder: Ladder) {
  const there: PeerValue[] = [];
  for (const peer of peers) {
    if (ladder.holds?.(peer.number) === false) continue;
    const step = peer.note === undefined ? rungSteps(peer, ladder)[rung] : noteOf(peer)?.steps[rung];
    const value = step === undefined ? undefined : valueAt(peer, step);
    // An attempt resumed from a checkpoint lacks the reports before the checkpoint.
    if (value !== undefined && !Number.isNaN(value)) there.push({ value, feasible: peer.feasible });
  }
  const values = Float64Array.from([...own, ...feasibleValues(there)]);
  const reached = values.length;
  // Some trials are infeasible, and too few feasible ones are here to set a bar: every trial passes.
  if ((knownFeasible(there) ?? ladder.factor) < ladder.factor)
    return { bar: direction === 'minimize' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY, reached };
  if (reached <= ladder.bootstrapCount) return { bar: null, reached };
  const place = Math.max(0, Math.floor(reached / ladder.factor) - 1);
  return { bar: selectSmallest(values, reached, direction === 'minimize' ? place : reached - 1 - place), reached };
}

/** The curve without one report, with its note, which was written before that report. */
function withoutReport(curve: Curve, at: number): Curve {
  const except = (values: readonly number[]): readonly number[] => values.filter((_, i) => i !== at);
  return { ...curve, steps: except(curve.steps), values: except(curve.values) };
}
