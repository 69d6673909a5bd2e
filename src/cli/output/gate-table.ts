import pc from 'picocolors';
import type { AskedPolicy } from '../../registry/asked-policies.ts';
import type { GateResult } from '../../validation/gates/gate.ts';
import { tenDaysTellLittle } from '../../validation/gates/ten-days.ts';
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

/** Under the checklist: which policies were asked, and what their gates cannot tell. */
export function explainGates(gateResults: readonly Pick<GateResult, 'gate'>[], policies: readonly AskedPolicy[]): string {
  const asked = policies.map(({ version, by }) => (by === 'before' ? `${version}, its numbers when the first trial completed` : version));
  const lines = [`gate polic${asked.length === 1 ? 'y' : 'ies'} ${asked.join(' and ')}${asked.length === 1 ? '' : ': all must pass'}`];
  if (gateResults.some(({ gate }) => gate.startsWith('s1-')))
    lines.push('s1-: the rules of the first sprint, over exactly the first out-of-sample steps of each seed');
  if (gateResults.some(({ gate }) => gate.startsWith('s2-paper'))) lines.push(`s2-: paper trading; ${tenDaysTellLittle}`);
  return lines.join('; ');
}
