import { nsOf } from '../nanoseconds.ts';
import type { Cause } from './causes.ts';
import { comparedWith, countedMs, type RiskLimits } from './limits.ts';
import type { DenialCode } from './order-checks.ts';
import { loopingDenials } from './order-checks.ts';

/** What is measured of a run, at every bar and fill and at least once a second. Null: not known. Money in micro-dollars. */
export interface RiskMeasures {
  readonly now: bigint;
  /** True within a session of what is traded; outside of one a feed may be silent. */
  readonly isOpen: boolean | null;
  /** Lots held, by symbol, as the fold over the fills says; null: it cannot be told. */
  readonly positions: Readonly<Record<string, number>> | null;
  /** Since the last record of the feed; in a session that has had none, since its open. */
  readonly silenceMs: number | null;
  /** Local time of receipt less the feed's time of sending; and the event loop's delay, p99 over 10 s. */
  readonly clockSkewMs: number | null;
  readonly loopDelayMs: number | null;
  /** At the liquidation mark: now, at the session's open, and at its highest. */
  readonly navMicros: number | null;
  readonly openNavMicros: number | null;
  readonly peakNavMicros: number | null;
  /** Maintenance margin of all positions. */
  readonly maintenanceMicros: number | null;
  readonly denials: readonly { readonly at: bigint; readonly code: DenialCode }[];
  /** Times of the broker's rejects. */
  readonly rejects: readonly bigint[];
  readonly isNearExpiry: boolean | null;
  /** True where the last features and action were all finite. */
  readonly isFinite: boolean;
  readonly canRecord: boolean;
  /** How positions compare with the broker's after all fills; `unknown`: it has not answered, which is no news. */
  readonly reconciled: 'same' | 'differs' | 'unknown';
}

export interface TrueCause {
  readonly cause: Cause;
  readonly because: string;
}

type Trigger = (measures: RiskMeasures, limits: RiskLimits) => readonly TrueCause[];

/** What is true now, whatever was true before. A threshold is reached by its very number; what cannot be computed is a cause of its own. */
export function causesNow(measures: RiskMeasures, limits: RiskLimits): readonly TrueCause[] {
  return triggers.flatMap((trigger) => {
    try {
      return trigger(measures, limits);
    } catch {
      return [unknown('a measure')];
    }
  });
}

const triggers: readonly Trigger[] = [silence, lag, losses, margin, positionLimit, loops, conditions];

function unknown(what: string): TrueCause {
  return { cause: 'not-computable', because: `${what} is not known` };
}

function isMeasured(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

function isAmount(value: number | null): value is number {
  return Number.isSafeInteger(value);
}

function silence({ isOpen, silenceMs, positions }: RiskMeasures, limits: RiskLimits): readonly TrueCause[] {
  if (isOpen === false) return [];
  if (isOpen !== true || !isMeasured(silenceMs) || silenceMs < 0) return [unknown('the silence of the feed')];
  if (silenceMs < limits.silenceMs) return [];
  const because = `the feed has been silent for ${silenceMs} ms`;
  // A position that is not known may be one.
  const holds = positions === null || Object.values(positions).some((lots) => lots !== 0);
  const stale: TrueCause = { cause: 'stale', because };
  return holds && silenceMs >= limits.silenceHaltMs ? [stale, { cause: 'feed-silence', because }] : [stale];
}

function lag({ clockSkewMs, loopDelayMs }: RiskMeasures, limits: RiskLimits): readonly TrueCause[] {
  const found: TrueCause[] = [];
  if (!isMeasured(clockSkewMs)) found.push(unknown('the difference of the clocks'));
  else if (Math.abs(clockSkewMs) >= limits.clockSkewMs) found.push({ cause: 'lag', because: `the clocks differ by ${clockSkewMs} ms` });
  if (!isMeasured(loopDelayMs)) found.push(unknown('the delay of the event loop'));
  else if (loopDelayMs >= limits.loopDelayMs) found.push({ cause: 'lag', because: `the event loop is ${loopDelayMs} ms late` });
  return found;
}

function losses({ navMicros, openNavMicros, peakNavMicros }: RiskMeasures, limits: RiskLimits): readonly TrueCause[] {
  if (!isAmount(navMicros)) return [unknown('the net asset value')];
  const found: TrueCause[] = [];
  const lost = (from: number, ratio: number): boolean => comparedWith(from - navMicros, from, ratio) >= 0;
  const said = (from: number): string => `${(from - navMicros) / 1e6} dollars of ${from / 1e6} are lost`;
  if (!isAmount(openNavMicros) || openNavMicros <= 0) found.push(unknown("the net asset value at the session's open"));
  else {
    if (lost(openNavMicros, limits.dailyLoss)) found.push({ cause: 'daily-loss', because: said(openNavMicros) });
    if (lost(openNavMicros, limits.dailyLossHalt)) found.push({ cause: 'daily-loss-halt', because: said(openNavMicros) });
  }
  if (!isAmount(peakNavMicros) || peakNavMicros <= 0) found.push(unknown('the highest net asset value'));
  else if (lost(peakNavMicros, limits.maxDrawdown)) found.push({ cause: 'drawdown', because: `${said(peakNavMicros)} since the peak` });
  return found;
}

function margin({ navMicros, maintenanceMicros }: RiskMeasures): readonly TrueCause[] {
  if (!isAmount(navMicros) || !isAmount(maintenanceMicros)) return [unknown('the margin')];
  return navMicros >= maintenanceMicros ? [] : [{ cause: 'margin', because: 'the account is worth less than its maintenance margin' }];
}

function positionLimit({ positions }: RiskMeasures, { maxPositionLots }: RiskLimits): readonly TrueCause[] {
  if (typeof positions !== 'object' || positions === null) return [unknown('the position')];
  return Object.entries(positions).flatMap(([symbol, lots]): readonly TrueCause[] => {
    if (!isAmount(lots)) return [unknown(`the position in ${symbol}`)];
    return Math.abs(lots) <= maxPositionLots ? [] : [{ cause: 'position-limit', because: `${lots} lots of ${symbol} are held` }];
  });
}

function loops({ now, denials, rejects }: RiskMeasures, limits: RiskLimits): readonly TrueCause[] {
  const isRecent = (at: bigint): boolean => !(now - at > nsOf(countedMs));
  const denied = denials.filter(({ at, code }) => loopingDenials.has(code) && isRecent(at)).length;
  const rejected = rejects.filter(isRecent).length;
  return [
    ...(denied < limits.haltingDenials ? [] : [{ cause: 'denial-loop', because: `${denied} orders too many within a minute` } as const]),
    ...(rejected < limits.haltingRejects ? [] : [{ cause: 'reject-loop', because: `${rejected} rejects within a minute` } as const]),
  ];
}

function conditions({ isNearExpiry, isFinite: areFinite, canRecord, reconciled }: RiskMeasures): readonly TrueCause[] {
  const found: TrueCause[] = [];
  if (isNearExpiry === true) found.push({ cause: 'near-expiry', because: 'a contract is soon traded for the last time' });
  else if (isNearExpiry !== false) found.push(unknown("the contract's last day of trading"));
  if (areFinite !== true) found.push(unknown('a feature or an action'));
  if (canRecord !== true) found.push({ cause: 'no-record', because: 'the database or the journal cannot be written' });
  if (reconciled === 'differs') found.push({ cause: 'position-mismatch', because: 'the broker holds something else than the fills say' });
  return found;
}
