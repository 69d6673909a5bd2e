import { loadGatePolicy } from '../../src/trading/config/load.ts';
import { type Evidence, type GateResult, refuses } from '../../src/validation/gates/gate.ts';
import { gatesOf } from '../../src/validation/gates/policy.ts';

const gates = gatesOf(loadGatePolicy('default'));

const known = new WeakMap<Evidence, Map<string, GateResult>>();

/** What a gate of the default gate policy says to evidence; asked once of the same evidence. */
export function resultOf(evidence: Evidence, id: string): GateResult {
  const results = known.get(evidence) ?? new Map<string, GateResult>();
  known.set(evidence, results);
  const result = results.get(id) ?? gates.find((gate) => gate.id === id)!.check(evidence);
  results.set(id, result);
  return result;
}

/** Names of the gates that refuse this evidence. */
export function refusals(evidence: Evidence): readonly string[] {
  return gates.map(({ id }) => id).filter((id) => refuses(resultOf(evidence, id)));
}
