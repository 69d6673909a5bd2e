import { verify } from 'node:crypto';
import type { LedgerFinding } from '../verify.ts';
import { type KeyId, keyOf } from './key-id.ts';

/** What is checked of a record. */
export interface SignedRow {
  readonly sequence: number;
  readonly hash: string;
  /** Key that the record names (null: none). */
  readonly signer: string | null;
  /** Base64 (null: none). */
  readonly signature: string | null;
}

export interface SignatureCheck {
  readonly findings: readonly LedgerFinding[];
  /** Number of records without a signature: those of before the ledger was signed. */
  readonly unsigned: number;
  /** Every key in use, in the order of its first record. */
  readonly keys: readonly { readonly key: string; readonly records: number }[];
}

/**
 * Checks that each signature is that of the record's hash by the key that the record names, and that no record after the first signed one
 * is without. With `trusted`, also that the key is one of them: otherwise anybody could have made it.
 */
export function checkSignatures(rows: readonly SignedRow[], trusted: readonly KeyId[] | undefined): SignatureCheck {
  const findings: LedgerFinding[] = [];
  const keys = new Map<string, number>();
  let firstSigned: number | undefined;
  for (const { sequence, hash, signer, signature } of rows) {
    const fail = (found: string) => findings.push({ check: 'signature', state: 'fail', place: `record ${sequence}`, found });
    if (signer === null || signature === null) {
      if (signer !== null || signature !== null) fail(signer === null ? 'it has a signature and names no key' : 'its signature is missing');
      else if (firstSigned !== undefined) fail(`it is not signed, and record ${firstSigned} before it is`);
      continue;
    }
    firstSigned ??= sequence;
    keys.set(signer, (keys.get(signer) ?? 0) + 1);
    const key = keyOf(signer);
    if (key === null) fail('the key that it names is no Ed25519 key');
    else if (!verify(null, Buffer.from(hash, 'hex'), key, Buffer.from(signature, 'base64')))
      fail('its signature is not that of its hash by the key that it names');
    else if (trusted !== undefined && !trusted.some((id) => id === signer))
      fail(`it is signed by ${signer}, which is not among the given keys`);
  }
  if (trusted !== undefined && rows.length > 0 && firstSigned === undefined)
    findings.push({ check: 'signature', state: 'warn', place: 'ledger', found: 'no record is signed, so the given keys show nothing' });
  return {
    findings,
    unsigned: rows.filter(({ signer, signature }) => signer === null && signature === null).length,
    keys: [...keys].map(([key, records]) => ({ key, records })),
  };
}
