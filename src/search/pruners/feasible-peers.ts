/** What a peer had at some step, and whether it met its constraints. */
export interface PeerValue {
  readonly value: number;
  /** Known of complete trials that were told constraints; undefined: not known, or there are none. */
  readonly feasible: boolean | undefined;
}

/** Trials that were judged and are asked about one that was not. */
const neighbours = 3;

/**
 * The values that may set a bar where constraints are known at a trial's end only: those of trials that met them, and of the others
 * (pruned, running) those that look like these, in that most of the complete trials of the nearest values met them. So trials that
 * rise fast because they miss a constraint prune nobody. Without a trial that missed one, all values.
 */
export function feasibleValues(peers: readonly PeerValue[]): readonly number[] {
  if (!peers.some(({ feasible }) => feasible === false)) return peers.map(({ value }) => value);
  const judged = peers.filter(({ feasible }) => feasible !== undefined);
  return peers.flatMap(({ value, feasible }) => ((feasible ?? looksFeasible(value, judged)) ? [value] : []));
}

/** How many trials are known to have met their constraints, where some are known to have missed one; null where none is. */
export function knownFeasible(peers: readonly Pick<PeerValue, 'feasible'>[]): number | null {
  let [met, missed] = [0, 0];
  for (const { feasible } of peers) {
    if (feasible === true) met++;
    if (feasible === false) missed++;
  }
  return missed === 0 ? null : met;
}

function looksFeasible(value: number, judged: readonly PeerValue[]): boolean {
  const distance = (peer: PeerValue): number => Math.abs(peer.value - value);
  const nearest = judged.toSorted((a, b) => distance(a) - distance(b)).slice(0, neighbours);
  return 2 * nearest.filter(({ feasible }) => feasible === true).length > nearest.length;
}
