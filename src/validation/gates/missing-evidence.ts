import type { GateRules } from './index.ts';

/** Amount of evidence that a validation will give. */
export interface EvidenceAmount {
  /** Out-of-sample steps of each seed. */
  readonly steps: number;
  /** Out-of-sample daily returns of each seed. */
  readonly days: number;
  readonly seeds: number;
}

/** The evidence that the gates require and a validation will not give, one text with both numbers each (empty if it is enough). */
export function missingEvidence(rules: GateRules, { steps, days, seeds }: EvidenceAmount): readonly string[] {
  const lacks = (has: number, needed: number, of: string): readonly string[] =>
    has >= needed ? [] : [`${count(has)} of ${count(needed)} ${of}`];
  return [
    ...lacks(steps, rules.steps, 'out-of-sample steps'),
    ...lacks(days, rules.deflatedSharpe.minimumDays, 'out-of-sample days'),
    ...lacks(seeds, rules.minimumSeeds, 'seeds'),
  ];
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}
