import type { GatePolicy } from './policy.ts';

/** Amount of evidence that a validation will give. */
export interface EvidenceAmount {
  /** Out-of-sample steps of each seed. */
  readonly steps: number;
  /** Out-of-sample daily returns of each seed. */
  readonly days: number;
  readonly seeds: number;
  /** Walk-forward folds, where known. */
  readonly folds?: number | undefined;
}

/**
 * The evidence that the gates of a policy require and a validation will not give, one text with both numbers each (empty if it is enough).
 * Gates that only warn require nothing.
 */
export function missingEvidence({ gates }: Pick<GatePolicy, 'gates'>, amount: EvidenceAmount): readonly string[] {
  const needed = {
    steps: [gates['s1-window'], gates['s1-return'], gates['s1-drawdown']].map((gate) => (gate?.severity === 'refuse' ? gate.steps : 0)),
    days: [gates.days, gates['deflated-sharpe']].map((gate) => (gate?.severity === 'refuse' ? gate.minimumDays : 0)),
    seeds: [gates.seeds?.severity === 'refuse' ? gates.seeds.minimumSeeds : 0],
    folds: [gates.folds?.severity === 'refuse' ? gates.folds.minimumFolds : 0],
  };
  const lacks = (has: number, of: keyof typeof needed, noun: string): readonly string[] => {
    const most = Math.max(...needed[of]);
    return has >= most ? [] : [`${count(has)} of ${count(most)} ${noun}`];
  };
  return [
    ...lacks(amount.steps, 'steps', 'out-of-sample steps'),
    ...lacks(amount.days, 'days', 'out-of-sample days'),
    ...lacks(amount.folds ?? Number.POSITIVE_INFINITY, 'folds', 'folds'),
    ...lacks(amount.seeds, 'seeds', 'seeds'),
  ];
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}
