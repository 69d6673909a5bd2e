import { type DeflatedSharpeRule, deflatedSharpeGate } from './deflated-sharpe.ts';
import type { Evidence, Gate, Verdict } from './gate.ts';
import { drawdownGate, type FrictionRule, frictionGate, returnGate, seedsGate, stabilityGate, windowGate } from './sprint.ts';

/** The numbers of the gates between a trial and a promoted model. */
export interface GateRules {
  /** Trainings with different seeds that must have been judged. */
  readonly minimumSeeds: number;
  /** Out-of-sample steps that return and drawdown are taken over. */
  readonly steps: number;
  readonly minimumReturn: number;
  readonly maximumDrawdown: number;
  readonly friction: FrictionRule;
  readonly deflatedSharpe: DeflatedSharpeRule;
}

export const gateDefaults: GateRules = {
  minimumSeeds: 3,
  steps: 20_000,
  minimumReturn: 0.01,
  maximumDrawdown: 0.02,
  friction: { transactionBp: 1, impactBp: 0.5 },
  deflatedSharpe: { minimum: 0.95, minimumDays: 60 },
};

/** Every gate a model must pass. The next gate goes into this list. */
export function promotionGates(rules: GateRules = gateDefaults): readonly Gate[] {
  return [
    seedsGate(rules),
    windowGate(rules),
    returnGate({ minimum: rules.minimumReturn, steps: rules.steps }),
    drawdownGate({ maximum: rules.maximumDrawdown, steps: rules.steps }),
    stabilityGate(rules),
    frictionGate(rules.friction),
    deflatedSharpeGate(rules.deflatedSharpe),
  ];
}

/** All verdicts, passed or not; `passed` only if every one did. */
export function checkGates(
  gates: readonly Gate[],
  evidence: Evidence,
): { readonly passed: boolean; readonly verdicts: readonly Verdict[] } {
  const verdicts = gates.map((gate) => gate.check(evidence));
  return { passed: verdicts.length > 0 && verdicts.every((verdict) => verdict.passed), verdicts };
}

export type { Evidence, Gate, Verdict } from './gate.ts';
