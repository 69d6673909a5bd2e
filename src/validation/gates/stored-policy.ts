import { z } from 'zod';
import type { Json } from '../../core/json.ts';
import { type GateResult, versionOf } from './gate.ts';
import { gates } from './index.ts';
import { numbersOfLater } from './numbers.ts';
import { type GatePolicy, gatePolicySchema } from './policy.ts';

/** A rule or a number that a stored policy lacks, as it was stored before the platform, or the policy's file, had it. */
export interface Lacked {
  /** `deterministic.elsewhereTolerance`, or of a whole gate `deterministic`. */
  readonly name: string;
  /**
   * `file`: as the policy's present file has it, which is as strict as the gate was without it, or stricter; a whole gate is asked by that file
   * alone. `before`: the value that asks what the gate asked before it had the number, as the present one is more lenient.
   */
  readonly from: 'file' | 'before';
  /** The number that is asked (null: a whole gate). */
  readonly asked: Json;
}

/** A stored policy as this release judges by it, or why it cannot. */
export type StoredPolicy = { readonly policy: GatePolicy; readonly lacked: readonly Lacked[] } | { readonly unreadable: string };

const asStored = z.looseObject({ gates: z.record(z.string(), z.looseObject({})) });

/**
 * Reads a policy that was stored by an earlier release. It is judged with what it says; what it lacks is completed so that no gate becomes
 * more lenient than it was. A gate or a number that this release does not have any more, and a missing number of which nobody said what a gate
 * asks without it, make it unreadable.
 * @param present the policy of that name, as its file is now
 */
export function readStoredPolicy(stored: Json, present: GatePolicy): StoredPolicy {
  const given = asStored.safeParse(stored);
  if (!given.success) return { unreadable: sayIssue(given.error) };
  const lacked: Lacked[] = [];
  const completed = Object.entries(given.data.gates).map(([id, entry]) => {
    const gate = gates.find((one) => one.id === id);
    if (gate === undefined) return [id, entry] as const;
    const now = (present.gates[gate.id] ?? {}) as Readonly<Record<string, Json>>;
    const missing = Object.entries(gate.numbers.shape).flatMap(([name, schema]) => {
      const later = numbersOfLater.get(schema);
      if (Object.hasOwn(entry, name) || later === undefined) return [];
      const value = now[name];
      const fromFile = value !== undefined && later.isAsStrict(value, later.without);
      const asked = (fromFile ? value : later.without) as Json;
      lacked.push({ name: `${id}.${name}`, from: fromFile ? 'file' : 'before', asked });
      return [[name, asked] as const];
    });
    return [id, { ...entry, ...Object.fromEntries(missing) }] as const;
  });
  for (const id of Object.keys(present.gates))
    if (!Object.hasOwn(given.data.gates, id)) lacked.push({ name: id, from: 'file', asked: null });
  const read = gatePolicySchema.safeParse({ ...given.data, gates: Object.fromEntries(completed) });
  return read.success ? { policy: read.data, lacked } : { unreadable: sayIssue(read.error) };
}

/** Version of the rule. */
const rule = 1;

/**
 * Says what a stored policy lacks, by name, and what is asked in its place: a warning beside the results of the gates, which refuses nothing.
 * @param version of the policy as it is asked
 */
export function lackedResult(version: string, lacked: readonly Lacked[]): GateResult {
  const filed = lacked.filter(({ from }) => from === 'file');
  const before = lacked.filter(({ from }) => from === 'before');
  const parts = [
    ...(filed.length === 0 ? [] : [`asked as its file has them now: ${filed.map(sayLacked).join(', ')}`]),
    ...(before.length === 0 ? [] : [`asked as before, as its file is more lenient now: ${before.map(sayLacked).join(', ')}`]),
  ];
  return {
    gate: 'stored-policy',
    version: versionOf(rule, lacked as unknown as Json),
    severity: 'warn',
    passed: false,
    observed: lacked.length,
    threshold: 0,
    op: '==',
    because: `${version} was stored without rules or numbers that it has now; ${parts.join('; ')}`,
  };
}

function sayLacked({ name, asked }: Lacked): string {
  return asked === null
    ? name
    : `${name} (${Array.isArray(asked) ? asked.join(', ') : typeof asked === 'string' ? asked : JSON.stringify(asked)})`;
}

function sayIssue({ issues: [issue] }: z.ZodError): string {
  const at = issue?.path.join('.') ?? '';
  return `${at === '' ? 'its root' : at}: ${issue?.message ?? 'unknown'}`;
}
