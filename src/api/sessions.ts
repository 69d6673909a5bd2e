import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long a browser stays signed in. */
export const sessionMs = 12 * 3_600_000;

/** Sessions of one server at a time; the oldest ends where one more begins. */
const mostSessions = 1000;

/** Wrong tokens of one address in a minute before it is told to wait. */
const mostWrong = 5;
const windowMs = 60_000;
/** Addresses whose wrong tokens are counted at a time. */
const mostAddresses = 10_000;

export type Refusal = { readonly refused: 'wrong' } | { readonly refused: 'tooMany'; readonly retryAfterMs: number };

/** `endsMs`: ms since 1970. */
export type Opening = { readonly id: string; readonly endsMs: number } | Refusal;

/** A browser that has shown the token. */
export interface Session {
  /** Ms since 1970. */
  readonly endsMs: number;
  /** Aborted when it is ended before its time. */
  readonly ended: AbortSignal;
}

/** Sessions are kept in memory, by a random id that is not the token: a restart ends all of them. */
export interface Sessions {
  /** Looks at a token. The right one passes, however many wrong ones came from the address: others may share it, behind a proxy. */
  readonly check: (token: string, address: string) => 'right' | Refusal;
  readonly open: (token: string, address: string) => Opening;
  /** Null: there is none, or it has ended. */
  readonly find: (id: string) => Session | null;
  readonly end: (id: string) => void;
}

/** Digests have one length, so the time of a comparison tells nothing about the secret. */
function sameSecret(expected: string): (given: string) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const wanted = digest(expected);
  return (given) => timingSafeEqual(digest(given), wanted);
}

/** @param now ms since 1970 */
export function createSessions(token: string, now: () => number = Date.now): Sessions {
  const isToken = sameSecret(token);
  const kept = new Map<string, { readonly endsMs: number; readonly ending: AbortController }>();
  const wrong = new Map<string, { n: number; readonly since: number }>();

  const countOf = (address: string): { n: number; readonly since: number } => {
    const counted = wrong.get(address);
    if (counted !== undefined && now() - counted.since < windowMs) return counted;
    const fresh = { n: 0, since: now() };
    wrong.delete(address);
    wrong.set(address, fresh);
    if (wrong.size > mostAddresses) wrong.delete(wrong.keys().next().value!);
    return fresh;
  };

  const check: Sessions['check'] = (given, address) => {
    if (isToken(given)) return 'right';
    const counted = countOf(address);
    if (counted.n >= mostWrong) return { refused: 'tooMany', retryAfterMs: counted.since + windowMs - now() };
    counted.n += 1;
    return { refused: 'wrong' };
  };

  const end = (id: string): void => {
    kept.get(id)?.ending.abort();
    kept.delete(id);
  };

  return {
    check,
    open: (given, address) => {
      const checked = check(given, address);
      if (checked !== 'right') return checked;
      for (const [id, { endsMs }] of kept) if (endsMs <= now() || kept.size >= mostSessions) end(id);
      const id = randomBytes(32).toString('base64url');
      const endsMs = now() + sessionMs;
      kept.set(id, { endsMs, ending: new AbortController() });
      return { id, endsMs };
    },
    find: (id) => {
      const found = kept.get(id);
      return found === undefined || found.endsMs <= now() ? null : { endsMs: found.endsMs, ended: found.ending.signal };
    },
    end,
  };
}
