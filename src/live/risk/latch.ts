import { z } from 'zod';
import { canonicalJson, sha256 } from '../../core/json.ts';
import { type Cause, causeNames } from './causes.ts';
import { jsonOf } from './json-of.ts';
import { type CauseInForce, type RiskEffect, type RiskState, type RiskStep, tighten, tradingState, unrestricted } from './trading-state.ts';

const wholeNumber = z.int().min(0);
const nanoseconds = z.string().regex(/^\d{1,20}$/);
const session = z.int().nullable();

const latchSchema = z.strictObject({
  version: z.literal(1),
  run: z.string(),
  revision: wholeNumber,
  state: z.enum(['active', 'reducing', 'halted']),
  causes: z.array(
    z.strictObject({
      cause: z.enum(causeNames as [Cause, ...Cause[]]),
      because: z.string(),
      by: z.string(),
      since: nanoseconds,
      lastTrue: nanoseconds,
      sessionOpenMs: session,
    }),
  ),
  resumes: z.strictObject({ sessionOpenMs: session, count: wholeNumber }),
  hash: z.string(),
});

/**
 * What both copies of the latch hold, in the database and in a local file (written, synced, renamed): the causes in force, and the state that
 * they lead to, in words for whoever reads the file. It ends with the hash of everything before, so that half a text is no latch.
 */
export function latchText(run: string, risk: RiskState): string {
  const causes = risk.causes.map(({ since, lastTrue, ...more }) => ({ ...more, since: String(since), lastTrue: String(lastTrue) }));
  const { revision, resumes } = risk;
  const latch = { version: 1, run, revision, state: tradingState(risk), causes, resumes };
  return canonicalJson({ ...latch, hash: sha256(canonicalJson(latch)) });
}

/** The state in a copy of the latch; null for a text that is damaged, of another run, or contradicts itself. */
export function readLatch(run: string, text: string): RiskState | null {
  const parsed = latchSchema.safeParse(jsonOf(text));
  if (!parsed.success) return null;
  const { hash, ...latch } = parsed.data;
  if (hash !== sha256(canonicalJson(latch)) || latch.run !== run) return null;
  const causes = latch.causes.map(({ since, lastTrue, ...more }) => ({ ...more, since: BigInt(since), lastTrue: BigInt(lastTrue) }));
  const risk: RiskState = { revision: latch.revision, causes, resumes: latch.resumes };
  return tradingState(risk) === latch.state ? risk : null;
}

/** A copy as it was found. `unreadable`: it is there, or may be, and cannot be read. */
export type LatchCopy =
  | { readonly found: 'text'; readonly text: string }
  | { readonly found: 'missing' }
  | { readonly found: 'unreadable' };

/**
 * The state that a run starts in. Every cause of either copy holds. Where both are missing it is the first start; where one is missing,
 * unreadable or damaged it is not known what it held: both are halted. Nothing is inferred from prices or profit.
 */
export function startState(run: string, database: LatchCopy, file: LatchCopy, at: bigint): RiskStep {
  const copies = [database, file].map((copy) => (copy.found === 'text' ? readLatch(run, copy.text) : null));
  const read = copies.filter((copy) => copy !== null);
  const first = database.found === 'missing' && file.found === 'missing';
  let risk: RiskState = read.reduce(joined, unrestricted);
  const effects: RiskEffect[] = [];
  if (read.length < copies.length) {
    const cause = first ? 'first-start' : 'latch-unreadable';
    const because = first ? 'no copy of the latch exists' : 'a copy of the latch is missing or cannot be read';
    const step = tighten(risk, { cause, because, by: 'assay', at, sessionOpenMs: null });
    risk = step.risk;
    effects.push(...step.effects);
  }
  return { risk, effects };
}

function joined(a: RiskState, b: RiskState): RiskState {
  const causes = new Map<Cause, CauseInForce>();
  for (const one of [...a.causes, ...b.causes]) {
    const other = causes.get(one.cause);
    if (other === undefined || one.lastTrue > other.lastTrue) causes.set(one.cause, one);
  }
  const later = (b.resumes.sessionOpenMs ?? 0) - (a.resumes.sessionOpenMs ?? 0);
  const count = Math.max(a.resumes.count, b.resumes.count);
  const resumes = later === 0 ? { ...a.resumes, count } : later > 0 ? b.resumes : a.resumes;
  return { revision: Math.max(a.revision, b.revision), causes: [...causes.values()], resumes };
}
