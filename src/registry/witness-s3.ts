import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { AssayError, messageOf } from '../core/errors.ts';
import { s3PlaceOf } from '../storage/artifacts/s3.ts';
import type { Witness } from './witness.ts';
import { hasLine } from './witness-line.ts';

const requestLimitMs = 30_000;
const tries = 8;
const firstDelayMs = 50;

/**
 * A witness in an S3 object. Each append reads the object and writes it back with one more line, conditional on its ETag; of two
 * concurrent writers one retries. With versioning or object lock on the bucket, lines cannot be removed.
 * @throws AssayError `config_invalid` for a place without a key, or without the AWS variables.
 */
export function createS3Witness(url: string, environment: NodeJS.ProcessEnv): Witness {
  const place = s3PlaceOf(url, environment, 'ASSAY_LEDGER_WITNESS');
  const key = place.prefix.replace(/\/$/, '');
  if (key === '') throw new AssayError('config_invalid', `ASSAY_LEDGER_WITNESS=${url} names no object`, { hint: 'write s3://bucket/key' });
  const client = new AwsClient({ ...place, service: 's3', retries: 0 });
  const address = `${place.endpoint}/${place.bucket}/${key}`;
  /** The response with its whole body: a body that breaks off is a failure like a refused connection. */
  const ask = async (init: RequestInit): Promise<{ readonly response: Response; readonly text: string }> => {
    try {
      const response = await client.fetch(address, { ...init, signal: AbortSignal.timeout(requestLimitMs) });
      return { response, text: await response.text() };
    } catch (cause) {
      throw unavailable(url, messageOf(cause), cause);
    }
  };
  const current = async (): Promise<{ readonly text: string; readonly tag: string | null } | null> => {
    const { response, text } = await ask({ method: 'GET' });
    if (response.status === 404) return null;
    if (!response.ok) throw unavailable(url, `${response.status} ${response.statusText}`);
    return { text, tag: response.headers.get('etag') };
  };
  return {
    place: url,
    read: async () => (await current())?.text ?? null,
    append: async (line) => {
      for (let i = 1; ; i++) {
        const before = await current();
        if (hasLine(before?.text ?? null, line)) return;
        const text = before === null || before.text === '' || before.text.endsWith('\n') ? (before?.text ?? '') : `${before.text}\n`;
        const condition: Record<string, string> = before?.tag ? { 'if-match': before.tag } : { 'if-none-match': '*' };
        const { response } = await ask({
          method: 'PUT',
          body: `${text}${line}\n`,
          headers: { ...condition, 'content-type': 'text/plain; charset=utf-8' },
        });
        if (response.ok) return;
        // 412: another writer was first. 409: another writer is active.
        if ((response.status !== 412 && response.status !== 409) || i === tries)
          throw unavailable(url, `${response.status} ${response.statusText}`);
        await sleep(Math.random() * firstDelayMs * 2 ** i);
      }
    },
  };
}

function unavailable(url: string, because: string, cause?: unknown): AssayError {
  return new AssayError('unavailable', `the witness of the ledger cannot be used: ${because}`, {
    place: url,
    hint: 'check ASSAY_LEDGER_WITNESS, the AWS_… variables and the rights of the key: it needs to get and put the object',
    ...(cause !== undefined && { cause }),
  });
}
