import type { EvidenceAhead } from '../../search/study/walk-forward.ts';
import { usualSeeds } from '../usual-seeds.ts';

/** What the promotion gates will lack of a study's trials however good they are, in one sentence; null: nothing, or nobody can say. */
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
