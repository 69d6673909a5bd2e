import type { Curve, Direction } from '../../trial/history.ts';
import { shown } from '../curve.ts';
import { definePruner } from '../define-pruner.ts';
import { keep, type PeerCurve, type PruneDecision, type Pruner } from '../pruner.ts';
import { type PbtOptions, pbtOptions } from './options.ts';
import { milestoneOf, rankAt } from './ranked-members.ts';

/**
 * Truncation selection of population-based training (Jaderberg et al. 2017): stops a trial that was among the worst `quantile` at the
 * last multiple of the interval, if another one was better. The sampler suggests the fork that replaces it.
 *
 * Decides after every report, not only at the multiple, because peers may reach it later. Compares all trials that trained up to it
 * themselves, stopped ones included, so each multiple stops its share once and not again for each fork.
 */
export function createPbtPruner(options: PbtOptions): Pruner {
  return { id: 'pbt', decide: (self, peers, direction) => decide(self, peers, direction, options) };
}

function decide(
  self: Curve,
  peers: readonly PeerCurve[],
  direction: Direction,
  { population, interval, quantile }: PbtOptions,
): PruneDecision {
  const milestone = milestoneOf(self, interval);
  const trained = ({ inherited = 0 }: Curve): boolean => inherited < milestone;
  if (milestone === 0 || !trained(self)) return keep;
  const ranked = rankAt(milestone, [self, ...peers.filter((peer) => peer.feasible !== false && trained(peer))], direction);
  const places = Math.floor(ranked.length * quantile);
  const place = ranked.findIndex(({ number }) => number === self.number);
  if (ranked.length < population / 2 || place < ranked.length - places) return keep;
  const [leader, own] = [ranked[0]!, ranked[place]!];
  if (Object.is(leader.value, own.value)) return keep;
  return {
    prune: true,
    reason: `value ${shown(own.value)} at step ${milestone} is among the worst ${places} of ${ranked.length} that reached it; #${leader.number} leads them with ${shown(leader.value)}`,
  };
}

/** The pruner's half of population-based training. A study names the sampler `pbt`, which brings it along. */
export const pbtPruner = definePruner({ id: 'pbt', options: pbtOptions, create: createPbtPruner });
