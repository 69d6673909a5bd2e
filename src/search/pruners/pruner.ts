import type { Curve, Direction } from '../trial/history.ts';

export type Verdict = { readonly prune: false } | { readonly prune: true; readonly reason: string };

/** A curve with the state of its trial: which peers count is the pruner's own rule. */
export interface PeerCurve extends Curve {
  readonly state: 'complete' | 'pruned' | 'running' | 'failed';
}

/** A pure function of the curves. Asked after each report, with the report already part of `self`. */
export interface Pruner {
  readonly id: string;
  readonly judge: (self: Curve, peers: readonly PeerCurve[], direction: Direction) => Verdict;
}
