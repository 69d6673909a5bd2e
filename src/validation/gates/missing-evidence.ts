import type { GateRules } from './index.ts';

/** How much evidence a trial will have once it is validated. */
export interface EvidenceAmount {
  /** Out-of-sample steps of each seed. */
  readonly steps: number;
  /** Out-of-sample daily returns of each seed. */
  readonly days: number;
  readonly seeds: number;
}

/** What the gates ask for beyond the evidence there will be, each with both numbers; empty where there will be enough. */
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
