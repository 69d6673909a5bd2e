/** A peer's value at one step and whether the peer met its constraints. */
export interface PeerValue {
  readonly value: number;
  /** Known for complete trials with constraints (undefined if unknown, or without constraints). */
  readonly feasible: boolean | undefined;
}

/** Number of trials of known feasibility that decide about one of unknown feasibility. */
const neighbours = 3;

/**
 * Values that may set a bar. Constraints are known at a trial's end only: a complete trial counts if it met them, any other (pruned,
 * running) if most of the complete trials with the nearest values met them. So trials that improve fast because they violate a
 * constraint prune no other trial. If no trial violated a constraint, all values count.
 */
export function feasibleValues(peers: readonly PeerValue[]): readonly number[] {
  if (!peers.some(({ feasible }) => feasible === false)) return peers.map(({ value }) => value);
  const withConstraints = peers.filter(({ feasible }) => feasible !== undefined);
  return peers.flatMap(({ value, feasible }) => ((feasible ?? looksFeasible(value, withConstraints)) ? [value] : []));
}

/** Number of trials known to be feasible (null if no trial is known to be infeasible). */
export function knownFeasible(peers: readonly Pick<PeerValue, 'feasible'>[]): number | null {
  let [met, missed] = [0, 0];
  for (const { feasible } of peers) {
    if (feasible === true) met++;
    if (feasible === false) missed++;
  }
  return missed === 0 ? null : met;
}

/** NaN has no neighbours: a trial whose value is NaN is not taken for a feasible one. */
function looksFeasible(value: number, withConstraints: readonly PeerValue[]): boolean {
  const distance = (peer: PeerValue): number => (peer.value === value ? 0 : Math.abs(peer.value - value));
  const nearest = withConstraints
    .map((peer) => ({ ...peer, distance: distance(peer) }))
    .filter((peer) => !Number.isNaN(peer.distance))
    .toSorted((a, b) => (a.distance === b.distance ? 0 : a.distance - b.distance))
    .slice(0, neighbours);
  return 2 * nearest.filter(({ feasible }) => feasible === true).length > nearest.length;
}
