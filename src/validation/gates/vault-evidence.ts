import type { FoldEvaluation } from '../../search/study/walk-forward.ts';

/** What the promoted policies earned on the vault: sessions that were kept from every other look. */
export interface VaultEvidence {
  /** When the vault was opened, RFC 3339. */
  readonly openedAt: string;
  readonly seeds: readonly { readonly seed: number; readonly evaluation: FoldEvaluation }[];
}
