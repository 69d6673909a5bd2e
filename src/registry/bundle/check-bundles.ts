import { AssayError } from '../../core/errors.ts';
import type { ArtifactStore } from '../../storage/artifacts/store.ts';
import { isDecision, type LedgerRecord } from '../record.ts';
import type { LedgerFinding } from '../verify.ts';
import { decodeBundle } from './bundle.ts';
import { contradictions, recompute } from './recompute.ts';

export interface BundleChecks {
  /** Number of bundles whose bytes were compared with their hash. */
  readonly bundles: number;
  /** Number of verdicts that were computed again and are the same, bit for bit (null: not asked for). */
  readonly recomputed: number | null;
  /** Number of verdicts that only another release can compute again: their rules have another version here. */
  readonly foreign: number;
  readonly findings: readonly LedgerFinding[];
}

/**
 * Compares the bytes of every bundle with the hash in its record; with `again` also its content with the record, and its verdicts with
 * those that the gates give today. Records of before there were bundles have none.
 * @throws AssayError if the store does not answer
 */
export async function checkBundles(store: ArtifactStore, records: readonly LedgerRecord[], again: boolean): Promise<BundleChecks> {
  const findings: LedgerFinding[] = [];
  let [bundles, recomputed, beyond] = [0, 0, 0];
  for (const record of records) {
    if (!isDecision(record) || record.bundleHash === undefined) continue;
    const { bundleHash, sequence } = record;
    const place = `record ${sequence}`;
    const fail = (check: LedgerFinding['check'], found: string) => findings.push({ check, state: 'fail', place, found });
    try {
      const bytes = await store.get(bundleHash);
      bundles += 1;
      if (!again) continue;
      const bundle = decodeBundle(bytes, place);
      for (const found of contradictions(bundle, record)) fail('bundle', found);
      const { same, differences, foreign, reworded } = recompute(bundle);
      recomputed += same;
      beyond += foreign.length;
      for (const found of differences) fail('verdict', found);
      for (const found of [...foreign, ...reworded]) findings.push({ check: 'verdict', state: 'warn', place, found });
    } catch (error) {
      if (!(error instanceof AssayError) || (error.code !== 'not_found' && error.code !== 'data_invalid')) throw error;
      fail('bundle', error.message);
    }
  }
  return { bundles, recomputed: again ? recomputed : null, foreign: beyond, findings };
}
