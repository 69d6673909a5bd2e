import { type TrialAddress, trialAddress } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import type { Db } from '../storage/database.ts';
import type { ChampionEvidence } from '../validation/gates/champion.ts';
import { judgedPair } from './compare-models.ts';
import { findVersion } from './models.ts';
import { standingsOf } from './standing.ts';

export interface Challenge {
  readonly challenger: TrialAddress;
  readonly model: string;
  readonly alias: string;
  /** `championMargin` of the gate policy; of several the largest. */
  readonly margin: number;
}

/**
 * Reads what a promotion has to beat, for the gate `champion`.
 * @returns null where nothing has to be beaten: the alias names no version yet, one whose record has expired, or the challenger itself.
 * `version` is what the alias names: a promotion holds only while it still does
 */
export async function readChampion(
  db: Db,
  { challenger, model, alias, margin }: Challenge,
): Promise<{ readonly evidence: ChampionEvidence | null; readonly version: number | null }> {
  const champion = await findVersion(db, { model, at: alias }).catch((error: unknown) => {
    if (error instanceof AssayError && error.code === 'not_found') return null;
    throw error;
  });
  const address = trialAddress(challenger.study, challenger.number);
  const version = champion?.version ?? null;
  if (champion === null || champion.trial === address) return { evidence: null, version };
  const standing = await standingsOf(db, [model]);
  if (standing(model, champion.version).expired) return { evidence: null, version };
  const { address: name } = champion;
  try {
    return { evidence: { champion: name, margin, pair: await judgedPair(db, name, address), because: '' }, version };
  } catch (error) {
    if (!(error instanceof AssayError) || error.code !== 'conflict') throw error;
    const because = `${error.message}${error.hint === undefined ? '' : `; ${error.hint}`}`;
    return { evidence: { champion: name, margin, pair: null, because }, version };
  }
}
