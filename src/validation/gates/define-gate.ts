import type { Json } from '../../core/json.ts';
import { type Evidence, type Gate, type GateResult, holds, versionOf } from './gate.ts';
import type { GateRules } from './rules.ts';

/** What a gate found in the evidence. */
export interface Observed {
  /** NaN where there was nothing to observe: it never passes. */
  readonly observed: number;
  /** In plain words, with the numbers that matter. */
  readonly because: string;
  /** Fails the gate whatever was observed. */
  readonly refused?: boolean;
}

export interface GateDefinition<Numbers extends Json> {
  readonly id: string;
  /** Of the rule itself: raised by a person who changes what it asks. */
  readonly rule: number;
  /** What it takes from the platform's rules; part of the version that a result states. */
  readonly numbers: (rules: GateRules) => Numbers;
  readonly op: GateResult['op'];
  readonly threshold: (numbers: Numbers) => number;
  /** Pure. */
  readonly observe: (evidence: Evidence, numbers: Numbers) => Observed;
}

/** A gate described once: called with its numbers, or made from the platform's rules. */
export interface GateBuilder<Numbers> {
  (numbers: Numbers): Gate;
  readonly id: string;
  readonly from: (rules: GateRules) => Gate;
}

/** Makes a gate whose result states the id, the version, what was observed and the threshold, and passes only where they hold. */
export function defineGate<Numbers extends Json>(definition: GateDefinition<Numbers>): GateBuilder<Numbers> {
  const { id, op } = definition;
  const build = (numbers: Numbers): Gate => {
    const version = versionOf(definition.rule, numbers);
    const threshold = definition.threshold(numbers);
    return {
      id,
      version,
      check: (evidence) => {
        const { observed, because, refused = false } = definition.observe(evidence, numbers);
        return { gate: id, version, passed: !refused && holds(observed, op, threshold), observed, threshold, op, because };
      },
    };
  };
  return Object.assign(build, { id, from: (rules: GateRules) => build(definition.numbers(rules)) });
}
