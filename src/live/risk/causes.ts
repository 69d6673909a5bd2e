/** States of trading, each tighter than the one before. */
export const tradingStates = ['active', 'reducing', 'halted'] as const;
export type TradingState = (typeof tradingStates)[number];

/**
 * How a cause ends. `clean`: by itself, after a time in which it was not true, a few times a session; else by a person. `next-session`: by
 * itself with the next session, before it by nobody. `person`, `two-persons`: by whoever has the role `risk`, with a reason.
 */
export type Lift = 'clean' | 'next-session' | 'person' | 'two-persons';

/** What must not happen on the way to real money, by its code. */
export type CatastrophicCode =
  | 'unhandled-exception'
  | 'position-limit'
  | 'kill-switch'
  | 'reject-loop'
  | 'data-gap'
  | 'daily-loss'
  | 'position-mismatch'
  | 'duplicate-order'
  | 'overfill'
  | 'flatten-failed'
  | 'parity-break'
  | 'engine-down'
  | 'late-order';

export interface CauseRule {
  readonly state: Exclude<TradingState, 'active'>;
  /** True if everything is sold by the liquidator. */
  readonly flattens: boolean;
  readonly lift: Lift;
  /** Its own code; null: none beside `kill-switch`, which every halt has that no person and no drill asked for. */
  readonly incident: CatastrophicCode | null;
  /** True where it was asked for, so that its halt is no incident. */
  readonly isAskedFor: boolean;
}

function rule(state: CauseRule['state'], lift: Lift, more: Partial<Omit<CauseRule, 'state' | 'lift'>> = {}): CauseRule {
  return { state, lift, flattens: false, incident: null, isAskedFor: false, ...more };
}

const flattens = true;
const isAskedFor = true;

/** Everything that restricts trading, with what it allows, whether it sells, and who ends it. */
export const causes = {
  /** No copy of the latch exists: a run begins halted. */
  'first-start': rule('halted', 'person', { isAskedFor }),
  /** A copy of the latch is missing, damaged, or of another run. */
  'latch-unreadable': rule('halted', 'person'),
  /** A person let trading out of a halt; another step makes it active. */
  rearmed: rule('reducing', 'person', { isAskedFor }),
  'operator-reduce': rule('reducing', 'person', { isAskedFor }),
  'operator-flatten': rule('reducing', 'person', { flattens, isAskedFor }),
  'operator-halt': rule('halted', 'person', { isAskedFor }),
  drill: rule('halted', 'person', { flattens, isAskedFor }),
  /** The feed has been silent. */
  stale: rule('reducing', 'clean'),
  /** The local clock or the event loop lags. */
  lag: rule('reducing', 'clean'),
  'feed-silence': rule('halted', 'person', { flattens, incident: 'data-gap' }),
  'daily-loss': rule('reducing', 'next-session', { flattens }),
  'daily-loss-halt': rule('halted', 'two-persons', { flattens, incident: 'daily-loss' }),
  drawdown: rule('halted', 'two-persons', { flattens }),
  margin: rule('reducing', 'person', { flattens }),
  /** A contract is soon traded for the last time; another session may trade the next one. */
  'near-expiry': rule('reducing', 'next-session'),
  'denial-loop': rule('halted', 'person'),
  'reject-loop': rule('halted', 'person', { incident: 'reject-loop' }),
  /** A number that a limit needs is missing or not finite. */
  'not-computable': rule('reducing', 'person'),
  /** The database is away, or the journal cannot be written. */
  'no-record': rule('reducing', 'person'),
  /** The broker holds something else than the fold over the fills: nobody trades to repair it. */
  'position-mismatch': rule('halted', 'two-persons', { incident: 'position-mismatch' }),
  /** More is held than the limit allows. */
  'position-limit': rule('halted', 'person', { flattens, incident: 'position-limit' }),
  'flatten-failed': rule('halted', 'two-persons', { incident: 'flatten-failed' }),
  /** The engine gave no sign of life. */
  watchdog: rule('halted', 'person', { flattens, incident: 'engine-down' }),
  exception: rule('halted', 'person', { flattens, incident: 'unhandled-exception' }),
} as const satisfies Readonly<Record<string, CauseRule>>;

export type Cause = keyof typeof causes;

export const causeNames = Object.keys(causes) as readonly Cause[];

export function ruleOf(cause: Cause): CauseRule {
  return causes[cause];
}

/** The tightest of the states that causes ask for; active without one. */
export function stateOf(inForce: Iterable<Cause>): TradingState {
  let state: TradingState = 'active';
  for (const cause of inForce) state = tighterOf(state, ruleOf(cause).state);
  return state;
}

export function tighterOf(a: TradingState, b: TradingState): TradingState {
  return tradingStates.indexOf(a) >= tradingStates.indexOf(b) ? a : b;
}
