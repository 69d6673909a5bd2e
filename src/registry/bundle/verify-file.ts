import { verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { AssayError, messageOf } from '../../core/errors.ts';
import { sha256 } from '../../core/json.ts';
import { type DecisionRecord, sealRecord } from '../record.ts';
import { type KeyId, keyOf } from '../signing/key-id.ts';
import type { LedgerFinding } from '../verify.ts';
import { decodeBundle } from './bundle.ts';
import { contradictions, recompute } from './recompute.ts';

/** What a bundle shows by itself, and with the record beside it. */
export interface BundleReport {
  readonly intact: boolean;
  readonly trial: string;
  /** SHA-256 of the file: the record names it as `bundleHash`. */
  readonly bundleHash: string;
  readonly policyHash: string;
  /** Number of verdicts in the bundle, and how many of them were computed again and are the same, bit for bit. */
  readonly verdicts: number;
  readonly recomputed: number;
  /** Number of verdicts that only another release can compute again: their rules have another version here. */
  readonly foreign: number;
  /** Hash of the record in the file beside (null: there is no such file). */
  readonly record: string | null;
  /** Key of the record's signature (null: no record, or none). */
  readonly signer: string | null;
  readonly findings: readonly LedgerFinding[];
}

/** What is read of the file beside a bundle: only a decision has a configuration, and rests on a bundle. */
const beside = z.looseObject({
  promotion: z.looseObject({ hash: z.string(), signature: z.string().nullable().optional() }),
  record: z.looseObject({
    sequence: z.number(),
    config: z.looseObject({ params: z.looseObject({}), seeds: z.array(z.number()) }),
    verdicts: z.array(z.looseObject({ gate: z.string() })),
  }),
});

/**
 * Computes the verdicts of a bundle again, without database and store. Where the record lies beside it (`<file>.json`, as the export writes
 * it), also compares the two, and checks the record's hash and signature.
 * @throws AssayError `usage` for files that cannot be read; `data_invalid` for what is no bundle, or a damaged one
 */
export function verifyBundleFile(path: string, publicKeys?: readonly KeyId[]): BundleReport {
  const bytes = readWhole(path);
  const bundle = decodeBundle(bytes, path);
  const { same, differences, foreign, reworded } = recompute(bundle);
  const bundleHash = sha256(bytes);
  const found = existsSync(`${path}.json`) ? readRecord(`${path}.json`) : null;
  const findings: LedgerFinding[] = [
    ...differences.map((found) => ({ check: 'verdict', state: 'fail', place: path, found }) as const),
    ...[...foreign, ...reworded].map((found) => ({ check: 'verdict', state: 'warn', place: path, found }) as const),
  ];
  if (found !== null) {
    const fail = (check: LedgerFinding['check'], text: string) =>
      findings.push({ check, state: 'fail', place: `record ${found.record.sequence}`, found: text });
    if (found.record.bundleHash !== bundleHash)
      fail('bundle', `it names the bundle ${found.record.bundleHash ?? 'of nothing'}, and this one is ${bundleHash}`);
    for (const text of contradictions(bundle, found.record)) fail('bundle', text);
    for (const text of faultsOf(found, publicKeys)) fail('signature', text);
  } else if (publicKeys !== undefined) {
    findings.push({
      check: 'signature',
      state: 'fail',
      place: path,
      found: `the signature is that of a record, and ${path}.json is not there`,
    });
  }
  return {
    intact: findings.every(({ state }) => state === 'warn'),
    trial: bundle.trial,
    bundleHash,
    policyHash: bundle.policyHash,
    verdicts: bundle.verdicts.length,
    recomputed: same,
    foreign: foreign.length,
    record: found?.hash ?? null,
    signer: found?.record.signer ?? null,
    findings,
  };
}

interface FoundRecord {
  readonly record: DecisionRecord;
  readonly hash: string;
  readonly signature: string | null;
}

function faultsOf({ record, hash, signature }: FoundRecord, publicKeys: readonly KeyId[] | undefined): readonly string[] {
  if (sealRecord(record).hash !== hash) return ['its content does not have its hash'];
  const { signer } = record;
  if (signer === undefined || signature === null)
    return publicKeys === undefined && signature === (signer ?? null) ? [] : ['it is not signed'];
  const key = keyOf(signer);
  if (key === null || !verify(null, Buffer.from(hash, 'hex'), key, Buffer.from(signature, 'base64')))
    return ['its signature is not that of its hash by the key that it names'];
  return publicKeys === undefined || publicKeys.includes(signer) ? [] : [`it is signed by ${signer}, which is not among the given keys`];
}

function readRecord(path: string): FoundRecord {
  let read: unknown;
  try {
    read = JSON.parse(readWhole(path).toString());
  } catch (error) {
    if (error instanceof AssayError) throw error;
  }
  const { success, data } = beside.safeParse(read);
  if (!success)
    throw new AssayError('data_invalid', 'the file beside the bundle holds no record of a decision', {
      place: path,
      hint: 'assay model export writes the right one; take it away to verify the bundle by itself',
    });
  const { promotion, record } = data;
  return { record: record as unknown as DecisionRecord, hash: promotion.hash, signature: promotion.signature ?? null };
}

function readWhole(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new AssayError('usage', `the file cannot be read: ${messageOf(cause)}`, { place: path, cause });
  }
}
