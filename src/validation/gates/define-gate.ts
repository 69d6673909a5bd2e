import type { Json } from '../../core/json.ts';
import { type Evidence, type Gate, type GateResult, holds, type Severity, versionOf } from './gate.ts';
import type { GateRules } from './rules.ts';

/** A gate's observation of the evidence. */
export interface Observed {
  /** NaN if there was nothing to observe: the gate fails then. */
  readonly observed: number;
  /** One plain sentence with the decisive numbers. */
  readonly because: string;
  /** Fails the gate regardless of `observed`. */
  readonly refused?: boolean;
}

export interface GateDefinition<Numbers extends Json> {
  readonly id: string;
  /** Version of the rule, raised with each change of the rule. */
  readonly rule: number;
  /** Selects the gate's numbers from the platform's rules; they are part of the version in a result. */
  readonly numbers: (rules: GateRules) => Numbers;
  readonly op: GateResult['op'];
  /** May depend on what was charged, never on what was observed. */
  readonly threshold: (numbers: Numbers, evidence: Evidence) => number;
  /** A pure function. */
  readonly observe: (evidence: Evidence, numbers: Numbers) => Observed;
}

/** Builds a gate from its numbers, or with `from` from the platform's rules. */
export interface GateBuilder<Numbers> {
  (numbers: Numbers, severity?: Severity): Gate;
  readonly id: string;
  readonly from: (rules: GateRules) => Gate;
}

/** Defines a gate. Its result states id, version, observed value and threshold; it passes only if `observed op threshold` holds. */
export function defineGate<Numbers extends Json>(definition: GateDefinition<Numbers>): GateBuilder<Numbers> {
  const { id, op } = definition;
  const build = (numbers: Numbers, severity: Severity = 'refuse'): Gate => {
    const version = versionOf(definition.rule, numbers);
    return {
      id,
      severity,
      version,
      check: (evidence) => {
        const threshold = definition.threshold(numbers, evidence);
        const { observed, because, refused = false } = definition.observe(evidence, numbers);
        return { gate: id, version, severity, passed: !refused && holds(observed, op, threshold), observed, threshold, op, because };
      },
    };
  };
  return Object.assign(build, { id, from: (rules: GateRules) => build(definition.numbers(rules)) });
}
