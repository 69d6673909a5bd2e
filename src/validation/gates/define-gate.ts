import type { z } from 'zod';
import type { Json } from '../../core/json.ts';
import { type Evidence, type Gate, type GateResult, holds, type Severity, versionOf } from './gate.ts';

/** A gate's observation of the evidence. */
export interface Observed {
  /** NaN if there was nothing to observe: the gate fails then. */
  readonly observed: number;
  /** One plain sentence with the decisive numbers. */
  readonly because: string;
  /** Fails the gate regardless of `observed`. */
  readonly refused?: boolean;
}

export interface GateDefinition<Id extends string, Shape extends z.ZodRawShape> {
  readonly id: Id;
  /** Version of the rule, raised with each change of the rule. */
  readonly rule: number;
  /** What the gate asks, for the catalogue in docs/gates.md. */
  readonly asks: string;
  /** Where the rule comes from, for the same. */
  readonly source: string;
  /** The numbers that a gate policy must state, each with a description; they are part of the version in a result. */
  readonly numbers: z.ZodObject<Shape, z.core.$strict>;
  readonly op: GateResult['op'];
  /** May depend on what was charged or how often was looked, never on what was observed. */
  readonly threshold: (numbers: z.output<z.ZodObject<Shape, z.core.$strict>>, evidence: Evidence) => number;
  /** A pure function. */
  readonly observe: (evidence: Evidence, numbers: z.output<z.ZodObject<Shape, z.core.$strict>>) => Observed;
}

/** Builds a gate from its numbers. */
export interface GateBuilder<Id extends string, Shape extends z.ZodRawShape>
  extends Pick<GateDefinition<Id, Shape>, 'id' | 'asks' | 'source' | 'numbers' | 'op'> {
  (numbers: z.output<z.ZodObject<Shape, z.core.$strict>>, severity?: Severity): Gate;
}

/** Defines a gate. Its result states id, version, observed value and threshold; it passes only if `observed op threshold` holds. */
export function defineGate<const Id extends string, Shape extends z.ZodRawShape>(
  definition: GateDefinition<Id, Shape>,
): GateBuilder<Id, Shape> {
  const { id, asks, source, numbers: schema, op } = definition;
  const build = (numbers: z.output<z.ZodObject<Shape, z.core.$strict>>, severity: Severity = 'refuse'): Gate => {
    const version = versionOf(definition.rule, numbers as Json);
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
  return Object.assign(build, { id, asks, source, numbers: schema, op });
}
