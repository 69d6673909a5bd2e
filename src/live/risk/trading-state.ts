import { nsOf } from '../nanoseconds.ts';
import { type CatastrophicCode, type Cause, ruleOf, stateOf, type TradingState, tighterOf } from './causes.ts';
import type { RiskLimits } from './limits.ts';

/** Who may lead from a state to another: anyone may tighten, nobody skips a step on the way back. */
export const changes: Readonly<Record<TradingState, Readonly<Record<TradingState, 'same' | 'anyone' | 'lift' | 'nobody'>>>> = {
  active: { active: 'same', reducing: 'anyone', halted: 'anyone' },
  reducing: { active: 'lift', reducing: 'same', halted: 'anyone' },
  halted: { active: 'nobody', reducing: 'lift', halted: 'same' },
};

export interface CauseInForce {
  readonly cause: Cause;
  readonly because: string;
  /** Whoever or whatever named it: a person, or the rule itself. */
  readonly by: string;
  /** Nanoseconds since the epoch at which it came into force, and at which it was last true. */
  readonly since: bigint;
  readonly lastTrue: bigint;
  /** Open of the session in which it was last true; null: outside of one. */
  readonly sessionOpenMs: number | null;
}

/** What restricts trading. The state itself is never stored: it follows from the causes. */
export interface RiskState {
  /** Raised with each change. */
  readonly revision: number;
  readonly causes: readonly CauseInForce[];
  /** How often trading went on by itself, in which session. */
  readonly resumes: { readonly sessionOpenMs: number | null; readonly count: number };
}

/** What follows from a change, in this order. */
export type RiskEffect =
  /** Write both copies of the latch. */
  | { readonly kind: 'latch'; readonly risk: RiskState }
  | { readonly kind: 'record'; readonly change: RiskChange }
  /** Working orders were meant for a looser state. */
  | { readonly kind: 'cancelAll' }
  | { readonly kind: 'flatten'; readonly cause: Cause }
  | { readonly kind: 'incident'; readonly code: CatastrophicCode; readonly cause: Cause };

export interface RiskChange {
  readonly from: TradingState;
  readonly to: TradingState;
  readonly causes: readonly Cause[];
  readonly by: readonly string[];
  readonly because: string;
  readonly at: bigint;
}

export const unrestricted: RiskState = { revision: 0, causes: [], resumes: { sessionOpenMs: null, count: 0 } };

export function tradingState({ causes }: RiskState): TradingState {
  return stateOf(causes.map(({ cause }) => cause));
}

export interface Tightening {
  readonly cause: Cause;
  readonly because: string;
  readonly by: string;
  readonly at: bigint;
  readonly sessionOpenMs: number | null;
}

/**
 * Puts a cause into force, at once and without confirmation. One that is in force already is only true again: it writes and sells nothing
 * anew.
 */
export function tighten(risk: RiskState, { cause, because, by, at, sessionOpenMs }: Tightening): RiskStep {
  const known = risk.causes.find((one) => one.cause === cause);
  const others = risk.causes.filter((one) => one !== known);
  const entry: CauseInForce = { cause, because, by, since: known?.since ?? at, lastTrue: at, sessionOpenMs };
  if (known !== undefined) return { risk: { ...risk, causes: [...others, entry] }, effects: [] };
  const [from, to] = [tradingState(risk), tighterOf(tradingState(risk), ruleOf(cause).state)];
  const next: RiskState = { ...risk, revision: risk.revision + 1, causes: [...others, entry] };
  const { flattens, incident, isAskedFor, state } = ruleOf(cause);
  const codes: readonly (CatastrophicCode | null)[] = [incident, state === 'halted' && !isAskedFor ? 'kill-switch' : null];
  return {
    risk: next,
    effects: [
      ...(from === to ? [] : [{ kind: 'cancelAll' } as const]),
      ...(flattens ? [{ kind: 'flatten', cause } as const] : []),
      { kind: 'latch', risk: next },
      { kind: 'record', change: { from, to, causes: [cause], by: [by], because, at } },
      ...codes.flatMap((code) => (code === null ? [] : [{ kind: 'incident', code, cause } as const])),
    ],
  };
}

export interface RiskStep {
  readonly risk: RiskState;
  readonly effects: readonly RiskEffect[];
}

/** A looser state that is granted. It holds only once both copies of its latch are written: see {@link settle}. */
export interface Loosening extends RiskStep {
  readonly granted: true;
  /** Causes that it ends, as they were when it was granted, and the revision of the state then. */
  readonly lifted: readonly CauseInForce[];
  readonly of: number;
}

export interface Refused {
  readonly granted: false;
  readonly because: string;
}

export interface Approval {
  readonly name: string;
  readonly role: string;
}

export interface LooseningRequest {
  readonly to: TradingState;
  readonly approvals: readonly Approval[];
  readonly reason: string;
  readonly at: bigint;
  /** Causes that are true at this moment; null: it cannot be told. */
  readonly trueNow: readonly Cause[] | null;
  /** True if orders, fills and positions agree with the broker's. */
  readonly isReconciled: boolean;
}

export const leastReason = 10;

/** Persons' way back: from halted to reducing, and from there to active, one step at a time. */
export function loosen(risk: RiskState, { to, approvals, reason, at, trueNow, isReconciled }: LooseningRequest): Loosening | Refused {
  const from = tradingState(risk);
  if (changes[from][to] !== 'lift')
    return refused(from === to ? `trading is ${from} already` : `trading does not go from ${from} to ${to}`);
  const lifted = risk.causes.filter(({ cause }) => ruleOf(cause).state === from);
  const session = lifted.find(({ cause }) => ruleOf(cause).lift === 'next-session');
  if (session !== undefined) return refused(`${session.cause} ends with the next session, and nobody ends it before`);
  const needed = lifted.some(({ cause }) => ruleOf(cause).lift === 'two-persons') ? 2 : 1;
  const fault = approvalFault(approvals, reason, needed) ?? cleanFault(lifted, trueNow, isReconciled);
  if (fault !== null) return refused(fault);
  const by = approvals.map(({ name }) => name);
  const rest = risk.causes.filter((one) => !lifted.includes(one));
  const rearmed: CauseInForce = { cause: 'rearmed', because: reason, by: by.join(', '), since: at, lastTrue: at, sessionOpenMs: null };
  const causes = from === 'halted' ? [...rest.filter(({ cause }) => cause !== 'rearmed'), rearmed] : rest;
  return granted(risk, { ...risk, causes }, lifted, by, reason, at);
}

/** Why approvals do not suffice; null: they do. Asked of looser limits, too, which always take two persons. */
export function approvalFault(approvals: readonly Approval[], reason: string, needed: 1 | 2): string | null {
  if (Array.from(reason.trim()).length < leastReason) return `a reason has ${leastReason} characters at least`;
  const other = approvals.find(({ role }) => role !== 'risk');
  if (other !== undefined) return `${other.name} does not have the role risk`;
  const names = new Set(approvals.map(({ name }) => name.trim().toLowerCase()).filter((name) => name !== ''));
  if (names.size >= needed) return null;
  return needed === 2 ? 'two different persons are needed' : 'a person is needed';
}

export interface AutomaticResume {
  readonly at: bigint;
  /** Open of the session under way; null: none is. */
  readonly sessionOpenMs: number | null;
  readonly trueNow: readonly Cause[] | null;
  readonly isReconciled: boolean;
}

/** Ends the causes that end by themselves; null where none does. */
export function resume(
  risk: RiskState,
  { at, sessionOpenMs, trueNow, isReconciled }: AutomaticResume,
  { cleanMs, resumesPerSession }: RiskLimits,
): Loosening | null {
  if (sessionOpenMs === null) return null;
  const count = risk.resumes.sessionOpenMs === sessionOpenMs ? risk.resumes.count : 0;
  const ends = ({ cause, lastTrue, sessionOpenMs: own }: CauseInForce): boolean => {
    switch (ruleOf(cause).lift) {
      case 'clean':
        return count < resumesPerSession && at - lastTrue >= nsOf(cleanMs);
      case 'next-session':
        // Outside of a session any that opens is the next.
        return own === null || sessionOpenMs > own;
      case 'person':
      case 'two-persons':
        return false;
    }
  };
  const lifted = risk.causes.filter(ends);
  if (lifted.length === 0 || cleanFault(lifted, trueNow, isReconciled) !== null) return null;
  const isCounted = lifted.some(({ cause }) => ruleOf(cause).lift === 'clean');
  const causes = risk.causes.filter((one) => !lifted.includes(one));
  const resumes = { sessionOpenMs, count: count + (isCounted ? 1 : 0) };
  return granted(risk, { ...risk, causes, resumes }, lifted, ['assay'], 'its cause is over', at);
}

/**
 * What holds after both copies of a looser latch were written: the looser state, unless in between a cause came or a lifted one was true
 * again. Then nothing is lifted, and what holds is written once more.
 */
export function settle(current: RiskState, { of, risk, lifted }: Loosening): RiskStep {
  if (current.revision === of && lifted.every((one) => current.causes.includes(one))) {
    const causes = risk.causes.map((one) => current.causes.find(({ cause }) => cause === one.cause) ?? one);
    return { risk: { ...risk, causes }, effects: [] };
  }
  const again = { ...current, revision: Math.max(current.revision, risk.revision) + 1 };
  return { risk: again, effects: [{ kind: 'latch', risk: again }] };
}

function granted(
  before: RiskState,
  after: RiskState,
  lifted: readonly CauseInForce[],
  by: readonly string[],
  because: string,
  at: bigint,
): Loosening {
  const risk = { ...after, revision: before.revision + 1 };
  const change = { from: tradingState(before), to: tradingState(risk), causes: lifted.map(({ cause }) => cause), by, because, at };
  // The record comes first: no looser state without one.
  const effects: readonly RiskEffect[] = [
    { kind: 'record', change },
    { kind: 'latch', risk },
  ];
  return { granted: true, of: before.revision, lifted, risk, effects };
}

function cleanFault(lifted: readonly CauseInForce[], trueNow: readonly Cause[] | null, isReconciled: boolean): string | null {
  if (trueNow === null) return 'it cannot be told whether the cause is over';
  const left = lifted.find(({ cause }) => trueNow.includes(cause));
  if (left !== undefined) return `${left.cause} is still true`;
  return isReconciled === true ? null : 'orders and positions do not agree with those of the broker yet';
}

function refused(because: string): Refused {
  return { granted: false, because };
}
