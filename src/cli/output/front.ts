import type { Front } from '../../storage/readers/front.ts';
import { formatNumber } from './format.ts';

/** `12 trials of the Pareto set, hypervolume 0.61`. */
export function describeFront({ size, hypervolume, nonFinite }: Front): string {
  const trials = `${size} ${size === 1 ? 'trial' : 'trials'} of the Pareto set`;
  if (hypervolume === null && nonFinite === undefined) return trials;
  return `${trials}, hypervolume ${nonFinite?.['hypervolume'] ?? formatNumber(hypervolume)}`;
}
