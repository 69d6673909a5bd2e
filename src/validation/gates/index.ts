import { deflatedSharpeGate } from './deflated-sharpe.ts';
import { frictionGate } from './friction.ts';
import { type Evidence, type Gate, type GateResult, refuses } from './gate.ts';
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

/** Results of all gates; `passed` is true only if no gate refuses, and there is at least one that could. */
export function checkGates(
  asked: readonly Gate[],
  evidence: Evidence,
): { readonly passed: boolean; readonly gateResults: readonly GateResult[] } {
  const gateResults = asked.map((gate) => gate.check(evidence));
  return { passed: passesAll(gateResults), gateResults };
}

/** True if no result refuses a promotion, and there is at least one that could: warnings alone promote nothing. */
export function passesAll(gateResults: readonly Parameters<typeof refuses>[0][]): boolean {
  return gateResults.some(({ severity }) => severity !== 'warn') && !gateResults.some(refuses);
}

export type { Evidence, Gate, GateResult } from './gate.ts';
export { refuses } from './gate.ts';
export type { GateRules } from './rules.ts';
