import { createPublicKey, type KeyObject } from 'node:crypto';

/** Name of an Ed25519 public key in records: the key itself, so that a signature can be checked against it without any file. */
export type KeyId = `ed25519:${string}`;

/** Bytes before the 32 bytes of the key in its DER form (RFC 8410, section 4). */
const derPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** `ed25519:` and the 32 bytes of the public key as base64url. */
export function keyIdOf(key: KeyObject): KeyId {
  const der = key.export({ type: 'spki', format: 'der' });
  return `ed25519:${der.subarray(derPrefix.length).toString('base64url')}`;
}

/** The public key that a record names (null: not the id of an Ed25519 key). */
export function keyOf(id: string): KeyObject | null {
  const [, text = ''] = /^ed25519:([A-Za-z0-9_-]{43})$/.exec(id) ?? [];
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 32) return null;
  return createPublicKey({ key: Buffer.concat([derPrefix, bytes]), format: 'der', type: 'spki' });
}
