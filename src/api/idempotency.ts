import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { idempotencyHeader } from './schemas.ts';

/** What is stored of a caller's key: a UUID (of version 8, RFC 9562), whatever the key's form. */
export function idempotencyKeyOf({ 'idempotency-key': key }: z.infer<typeof idempotencyHeader>): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
