import type { Observation } from '../../trial/history.ts';
import { toldVariances } from '../gp/told-variances.ts';

/**
 * Draws the values of complete trials towards their mean by how uncertain they said to be, for a sampler that only ranks trials: so the luck of an
 * imprecise one does not put it first. Each keeps the share of its deviation that is expected to be its own (James and Stein 1961; Morris 1983). Without
 * told noise, and with several objectives, the observations are returned as they are.
 */
export function shrunk(observations: readonly Observation[], objectives: number): readonly Observation[] {
  const told = objectives > 1 ? null : toldVariances(observations);
  if (told === null) return observations;
  const known = observations.flatMap((trial, i) =>
    trial.state === 'complete' && Number.isFinite(trial.value) ? [{ value: trial.value, variance: told[i]! }] : [],
  );
  const n = known.length;
  const mean = known.reduce((sum, { value }) => sum + value / n, 0);
  const all = known.reduce((sum, { value }) => sum + (value - mean) ** 2 / n, 0);
  const noise = known.reduce((sum, { variance }) => sum + variance / n, 0);
  // What is not noise; at least a tenth, since the noise is uncertain as well.
  const own = Math.max(all - noise, 0.1 * all);
  if (!(own > 0 && Number.isFinite(own))) return observations;
  return observations.map((trial, i) =>
    trial.state === 'complete' && Number.isFinite(trial.value)
      ? { ...trial, value: mean + ((trial.value - mean) * own) / (own + told[i]!) }
      : trial,
  );
}
