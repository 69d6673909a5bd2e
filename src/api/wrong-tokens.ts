import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { answerProblem } from './problem.ts';

/** Whose wrong tokens are counted together; a request that came over no socket has no address. */
export function addressOf(c: Context): string {
  return (c.env as { readonly incoming?: unknown } | undefined)?.incoming === undefined ? '' : (getConnInfo(c).remote.address ?? '');
}

/** Answers 429 to an address that has sent too many wrong tokens. */
export function answerTooMany(c: Context, retryAfterMs: number): Response {
  const seconds = Math.ceil(retryAfterMs / 1000);
  c.header('Retry-After', String(seconds));
  return answerProblem(c, {
    status: 429,
    code: 'too_many_requests',
    detail: 'too many wrong tokens came from this address, and this is none that is right',
    hint: `try again in ${seconds} s`,
  });
}
