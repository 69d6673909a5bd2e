import { createRng } from '../../src/core/rng.ts';
import { type Gate, refuses } from '../../src/validation/gates/gate.ts';
import { evidenceOf } from '../../src/validation/statistics/evidence-rule.ts';
import { type SimulatedReturns, simulatedEvidence } from './simulated-evidence.ts';
import { type StudyShape, simulateStudy } from './simulated-study.ts';

/** Days of the vault, beside the walk-forward days. */
export const vaultDays = 15;

/** Shares of the studies that were asked. */
export interface PolicyRates {
  /** At least one judged model passes the evidence rule alone. */
  readonly evidence: number;
  /** At least one judged model passes every gate of the policy that refuses, by policy. */
  readonly promoted: Readonly<Record<string, number>>;
  /** A model passed the evidence rule and was refused by this gate first: `default: folds`. */
  readonly refusedAfter: Readonly<Record<string, number>>;
}

/**
 * Judges simulated studies through the gates of gate policies, in the order of the list, each model until its first refusal.
 * @param policies by name, their gates. All ask for evidence, so models without it are refused before the costly gates are asked.
 * @param judged number of studies, the first ones, whose gates are asked; the evidence rule is asked of all.
 */
export function policyRates(
  policies: Readonly<Record<string, readonly Gate[]>>,
  draw: (study: number) => SimulatedReturns,
  { studies, judged }: { readonly studies: number; readonly judged: number },
): PolicyRates {
  const names = Object.keys(policies);
  const promoted: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
  const refusedAfter: Record<string, number> = {};
  let evidence = 0;
  for (let i = 0; i < studies; i++) {
    const study = draw(i);
    const models = [...study.judged.keys()].filter((model) => hasEvidence(study, model));
    if (models.length > 0) evidence++;
    if (i >= judged) continue;
    for (const name of names) {
      let first: Gate | undefined;
      for (const model of models) {
        const given = simulatedEvidence(study, model, vaultDays, `baselines ${i}`);
        first = policies[name]!.find((gate) => gate.severity === 'refuse' && refuses(gate.check(given)));
        if (first === undefined) break;
      }
      if (models.length === 0) continue;
      if (first === undefined) promoted[name]!++;
      else refusedAfter[`${name}: ${first.id}`] = (refusedAfter[`${name}: ${first.id}`] ?? 0) + 1;
    }
  }
  const asShares = (counts: Record<string, number>) => Object.fromEntries(Object.entries(counts).map(([name, n]) => [name, n / judged]));
  return { evidence: evidence / studies, promoted: asShares(promoted), refusedAfter: asShares(refusedAfter) };
}

function hasEvidence({ judged }: SimulatedReturns, model: number): boolean {
  return evidenceOf(
    judged[model]!.map((returns) => Array.from(returns).slice(0, returns.length - vaultDays)),
    judged.length,
  ).passed;
}

/** Draws studies of equal trials: the first models are the judged ones. */
export function studiesOf(shape: StudyShape, seed: string): (study: number) => SimulatedReturns {
  return (study) => {
    const { inner, judged } = simulateStudy({ ...shape, days: shape.days + vaultDays }, createRng(`${seed} ${study}`));
    return { inner, tried: inner.length, numbers: judged.map((_, model) => model), judged };
  };
}
