import type { Recent } from '../recent.ts';
import { deviationOf, meanOf } from '../windows.ts';

/** A deviation of volumes below this share of their mean is rounding. */
const roundingOfMean = 1e-12;

/** Deviation of the last volume from the window's mean, in standard deviations; 0 if all volumes are equal. */
export function volumeZscore(volumes: Recent): number {
  const from = volumes.start(volumes.length);
  const mean = meanOf(volumes.values, from, volumes.end);
  const deviation = deviationOf(volumes.values, from, volumes.end);
  return deviation <= roundingOfMean * mean ? 0 : (volumes.newest - mean) / deviation;
}
