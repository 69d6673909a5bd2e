import type { z } from '@hono/zod-openapi';
import type { gateResultSchema } from '../../api/routes/gates.ts';

/** What a gate said, of a live check or of a record of the ledger. */
export type Verdict = z.output<typeof gateResultSchema>;

/** How a verdict counts. Unknown is a failure: what was not observed passes nothing. */
export type Standing = 'pass' | 'warn' | 'fail';

export function standingOf({ passed, severity }: Pick<Verdict, 'passed' | 'severity'>): Standing {
  return passed ? 'pass' : severity === 'warn' ? 'warn' : 'fail';
}

/** True where there was nothing to observe; such a verdict never passes. */
export function isUnknown({ observed, nonFinite }: Pick<Verdict, 'observed' | 'nonFinite'>): boolean {
  return observed === null && (nonFinite?.['observed'] ?? 'NaN') === 'NaN';
}

export interface Tally {
  readonly pass: number;
  readonly warn: number;
  readonly fail: number;
  /** Gates that can refuse. */
  readonly asked: number;
}

export function tallyOf(verdicts: readonly Verdict[]): Tally {
  const counted = { pass: 0, warn: 0, fail: 0 };
  for (const verdict of verdicts) counted[standingOf(verdict)]++;
  return { ...counted, asked: verdicts.filter(({ severity }) => severity === 'refuse').length };
}

/** Whether a promotion would be admitted: no gate refuses, and at least one could. */
export function admits(verdicts: readonly Verdict[]): boolean {
  const { fail, asked } = tallyOf(verdicts);
  return asked > 0 && fail === 0;
}

const order: Readonly<Record<Standing, number>> = { fail: 0, warn: 1, pass: 2 };

/** What refuses first, then what warns, each in the order of the gates. */
export function worstFirst(verdicts: readonly Verdict[]): readonly Verdict[] {
  return [...verdicts].sort((a, b) => order[standingOf(a)] - order[standingOf(b)]);
}

/** The verdicts of a record as a live check gives them: a record writes NaN and infinities as text, and old ones know no severity. */
export function verdictsOfRecord(record: Readonly<Record<string, unknown>>): readonly Verdict[] {
  const given = record['verdicts'];
  return Array.isArray(given) ? given.map(verdictOfRecord) : [];
}

function verdictOfRecord(given: Readonly<Record<string, unknown>>): Verdict {
  const { gate, version, severity = 'refuse', passed, observed, threshold, op, because } = given;
  const finite = typeof observed === 'number';
  return {
    gate: String(gate),
    version: String(version),
    severity: severity === 'warn' ? 'warn' : 'refuse',
    passed: passed === true,
    observed: finite ? observed : null,
    threshold: Number(threshold),
    op: op as Verdict['op'],
    because: String(because),
    ...(!finite && { nonFinite: { observed: String(observed) as 'NaN' } }),
  };
}
