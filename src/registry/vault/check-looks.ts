import { and, eq, isNotNull } from 'drizzle-orm';
import { trialAddress } from '../../core/address.ts';
import type { Db } from '../../storage/database.ts';
import { evaluations, looks, studies, trials, validations } from '../../storage/schema/index.ts';
import { policySubject, vaultScheme } from '../../storage/validations/save-validation.ts';
import type { LedgerRecord, VaultOpenedRecord, VaultResultRecord } from '../record.ts';
import type { LedgerFinding } from '../verify.ts';

/** What the tables say of looks at vaults. */
export interface VaultTables {
  /** Addresses of the trials that looked, removed studies included. */
  readonly looked: readonly string[];
  readonly walks: readonly {
    readonly address: string;
    /** The record that opened it, as the validation names it. */
    readonly opened: unknown;
    readonly seed: number | null;
    readonly policyHash: string | null;
    readonly stepReturnsHash: string;
  }[];
}

export async function readVaultTables(tx: Db): Promise<VaultTables> {
  const looked = await tx
    .selectDistinct({ study: looks.study, number: looks.number })
    .from(looks)
    .where(and(eq(looks.kind, 'vault'), isNotNull(looks.number)));
  const walks = await tx
    .select({
      study: studies.name,
      number: trials.number,
      definition: validations.definition,
      seed: evaluations.seed,
      policyHash: evaluations.policyHash,
      stepReturnsHash: evaluations.stepReturnsHash,
    })
    .from(evaluations)
    .innerJoin(validations, eq(validations.id, evaluations.validationId))
    .innerJoin(trials, eq(trials.id, evaluations.trialId))
    .innerJoin(studies, eq(studies.id, trials.studyId))
    .where(and(eq(validations.scheme, vaultScheme), eq(evaluations.subject, policySubject)));
  return {
    looked: looked.map(({ study, number }) => trialAddress(study, number ?? Number.NaN)).sort(),
    walks: walks.map(({ study, number, definition, ...walk }) => ({
      ...walk,
      address: trialAddress(study, number),
      opened: (definition as { readonly opened?: { readonly record?: unknown } }).opened?.record,
    })),
  };
}

/** Compares the stored looks at vaults, and what they showed, with the ledger. Those of removed studies have no results in the tables. */
export function checkLooks(records: readonly LedgerRecord[], { looked, walks }: VaultTables): readonly LedgerFinding[] {
  const fail = (place: string, found: string): LedgerFinding => ({ check: 'tables', state: 'fail', place, found });
  const opened = new Map(records.flatMap((one) => (one.kind === 'vault-opened' ? [[one.sequence, one] as const] : [])));
  const results = new Map(records.flatMap((one) => (one.kind === 'vault-result' ? [[one.opened, one] as const] : [])));
  const unseen = looked.filter((address) => ![...opened.values()].some((one) => one.address === address));
  return [
    ...unseen.map((address) => fail(address, 'it looked at the vault, and no record of the ledger opened it')),
    ...walks.flatMap(({ address, opened: sequence, seed, policyHash, stepReturnsHash }) => {
      const look = opened.get(Number(sequence));
      if (look === undefined || look.address !== address)
        return unseen.includes(address) ? [] : [fail(address, 'its result in the vault belongs to no record that opened it')];
      return differences({ seed, policyHash, stepReturnsHash }, look, results.get(look.sequence)).map((found) => fail(address, found));
    }),
  ];
}

function differences(
  { seed, policyHash, stepReturnsHash }: Pick<VaultTables['walks'][number], 'seed' | 'policyHash' | 'stepReturnsHash'>,
  look: VaultOpenedRecord,
  result: VaultResultRecord | undefined,
): readonly string[] {
  const named = look.policies.find((policy) => policy.seed === seed)?.hash;
  if (named !== policyHash)
    return [`record ${look.sequence} opened the vault to the policy ${named ?? 'of no such seed'}; the table has ${policyHash}`];
  const said = result?.results.find((one) => one.seed === seed)?.stepReturnsHash;
  if (result === undefined || said === stepReturnsHash) return [];
  return [`record ${result.sequence} has other returns of seed ${seed} in the vault than the table: ${said} and ${stepReturnsHash}`];
}
