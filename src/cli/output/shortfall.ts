import type { EvidenceAhead } from '../../search/study/walk-forward.ts';
import { usualSeeds } from '../usual-seeds.ts';

/** Returns in one sentence what the promotion gates will miss however good the trials are (null: nothing, or unknown). */
export async function describeShortfall(evidence: EvidenceAhead | null): Promise<string | null> {
  if (evidence === null) return null;
  const [{ loadGateRules }, { missingEvidence }] = await Promise.all([
    import('../../trading/config/load.ts'),
    import('../../validation/gates/missing-evidence.ts'),
  ]);
  const missing = missingEvidence(loadGateRules(), { ...evidence, seeds: usualSeeds });
  if (missing.length === 0) return null;
  return `the gates will refuse every trial of this study: its walk-forward gives ${missing.join(', ')}; longer or more folds would give more`;
}
