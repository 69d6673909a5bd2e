import { deflatedSharpeGate } from './deflated-sharpe.ts';
import { frictionGate } from './friction.ts';
import type { Evidence, Gate, GateResult } from './gate.ts';
import type { GateRules } from './rules.ts';
import { shapingGate } from './shaping.ts';
import { drawdownGate, returnGate, seedsGate, stabilityGate, windowGate } from './sprint.ts';

/** All promotion gates, in the order of the results. tests/conformance/gate.ts runs over this list. */
export const gates = [
  seedsGate,
  windowGate,
  returnGate,
  drawdownGate,
  stabilityGate,
  frictionGate,
  shapingGate,
  deflatedSharpeGate,
] as const;

/** The gates with the platform's numbers. */
export function promotionGates(rules: GateRules): readonly Gate[] {
  return gates.map((gate) => gate.from(rules));
}

/** Results of all gates; `passed` is true only if every gate passed, and there is at least one. */
export function checkGates(
  asked: readonly Gate[],
  evidence: Evidence,
): { readonly passed: boolean; readonly gateResults: readonly GateResult[] } {
  const gateResults = asked.map((gate) => gate.check(evidence));
  return { passed: gateResults.length > 0 && gateResults.every((gateResult) => gateResult.passed), gateResults };
}

export type { Evidence, Gate, GateResult } from './gate.ts';
export type { GateRules } from './rules.ts';
