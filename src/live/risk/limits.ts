import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import { settingFault, unknownKey } from '../../core/schema-issue.ts';

const count = z.int().min(1).max(1_000_000);
const milliseconds = z.int().min(1).max(3_600_000);
/** A share of the account with at most six decimal places, so that it is compared exactly. */
const share = z
  .number()
  .gt(0)
  .lt(1)
  .refine((ratio) => isMillionths(ratio), { error: 'it has more than six decimal places', params: { hint: 'write 0.02 for 2 %' } });

/** The limits of an account of $10,000 that trades one micro contract, unless told otherwise. */
export const riskLimits = z
  .strictObject({
    maxPositionLots: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(1)
      .meta({ description: 'lots of a symbol in either direction, working orders filled' }),
    maxOrderLots: count.default(2).meta({ description: 'lots of an order: a change of sides is one' }),
    maxOrderDollars: z.int().min(1).max(1_000_000_000).default(150_000).meta({ description: 'value of an order, in dollars' }),
    maxGrossExposure: z
      .number()
      .gt(0)
      .max(1000)
      .refine((ratio) => isMillionths(ratio), { error: 'it has more than six decimal places' })
      .default(8)
      .meta({ description: 'value of all positions, working orders filled, as a multiple of the net asset value' }),
    collarTicks: count.default(20).meta({ description: 'ticks that an order may be worse than the last trade' }),
    ordersPerMinute: count.default(10).meta({ description: 'orders in 60 s' }),
    burstOrders: count.default(4).meta({ description: 'orders in 1 s' }),
    cancelsPerFill: count.default(20).meta({ description: 'cancels a fill in a session; before its first fill, cancels' }),
    duplicateMs: milliseconds.default(1000).meta({ description: 'time in which symbol, side and lots may not come again' }),
    haltingDenials: count.default(3).meta({ description: 'orders denied as too many or repeated in 60 s that halt' }),
    haltingRejects: count.default(5).meta({ description: 'rejects by the broker in 60 s that halt' }),
    quoteAgeMs: milliseconds.default(2000).meta({ description: 'age of a quote up to which orders follow from it' }),
    silenceMs: milliseconds.default(10_000).meta({ description: 'silence of the feed in a session that allows only reductions' }),
    silenceHaltMs: milliseconds.default(60_000).meta({ description: 'silence with a position that sells everything and halts' }),
    decisionAgeMs: milliseconds.default(5000).meta({ description: 'age of a decision up to which orders follow from it' }),
    clockSkewMs: milliseconds
      .default(500)
      .meta({ description: "difference of the local clock and the feed's that allows only reductions" }),
    loopDelayMs: milliseconds.default(250).meta({ description: 'delay of the event loop (p99 over 10 s) that allows only reductions' }),
    dailyLoss: share.default(0.02).meta({ description: "loss since the session's open that sells everything until the next session" }),
    dailyLossHalt: share.default(0.03).meta({ description: "loss since the session's open that halts" }),
    maxDrawdown: share.default(0.045).meta({ description: 'loss since the highest net asset value that sells everything and halts' }),
    cleanMs: milliseconds.default(60_000).meta({ description: 'time without a cause after which a stale or late feed is trusted again' }),
    resumesPerSession: z.int().min(0).max(100).default(3).meta({ description: 'how often it is trusted again by itself' }),
    flattenTries: count.max(10).default(3).meta({ description: 'attempts to sell everything before a person is called' }),
    flattenTryMs: milliseconds.default(30_000).meta({ description: 'time of one attempt' }),
  })
  .refine((limits) => limits.dailyLoss < limits.dailyLossHalt, {
    path: ['dailyLoss'],
    error: 'it is not below dailyLossHalt',
    params: { hint: 'a day first loses what allows only reductions' },
  })
  .refine((limits) => limits.silenceMs < limits.silenceHaltMs, { path: ['silenceMs'], error: 'it is not below silenceHaltMs' });

export type RiskLimits = Readonly<z.output<typeof riskLimits>>;

/** Milliseconds in which orders, denials and rejects are counted, and in which a burst of orders is. */
export const countedMs = 60_000;
export const burstMs = 1000;

/**
 * The limits of a configuration, defaults filled in.
 * @throws AssayError `config_invalid` for a limit that is unknown, missing its type or out of its range.
 */
export function readLimits(given: unknown = {}): RiskLimits {
  const parsed = riskLimits.safeParse(given);
  if (parsed.success) return parsed.data;
  const { keys, because, hint = 'docs/live.md lists every limit' } = settingFault(riskLimits, given, parsed.error);
  throw new AssayError('config_invalid', because === unknownKey ? 'unknown limit' : because, {
    place: ['limits', ...keys].join('.'),
    hint,
  });
}

/** Limits whose smaller value allows more: a shorter memory of what went wrong. */
const smallerIsLooser: ReadonlySet<keyof RiskLimits> = new Set(['duplicateMs', 'cleanMs']);

/** Names of the limits that would allow more than before: changing one of them takes two persons. */
export function loosenedLimits(from: RiskLimits, to: RiskLimits): readonly (keyof RiskLimits)[] {
  const names = Object.keys(from) as (keyof RiskLimits)[];
  // What cannot be compared counts as looser.
  return names.filter((name) => !(smallerIsLooser.has(name) ? to[name] >= from[name] : to[name] <= from[name]));
}

const millionths = 1_000_000;

function isMillionths(ratio: number): boolean {
  return Math.abs(ratio * millionths - Math.round(ratio * millionths)) < 1e-3;
}

/**
 * Compares a part with a share of a whole, exactly: negative if it is less, 0 if equal, positive if it is more.
 * @param part @param whole micro-dollars; whole numbers
 * @param ratio with at most six decimal places
 * @throws RangeError for an amount that is no whole number.
 */
export function comparedWith(part: number, whole: number, ratio: number): number {
  const difference = BigInt(part) * BigInt(millionths) - BigInt(Math.round(ratio * millionths)) * BigInt(whole);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}
