import { createHash } from 'node:crypto';
import { AssayError } from '../../core/errors.ts';

/**
 * The challenge and its answer by which a gateway of Databento knows a customer: the key itself never travels.
 * Source: github.com/databento/databento-rs, `src/live/protocol.rs`.
 */

const keyPrefix = 'db-';
const keyLength = 32;
/** Characters at a key's end that are sent openly, by which the gateway finds it. */
const bucketLength = 5;

/** @throws AssayError `config_invalid`, without the key, for what is no key. */
export function checkKey(key: string, place: string): void {
  if (key.length === keyLength && key.startsWith(keyPrefix)) return;
  throw new AssayError('config_invalid', `a key of Databento has ${keyLength} characters and begins with ${keyPrefix}`, {
    place,
    hint: 'copy it from the portal of Databento, without spaces or quotes',
  });
}

/** The end of a key, which is no secret. */
function bucketOf(key: string): string {
  return key.slice(-bucketLength);
}

/** Returns the answer to a challenge, e.g. `52ba…bd8e-00042`. */
export function cramAnswer(challenge: string, key: string): string {
  return `${createHash('sha256').update(`${challenge}|${key}`).digest('hex')}-${bucketOf(key)}`;
}

/** Returns the text with the key as `****` and its end. */
export function maskKey(text: string, key: string): string {
  return text.replaceAll(key, `****${bucketOf(key)}`);
}
