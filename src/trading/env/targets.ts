import type { EnvironmentConfig } from './trading-env.ts';

/** An agent's actions as wanted positions in [-1, 1]: as they are, or the positions that its choices stand for. */
export function targetsOf({ positions }: Pick<EnvironmentConfig, 'positions'>, actions: Float32Array): Float32Array {
  return positions === undefined ? actions : actions.map((choice) => (2 * choice) / (positions - 1) - 1);
}
