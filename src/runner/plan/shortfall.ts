import { counted } from '../../core/counted.ts';
import type { EvidenceAhead } from '../../search/study/walk-forward.ts';
import { usualSeeds } from '../evaluate/usual-seeds.ts';

/** Returns in words what the gates of a policy and the folds will miss however good the trials are (null: nothing, or unknown). */
export async function describeShortfall(evidence: EvidenceAhead | null, policy: string, seeds = usualSeeds): Promise<string | null> {
  if (evidence === null) return null;
  const [{ loadGatePolicy }, { missingEvidence }, { leastDistinct }] = await Promise.all([
    import('../../trading/config/load.ts'),
    import('../../validation/gates/missing-evidence.ts'),
    import('../../validation/variation.ts'),
  ]);
  const missing = missingEvidence(loadGatePolicy(policy), { ...evidence, seeds });
  const { shortestFold = leastDistinct } = evidence;
  const lacks: string[] = [];
  if (missing.length > 0)
    lacks.push(
      `the gates of the policy ${policy} will refuse every trial of this study: its walk-forward gives ${missing.join(', ')}; longer or more folds would give more`,
    );
  if (shortestFold < leastDistinct)
    lacks.push(
      `a fold of ${counted(shortestFold, 'session')} has no daily Sharpe ratio of its own: set sessions.testSessions to ${leastDistinct} or more`,
    );
  return lacks.length === 0 ? null : lacks.join('; ');
}
