import { finite, nonFiniteFlag } from '../storage/readers/finite.ts';
import type { GateResult } from '../validation/gates/gate.ts';
import type { AskedPolicy } from './asked-policies.ts';

/** A gate result as scripts read it: NaN has no JSON form, so it is null and named in `nonFinite`; it never passes. */
export function gateDocument(gateResult: GateResult) {
  return { ...gateResult, observed: finite(gateResult.observed), ...nonFiniteFlag({ observed: gateResult.observed }) };
}

/** A gate policy that was asked, as scripts read it. */
export function policyDocument({ version, by, policy }: AskedPolicy) {
  return { name: policy.name, version, by };
}
