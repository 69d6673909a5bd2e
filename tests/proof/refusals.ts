import { loadGatePolicy } from '../../src/trading/config/load.ts';
import { type Evidence, type GateResult, refuses } from '../../src/validation/gates/gate.ts';
import { gatesOf } from '../../src/validation/gates/policy.ts';

const gates = gatesOf(loadGatePolicy('default'));

/** What the default gate policy says to evidence, by gate. */
export function judged(evidence: Evidence): ReadonlyMap<string, GateResult> {
  return new Map(gates.map((gate) => [gate.id, gate.check(evidence)]));
}

/** Names of the gates that refuse this evidence. */
export function refusals(evidence: Evidence): readonly string[] {
  return [...judged(evidence)].filter(([, result]) => refuses(result)).map(([id]) => id);
}
