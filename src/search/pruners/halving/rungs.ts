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
  /** Nobody passes a rung before more trials than this have reached it. */
  readonly bootstrapCount: number;
  /** A trial that misses a rung waits until the bar falls behind it. */
  readonly promote?: boolean;
  /** Whether the trial with this number is on the ladder; absent: all are. */
  readonly holds?: (number: number) => boolean;
}

/** What is remembered of a trial: the step at which it was counted at each rung, and the resource that was settled on then. */
export interface RungNote {
  readonly resource: number;
  readonly steps: readonly number[];
  /** So many rungs are behind it for good: it missed one of them and was promoted later, or let go on by a person. */
  readonly promoted?: number;
}

/** The note of a curve; null where it has none. */
export function noteOf({ note }: Pick<Curve, 'note'>): RungNote | null {
  return typeof note === 'object' && note !== null && 'resource' in note ? (note as unknown as RungNote) : null;
}

/** The steps at which a trial was counted at each rung. Where notes are not kept: the first report at or past each rung. */
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
 * rung if it is among the best 1/factor of those that reached it so far. It may pass several with one report. NaN at a rung
 * prunes. What misses a rung stops there for good, or with `promote` waits to be {@link nextToAdvance}.
 */
export function climb(self: Curve, peers: readonly PeerCurve[], direction: Direction, ladder: Ladder): PruneDecision {
  const last = lastIndex(self);
  if (last < 0) return { prune: false };
  const step = self.steps[last]!;
  const value = self.values[last]!;
  // Notes may tell of later: where a report is repeated after its answer got lost, and in an attempt that goes on from a checkpoint.
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
    if (bar === null) return misses(`rung ${rung} (step ${step}) lets nobody pass before ${ladder.bootstrapCount + 1} trials`);
    if (isBetter(bar, value, direction))
      return misses(
        `value ${shown(value)} at rung ${rung} (step ${step}) is not among the best 1/${ladder.factor} of ${reached} trials, which ends at ${shown(bar)}`,
      );
  }
}

/**
 * Which of the trials that wait on a ladder goes on now: at the highest rung whose bar some have reached by now, the best of those. Steps
 * spent on trials that are far already come first, as in the paper.
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
    // Where the best of a rung does not pass, nobody does.
    if (at === rung) continue;
    rung = at;
    const { bar } = barAt(rung, [], curves, direction, ladder);
    if (bar !== null && !isBetter(bar, value, direction))
      return { number, rung, note: noteAs({ resource: ladder.resource, steps, promoted: steps.length }) };
  }
  return null;
}

/** The note once every rung that a trial was counted at is behind it, missed or not. */
export function noteAfterManualResume(note: Json): Json {
  const noted = noteOf({ note });
  return noted === null ? note : noteAs({ ...noted, promoted: noted.steps.length });
}

function noteAs({ promoted: behind = 0, ...note }: RungNote): Json {
  return { resource: note.resource, steps: [...note.steps], ...(behind > 0 && { promoted: behind }) };
}

/** How many trials that meet their constraints reached a rung, and the worst value that still passes it; null while too few have. */
function barAt(rung: number, own: readonly number[], peers: readonly PeerCurve[], direction: Direction, ladder: Ladder) {
  const there: PeerValue[] = [];
  for (const peer of peers) {
    if (ladder.holds?.(peer.number) === false) continue;
    const step = peer.note === undefined ? rungSteps(peer, ladder)[rung] : noteOf(peer)?.steps[rung];
    const value = step === undefined ? undefined : valueAt(peer, step);
    // An attempt that goes on from a checkpoint has no reports of before, and none from behind it yet.
    if (value !== undefined && !Number.isNaN(value)) there.push({ value, feasible: peer.feasible });
  }
  const values = Float64Array.from([...own, ...feasibleValues(there)]);
  const reached = values.length;
  // Some missed a constraint, and too few that met theirs are here to say what a good value is.
  if ((knownFeasible(there) ?? ladder.factor) < ladder.factor)
    return { bar: direction === 'minimize' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY, reached };
  if (reached <= ladder.bootstrapCount) return { bar: null, reached };
  const place = Math.max(0, Math.floor(reached / ladder.factor) - 1);
  return { bar: selectSmallest(values, reached, direction === 'minimize' ? place : reached - 1 - place), reached };
}

/** The curve as it was before a report, keeping its note: that was written before too. */
function withoutReport(curve: Curve, at: number): Curve {
  const except = (values: readonly number[]): readonly number[] => values.filter((_, i) => i !== at);
  return { ...curve, steps: except(curve.steps), values: except(curve.values) };
}
