/** Sizes, data and rows that the benchmarks of training share. */
import { createRng } from '../../../src/core/rng.ts';
import type { Transitions } from '../../../src/trading/agents/agent.ts';
import type { BenchRow } from '../row.ts';

export interface Sizes {
  readonly width: number;
  readonly batch: number;
  readonly observationSize: number;
  readonly actionSize: number;
}

export const large: Sizes = { width: 256, batch: 256, observationSize: 26, actionSize: 2 };
export const small: Sizes = { width: 64, batch: 128, observationSize: 26, actionSize: 2 };

export const perSecond = (ms: number): number => 1000 / ms;

/** Transitions of one step of `environments` environments that show only noise. */
export function noise(
  seed: string,
  { observationSize, actionSize }: Pick<Sizes, 'observationSize' | 'actionSize'>,
  environments: number,
): Transitions {
  const rng = createRng(seed);
  const normal = (length: number) => Float32Array.from({ length }, () => rng.normal());
  return {
    observations: normal(environments * observationSize),
    actions: normal(environments * actionSize).map(Math.tanh),
    rewards: normal(environments),
    nextObservations: normal(environments * observationSize),
    terminated: new Uint8Array(environments),
    truncated: new Uint8Array(environments),
  };
}

interface Goal {
  /** Required multiple of the peer's value, if a peer ran. */
  readonly ratio?: number;
  /** Limits in the row's unit, if no peer ran. */
  readonly least?: number;
  readonly most?: number;
}

export interface Peer {
  readonly name: string;
  readonly value: number;
}

/** Returns a measured value beside its peer's, checked against its goal. */
export function row(name: string, unit: string, ours: number, peer: Peer | null = null, goal: Goal = {}): BenchRow {
  const ratio = peer === null ? null : ours / peer.value;
  const of = { name, unit, ours, peer: peer?.value ?? null, peerName: peer?.name ?? null, ratio };
  const shown = (x: number): string => `${x.toLocaleString('en')} ${unit}`;
  if (goal.ratio !== undefined && ratio !== null) return { ...of, goal: `>= ${goal.ratio} x the peer`, met: ratio >= goal.ratio };
  if (goal.least !== undefined) return { ...of, goal: `>= ${shown(goal.least)}`, met: ours >= goal.least };
  if (goal.most !== undefined) return { ...of, goal: `< ${shown(goal.most)}`, met: ours < goal.most };
  return { ...of, goal: null, met: null };
}
