import { AssayError } from '../../core/errors.ts';
import { leastDistinct } from '../../validation/variation.ts';
import type { SessionPlan } from './session-plan.ts';

/**
 * Number of the vault's sessions. Tests come first: by default it takes no session from them, so studies whose tests reach the end of the data
 * have none.
 * @throws AssayError `config_invalid` where `vaultSessions` does not fit behind the tests
 */
export function vaultSessionsOf({ searchSessions, testSessions, folds, vaultSessions }: SessionPlan, all: number): number {
  const left = all - searchSessions - folds * testSessions;
  if (vaultSessions === undefined) {
    const kept = Math.min(Math.floor((all - searchSessions) / 5), left);
    return kept < leastDistinct ? 0 : kept;
  }
  if (vaultSessions <= Math.max(0, left)) return vaultSessions;
  throw new AssayError(
    'config_invalid',
    `a vault of ${vaultSessions} sessions does not fit: of ${all} the search takes ${searchSessions} and ${folds} tests ${folds * testSessions}`,
    { place: 'sessions.vaultSessions', hint: `at most ${Math.max(0, left)}, or fewer or shorter tests` },
  );
}
