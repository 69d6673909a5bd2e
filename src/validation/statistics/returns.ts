import { AssayError } from '../../core/errors.ts';
import { isIsoDay } from '../../core/iso-day.ts';

/**
 * Checks net returns per period, oldest first.
 * @throws AssayError `data_invalid` with the place of the first return that is NaN or infinite, such as `seed 1[4]`.
 */
export function checkReturns(returns: ArrayLike<number>, place: string): void {
  for (let i = 0; i < returns.length; i++)
    if (!Number.isFinite(returns[i]))
      throw new AssayError('data_invalid', `a return of ${returns[i]} is no number`, {
        place: `${place}[${i}]`,
        hint: 'a day without trading has the return 0; a day that is unknown must be left out everywhere',
      });
}

/**
 * Checks series of returns of the same periods, `[series][period]`, and returns the number of periods; 0 without series.
 * @throws AssayError `data_invalid` where a return is NaN or infinite, or where a series is longer or shorter than the first.
 */
export function checkAligned(series: readonly ArrayLike<number>[], place: string): number {
  const periods = series[0]?.length ?? 0;
  for (const [i, returns] of series.entries()) {
    if (returns.length !== periods)
      throw new AssayError('data_invalid', `${returns.length} returns, ${place} 0 has ${periods}`, {
        place: `${place} ${i}`,
        hint: 'all must have the returns of the same days',
      });
    checkReturns(returns, `${place} ${i}`);
  }
  return periods;
}

/**
 * Checks the trading dates (`2024-03-28`) of returns: ascending, each once.
 * @throws AssayError `data_invalid` with the place of the first date that is not one, comes twice or is out of order.
 */
export function checkDays(days: readonly string[], place: string): void {
  for (const [i, day] of days.entries()) {
    const problem = problemOf(day, days[i - 1]);
    if (problem !== null)
      throw new AssayError('data_invalid', problem, { place: `${place}[${i}]`, hint: 'give each trading date once, in the order of time' });
  }
}

function problemOf(day: string, before: string | undefined): string | null {
  if (!isIsoDay(day)) return `${JSON.stringify(day)} is no date like 2024-03-28`;
  if (before === undefined || before < day) return null;
  return before === day ? `${day} comes twice` : `${day} comes after ${before}`;
}
