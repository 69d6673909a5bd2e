import { timeBoxed } from '../../core/time-box.ts';
import type { Curve, Direction } from '../trial/history.ts';
import { longestDecisionMs } from './decision-limit.ts';
import type { Advance, PeerCurve, PruneDecision, Pruner } from './pruner.ts';

/**
 * Returns the pruner's decision on a report. The only caller of `decide` outside of pruners.
 * @throws AssayError `study_invalid` after 30 s, so that no pruner blocks its process for ever; errors of the pruner
 */
export function decide(pruner: Pruner, self: Curve, peers: readonly PeerCurve[], direction: Direction): PruneDecision {
  return limited(pruner, 'a decision', () => pruner.decide(self, peers, direction));
}

/**
 * Returns the paused trial that advances (null: none does, or the pruner never pauses).
 * @throws AssayError as {@link decide}
 */
export function nextToAdvance(
  pruner: Pruner,
  waiting: ReadonlySet<number>,
  curves: readonly PeerCurve[],
  direction: Direction,
): Advance | null {
  return limited(pruner, 'a promotion', () => pruner.nextToAdvance?.(waiting, curves, direction) ?? null);
}

const hint = 'take a cheaper pruner, such as median or nop, or report less often';

function limited<Answer>({ id }: Pruner, what: string, answer: () => Answer): Answer {
  return timeBoxed({ what: `${what} of the pruner ${id}`, place: 'pruner', hint }, longestDecisionMs, answer);
}
