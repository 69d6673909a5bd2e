import { describeValue } from '../../core/describe-value.ts';
import { AssayError, type ErrorCode } from '../../core/errors.ts';
import { isIsoDay } from '../../core/iso-day.ts';

/** Net returns of the sessions of a trial's inner validation part, costs included. */
export interface DailyReturns {
  /** ISO dates (`2024-03-28`) of the sessions, in time order, none twice. */
  readonly days: readonly string[];
  /** One net return per day, as a fraction of the account; finite. */
  readonly returns: readonly number[];
}

/** Most days of one trial: a row of them takes 48 kB. */
export const mostDays = 4096;

/**
 * Checks daily returns, which come from study files and other programs, and returns a copy; -0 becomes 0.
 * @param codes error codes for a wrong shape or order, and for a return that is NaN or infinite
 * @throws AssayError with one of these codes, and the place: `dailyReturns.days[3]`
 */
export function checkedDailyReturns(
  given: unknown,
  codes: { readonly invalid: ErrorCode; readonly notFinite: ErrorCode } = { invalid: 'trial_failed', notFinite: 'not_finite' },
): DailyReturns {
  const invalid = (place: string, message: string, hint = shape): AssayError => new AssayError(codes.invalid, message, { place, hint });
  const { days, returns } = (typeof given === 'object' && given !== null ? given : {}) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(days)) throw invalid('dailyReturns', `${describeValue(given)} has no list of days`);
  if (!isList(returns)) throw invalid('dailyReturns', `${describeValue(given)} has no list of returns`);
  if (days.length !== returns.length) throw invalid('dailyReturns', `${days.length} days for ${returns.length} returns`);
  if (days.length === 0 || days.length > mostDays)
    throw invalid('dailyReturns', `${days.length} days; from 1 to ${mostDays} are kept`, 'leave dailyReturns out where there is none');
  for (const [i, day] of days.entries()) {
    const place = `dailyReturns.days[${i}]`;
    if (!isIsoDay(day)) throw invalid(place, `${describeValue(day)} is no date`, "write days as '2024-03-28'");
    if (i > 0 && day <= days[i - 1]) {
      const how = day === days[i - 1] ? 'is there twice' : `comes after ${days[i - 1]}`;
      throw invalid(place, `${day} ${how}`, 'give each session once, in time order');
    }
  }
  return {
    days: [...(days as readonly string[])],
    returns: Array.from(returns, (value: unknown, i) => {
      const place = `dailyReturns.returns[${i}]`;
      if (typeof value !== 'number') throw invalid(place, `${describeValue(value)} is not a number`);
      if (!Number.isFinite(value))
        throw new AssayError(codes.notFinite, `the return of ${days[i]} is ${value}`, {
          place,
          hint: 'a day without a trade returned 0; look for a division by an account of 0',
        });
      return value + 0;
    }),
  };
}

const shape = 'give dailyReturns: { days, returns }, two lists of equal length';

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || value instanceof Float64Array;
}
