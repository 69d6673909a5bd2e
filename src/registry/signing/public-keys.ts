import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AssayError, messageOf } from '../../core/errors.ts';
import { type KeyId, keyIdOf } from './key-id.ts';

/**
 * Reads the public keys of a file: one or more PEM blocks, as `assay model key` prints them.
 * @throws AssayError `usage` for a file that cannot be read; `config_invalid` for one without a key, with a private or with another kind of key.
 */
export function readPublicKeys(path: string): readonly KeyId[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AssayError('usage', `the public key cannot be read: ${messageOf(cause)}`, { place: path, cause });
  }
  const blocks = text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
  if (blocks.length === 0) throw noKey(path, 'it holds no key in PEM form');
  return blocks.map((block) => {
    if (/^-----BEGIN [^-]*PRIVATE KEY/.test(block)) throw noKey(path, 'it holds a private key');
    return keyIdOf(publicKeyOf(block, path));
  });
}

function publicKeyOf(block: string, path: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPublicKey(block);
  } catch {
    // Damaged, or another kind of block.
  }
  if (key?.asymmetricKeyType !== 'ed25519') throw noKey(path, 'it holds something else than an Ed25519 public key');
  return key;
}

function noKey(place: string, found: string): AssayError {
  return new AssayError('config_invalid', `records cannot be verified with this file: ${found}`, {
    place,
    hint: 'assay model key > ledger.pub.pem writes the public key, on the machine that promotes',
  });
}
