/** How often a configuration is tried: once, n times, or again where a model says that it pays. */
export type Replicates = 'none' | 'auto' | number;

/** Largest number of trials of each configuration. */
export const mostReplicates = 100;

export function isReplicates(given: unknown): given is Replicates {
  return given === 'none' || given === 'auto' || (Number.isInteger(given) && Number(given) >= 2 && Number(given) <= mostReplicates);
}
