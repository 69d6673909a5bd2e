import { nsOf } from '../../nanoseconds.ts';
import type { OrderProgress } from '../order-states.ts';
import type { OrderReport } from '../orders.ts';
import type { BrokerOrder } from './broker.ts';

/** How often an order must be absent, and for how long, before it counts as one that never arrived. */
export const absences = { times: 5, overMs: 10_000 };

/** What a broker says of one order of ours. `absent`: neither among what is open nor by its id. */
export type Sighting =
  | { readonly kind: 'found'; readonly order: BrokerOrder }
  | {
      readonly kind: 'absent';
      /** How often in a row by now, and since when. */
      readonly times: number;
      readonly since: bigint;
      readonly now: bigint;
      /** True if every fill that the broker knows of was read. */
      readonly inWholeHistory: boolean;
    };

/** What follows for an order that may still work here. */
export type Settlement =
  /** It is as the broker says, now. */
  | { readonly do: 'report'; readonly reports: readonly OrderReport[]; readonly incident: 'vanished-order' | null }
  /** The broker filled more than was reported: its fills are read again. */
  | { readonly do: 'readFills' }
  | { readonly do: 'askAgain' };

/**
 * One row of the reconciliation: what is here, what the broker says, what is done. Fills are never made up: where the broker's counter is ahead
 * of the sum of the fills they are read.
 */
export function settlementOf(progress: OrderProgress, seen: Sighting): Settlement {
  if (seen.kind === 'absent') return absent(progress, seen);
  const { order } = seen;
  if (order.filledLots > progress.filledLots) return { do: 'readFills' };
  return { do: 'report', reports: reportsOf(progress, order.state), incident: null };
}

function absent(progress: OrderProgress, { times, since, now, inWholeHistory }: Extract<Sighting, { kind: 'absent' }>): Settlement {
  const wasAnswered = progress.state !== 'submitted' && progress.before !== 'submitted';
  if (wasAnswered) {
    if (!inWholeHistory) return { do: 'readFills' };
    const reports: readonly OrderReport[] = [{ kind: 'canceled', reason: 'vanished' }];
    return { do: 'report', reports, incident: progress.filledLots === 0 ? 'vanished-order' : null };
  }
  // Absent once proves nothing: the request may still be on its way.
  if (times < absences.times || now - since < nsOf(absences.overMs)) return { do: 'askAgain' };
  const because = `the broker did not know it ${times} times over ${Number(now - since) / 1e9} s`;
  return { do: 'report', reports: [{ kind: 'rejected', code: 'refused', because }], incident: null };
}

/** What a broker must have reported for an order to be in this state. */
function reportsOf(progress: OrderProgress, state: BrokerOrder['state']): readonly OrderReport[] {
  const accepted: readonly OrderReport[] = progress.state === 'submitted' || progress.before === 'submitted' ? [{ kind: 'accepted' }] : [];
  switch (state) {
    case 'accepted':
    case 'partiallyFilled':
      // A cancel that the broker shows nothing of did not arrive, or is on its way: it is asked for again by whoever wants it.
      return progress.state === 'pendingCancel' || progress.state === 'pendingReplace'
        ? [...accepted, { kind: 'cancelRejected', because: 'the broker shows the order as open' }]
        : accepted;
    case 'canceled':
    case 'expired':
      return [...accepted, { kind: state, reason: 'untold' }];
    case 'rejected':
      return [{ kind: 'rejected', code: 'refused', because: 'the broker shows the order as rejected' }];
    case 'submitted':
      return [];
    case 'filled':
    case 'pendingCancel':
    case 'pendingReplace':
      return accepted;
  }
}

/** Symbols of which a broker holds something else than the fold over the fills says. */
export function differing(ours: Readonly<Record<string, number>>, theirs: Readonly<Record<string, number>>): readonly string[] {
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
    .filter((symbol) => (ours[symbol] ?? 0) !== (theirs[symbol] ?? 0))
    .sort();
}
