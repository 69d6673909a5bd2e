import type { Front } from '../../storage/readers/front.ts';
import { formatNumber } from './format.ts';

/** `12 trials of the Pareto set, hypervolume 0.61`; of a set too large to be measured whole, `hypervolume at least 0.61: that of 500 of them`. */
export function describeFront({ size, hypervolume, measured, nonFinite }: Front): string {
  const trials = `${size} ${size === 1 ? 'trial' : 'trials'} of the Pareto set`;
  if (hypervolume === null && nonFinite === undefined) return trials;
  const volume = nonFinite?.['hypervolume'] ?? formatNumber(hypervolume);
  return measured === undefined
    ? `${trials}, hypervolume ${volume}`
    : `${trials}, hypervolume at least ${volume}: that of ${measured} of them`;
}
