import { z } from 'zod';
import { closestFirst } from '../../core/closest-names.ts';
import { hashOf, type Json } from '../../core/json.ts';
import type { Gate, Severity } from './gate.ts';
import { gates } from './index.ts';

type AnyGate = (typeof gates)[number];

/** The numbers of each gate that the policy asks, and how a failure counts. */
type PolicyGates = { readonly [Asked in AnyGate as Asked['id']]?: { readonly severity: Severity } & Readonly<z.output<Asked['numbers']>> };

/**
 * A gate policy: what a promotion is asked, as data of the platform. A study names one and can change none of its numbers. There are no
 * defaults; a file in configs/gates states every number.
 */
export type GatePolicy = {
  readonly name: string;
  readonly description: string;
  readonly promotes: boolean;
  readonly gates: PolicyGates;
  readonly expiresAfterDays: number;
  readonly coolDownDays: number;
  readonly championMargin: number;
};

const severity = z
  .enum(['refuse', 'warn'])
  .meta({ description: '`refuse`: a failure refuses a promotion; `warn`: it is shown and recorded, and refuses nothing' });

const asked = Object.fromEntries(
  gates.map((gate): [string, z.ZodType] => [
    gate.id,
    z
      .strictObject({ severity, ...gate.numbers.shape })
      .optional()
      .meta({ description: gate.asks }),
  ]),
);

export const gatePolicySchema: z.ZodType<GatePolicy> = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/)
      .meta({ description: 'name of the gate policy, which is that of its file' }),
    description: z.string().min(1).meta({ description: 'what the gate policy is for' }),
    promotes: z.boolean().meta({ description: 'false: it judges a stage, and no promotion can rest on it alone' }),
    gates: z.looseObject(asked).superRefine((named, context) => {
      for (const id of Object.keys(named).filter((one) => !Object.hasOwn(asked, one)))
        context.addIssue({
          code: 'custom',
          path: [id],
          message: 'unknown gate',
          params: { hint: `known: ${closestFirst(id, Object.keys(asked)).join(', ')}` },
        });
    }),
    expiresAfterDays: z.number().gt(0).meta({ description: 'days after which a promotion is shown as expired' }),
    coolDownDays: z.number().min(0).meta({ description: 'days after a rollback in which the same version cannot return' }),
    championMargin: z
      .number()
      .meta({ description: 'daily Sharpe ratio by which the lower end of the paired interval must exceed that of the champion' }),
  })
  .superRefine(({ gates: named }, context) => {
    if (!Object.values(named as PolicyGates).some((one) => one.severity === 'refuse'))
      context.addIssue({ code: 'custom', path: ['gates'], message: 'no gate refuses anything: warnings alone promote nothing' });
  }) as unknown as z.ZodType<GatePolicy>;

/** The gates that the policy names, with its numbers, in the order of the list of gates. */
export function gatesOf({ gates: named }: Pick<GatePolicy, 'gates'>): readonly Gate[] {
  return gates.flatMap((gate) => {
    const entry = named[gate.id];
    if (entry === undefined) return [];
    const { severity: how, ...numbers } = entry;
    // The schema has checked the entry with the gate's own numbers.
    return [(gate as unknown as (numbers: object, severity: Severity) => Gate)(numbers, how)];
  });
}

/** Name and a hash of the rules and all numbers, severities included: `default+3f9a01cc`. The description does not count. */
export function policyVersion(policy: GatePolicy): string {
  const { name, promotes, expiresAfterDays, coolDownDays, championMargin } = policy;
  const rules = gatesOf(policy).map(({ id, version, severity: how }) => [id, version, how]);
  return `${name}+${hashOf({ rules, promotes, expiresAfterDays, coolDownDays, championMargin } as Json).slice(0, 8)}`;
}
