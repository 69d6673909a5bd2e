import type { EnvironmentConfig } from './options.ts';

/** Converts an agent's actions to wanted positions in [-1, 1]; choices become the positions that they stand for. */
export function targetsOf({ positions }: Pick<EnvironmentConfig, 'positions'>, actions: Float32Array): Float32Array {
  return positions === undefined ? actions : actions.map((choice) => (2 * choice) / (positions - 1) - 1);
}
