import pc from 'picocolors';
import { finite, nonFiniteFlag } from '../../storage/readers/finite.ts';
import type { Verdict } from '../../validation/gates/gate.ts';
import { formatNumber } from './format.ts';
import type { Column } from './table.ts';

/** The gate checklist: observed against threshold, and why in words. */
export const verdictColumns: readonly Column<Verdict>[] = [
  { title: 'gate', cell: (verdict) => verdict.gate },
  { title: 'verdict', cell: (verdict) => (verdict.passed ? pc.green('✓ pass') : pc.red('✗ fail')) },
  { title: 'observed', cell: (verdict) => formatNumber(verdict.observed), align: 'right' },
  { title: '', cell: (verdict) => verdict.op },
  { title: 'threshold', cell: (verdict) => formatNumber(verdict.threshold) },
  { title: 'because', cell: (verdict) => verdict.because, wrap: true },
];

/** A verdict as scripts read it: NaN has no JSON form, so it is null and named in `nonFinite`; it never passes. */
export function verdictDocument(verdict: Verdict) {
  return { ...verdict, observed: finite(verdict.observed), ...nonFiniteFlag({ observed: verdict.observed }) };
}
