import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { linkSync, lstatSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataDir } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { writeFault } from '../../core/free-space.ts';
import { type KeyId, keyIdOf } from './key-id.ts';

const variable = 'ASSAY_SIGNING_KEY';

/** Signs records of the ledger. */
export interface Signer {
  readonly id: KeyId;
  /** The public key as PEM, to be kept where records are verified. */
  readonly publicKey: string;
  /** Where the private key comes from, for messages: a path, or the name of the variable. */
  readonly place: string;
  /** Ed25519 signature of the 32 bytes of a record's hash, as base64. */
  readonly sign: (hash: string) => string;
}

/** File of the key that this data directory's records are signed with. */
export function signingKeyPath(dataDir: string): string {
  return join(dataDir, 'signing-key.pem');
}

/**
 * The signer that `ASSAY_SIGNING_KEY` names (a PEM text, or the path of a file), else the one of the data directory, which is made at the
 * first use. No message contains the value of the variable.
 * @throws AssayError `config_invalid` for anything but an unencrypted Ed25519 private key; `forbidden` for a file that others can read.
 */
export function openSigner(dataDir: string, environment: NodeJS.ProcessEnv = process.env): Signer {
  const given = environment[variable]?.trim() ?? '';
  if (given === '') {
    const path = signingKeyPath(dataDir);
    makeKey(dataDir, path);
    return signerOf(readKeyFile(path, path), path);
  }
  // Some tools cannot pass line ends in a variable.
  if (given.startsWith('-----BEGIN')) return signerOf(given.replaceAll('\\n', '\n'), variable);
  return signerOf(readKeyFile(given, variable), variable);
}

function readKeyFile(path: string, place: string): string {
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
      throw new AssayError('forbidden', 'others can read the key that signs the ledger', {
        place,
        hint: 'chmod 600 the file; if it was open for long, replace the key: assay model key says how',
      });
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof AssayError) throw cause;
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new AssayError('config_invalid', `the key that signs the ledger cannot be read: ${why}`, {
      place,
      hint: `${variable} is the path of a PEM file or the PEM text itself; without it the key lies in the data directory`,
    });
  }
}

function signerOf(pem: string, place: string): Signer {
  const key = privateKeyOf(pem, place);
  const publicKey = createPublicKey(key);
  return {
    id: keyIdOf(publicKey),
    publicKey: String(publicKey.export({ type: 'spki', format: 'pem' })),
    place,
    sign: (hash) => sign(null, Buffer.from(hash, 'hex'), key).toString('base64'),
  };
}

function privateKeyOf(pem: string, place: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The cause may quote the text.
  }
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new AssayError('config_invalid', 'the ledger is signed with an unencrypted Ed25519 private key in PEM form, and this is none', {
    place,
    hint: 'openssl genpkey -algorithm ed25519 -out key.pem makes one',
  });
}

/** Makes the key unless it exists. A link puts the whole file in its place, so of two processes one makes it. */
function makeKey(dataDir: string, path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return;
  makeDataDir(dataDir);
  const draft = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    writeFileSync(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx', flush: true });
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFault(error, dataDir);
  } finally {
    rmSync(draft, { force: true });
  }
}
