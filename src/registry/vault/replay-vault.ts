import { z } from 'zod';
import { refuses } from '../../validation/gates/gate.ts';
import type { LedgerGateResult, VaultOpenedRecord, VaultRecord } from '../record.ts';

const members = { sequence: z.int(), address: z.string() };

/** The members that a replay reads of records about a vault. */
export const replayableVault = [
  z.object({
    ...members,
    kind: z.literal('vault-opened'),
    reason: z.string(),
    vault: z.object({ hash: z.string() }),
    policies: z.array(z.object({ seed: z.int(), hash: z.string() })),
    verdicts: z.array(z.object({ passed: z.boolean(), observed: z.union([z.number(), z.string()]), severity: z.string().optional() })),
  }),
  z.object({
    ...members,
    kind: z.literal('vault-result'),
    opened: z.int(),
    results: z.array(z.object({ seed: z.int(), policyHash: z.string() })),
  }),
] as const;

/** Follows the looks at vaults in the order of their records: each is made once, after every other gate passed, and has one result, of the policies that it names. */
export function vaultReplay(): { readonly follow: (record: VaultRecord) => readonly string[] } {
  const looks = new Map<number, VaultOpenedRecord>();
  const finished = new Map<number, number>();
  const opened = (record: VaultOpenedRecord): readonly string[] => {
    const { address, policies, verdicts, reason, sequence } = record;
    const refused = verdicts.some((verdict: LedgerGateResult) => refuses({ ...verdict, observed: Number(verdict.observed) }));
    const before = [...looks.values()].find((look) => look.address === address && look.vault.hash === record.vault.hash);
    looks.set(sequence, record);
    return [
      ...(!refused ? [] : [`it opens the vault to ${address}, which another gate refuses`]),
      ...(verdicts.length > 0 ? [] : [`it opens the vault to ${address} without the verdict of any gate`]),
      ...(reason.trim() === '' ? ['it opens a vault without a reason'] : []),
      ...(policies.length === 0 ? ['it opens a vault to no policy'] : []),
      ...(before === undefined ? [] : [`it opens the vault to ${address} a second time: record ${before.sequence} opened it`]),
    ];
  };
  return {
    follow: (record) => {
      if (record.kind === 'vault-opened') return opened(record);
      const look = looks.get(record.opened);
      if (look === undefined || look.address !== record.address)
        return [`it is the result of record ${record.opened}, which did not open the vault to ${record.address}`];
      const before = finished.get(record.opened);
      finished.set(record.opened, before ?? record.sequence);
      const same =
        look.policies.length === record.results.length &&
        look.policies.every(({ seed, hash }, i) => record.results[i]?.seed === seed && record.results[i]?.policyHash === hash);
      return [
        ...(before === undefined ? [] : [`it is a second result of record ${record.opened}: record ${before} has the first`]),
        ...(same ? [] : [`its policies are not those that record ${record.opened} opened the vault to`]),
      ];
    },
  };
}
