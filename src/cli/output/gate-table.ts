import pc from 'picocolors';
import { finite, nonFiniteFlag } from '../../storage/readers/finite.ts';
import type { GateResult } from '../../validation/gates/gate.ts';
import { numberColumn } from './columns.ts';
import { formatNumber } from './format.ts';
import type { Column } from './table.ts';

/** The gate checklist: observed against threshold, and why in words. */
export const gateColumns: readonly Column<GateResult>[] = [
  { title: 'gate', cell: (gateResult) => gateResult.gate },
  { title: 'result', cell: sayResult },
  {
    ...numberColumn<GateResult>('observed', ({ observed }) => observed),
    cell: ({ observed }) => (Number.isNaN(observed) ? 'unknown' : formatNumber(observed)),
  },
  {
    title: 'needs',
    cell: ({ op, threshold }) => `${op} ${formatNumber(threshold)}`,
    exact: ({ op, threshold }) => `${op} ${threshold}`,
  },
  { title: 'because', cell: (gateResult) => gateResult.because, wrap: true },
];

function sayResult({ passed, severity }: GateResult): string {
  if (passed) return pc.green('✓ pass');
  return severity === 'warn' ? pc.yellow('! warn') : pc.red('✗ fail');
}

/** A gate result as scripts read it: NaN has no JSON form, so it is null and named in `nonFinite`; it never passes. */
export function gateDocument(gateResult: GateResult) {
  return { ...gateResult, observed: finite(gateResult.observed), ...nonFiniteFlag({ observed: gateResult.observed }) };
}

/** Under the checklist, where one of its gates has the prefix. */
export function explainGates(gateResults: readonly Pick<GateResult, 'gate'>[]): string | undefined {
  return gateResults.some(({ gate }) => gate.startsWith('s1-'))
    ? 's1-: the rules of the first sprint, over exactly the first out-of-sample steps of each seed; their bounds stand in configs/gates.yaml'
    : undefined;
}
