import { describeValue } from '../../core/describe-value.ts';
import { AssayError } from '../../core/errors.ts';
import type { ObjectiveResult, SeveralResult } from '../../search/study/define-study.ts';
import { checkedDailyReturns } from '../../search/trial/daily-returns.ts';
import type { Goal } from '../../search/trial/history.ts';
import { checkedNoise } from '../../search/trial/told-noise.ts';
import type { Outcome } from '../../search/trial/trial.ts';
import { checkedMetrics } from './checked-metrics.ts';

type Complete = Extract<Outcome, { kind: 'complete' }>;

/**
 * Turns the return value of an objective into an outcome. Metrics may be NaN; objective values and constraints may
 * not. Infinities are legal: they sort to an end. Daily returns are finite.
 * @throws AssayError `trial_failed` for a value that is no result of this study, `not_finite` for NaN and a daily return without a size.
 */
export function completed(result: ObjectiveResult | SeveralResult, goals: readonly Goal[] | null): Complete {
  const given: Partial<Exclude<ObjectiveResult, number> & SeveralResult> = typeof result === 'object' && result !== null ? result : {};
  const { metrics = {}, constraints, noise, dailyReturns } = given;
  if (noise !== undefined && goals !== null)
    throw new AssayError('trial_failed', 'noise is told of one objective', {
      place: 'noise',
      hint: 'leave it out where there are several',
    });
  const values = goals === null ? [single(result)] : several(goals, result);
  return {
    kind: 'complete',
    value: values[0]!,
    ...(goals !== null && { values }),
    ...(constraints !== undefined && { constraints: checkedConstraints(constraints) }),
    metrics: checkedMetrics(metrics),
    ...(noise !== undefined && { noise: checkedNoise(noise) }),
    ...(dailyReturns !== undefined && { dailyReturns: checkedDailyReturns(dailyReturns) }),
  };
}

function single(result: unknown): number {
  const hint = 'return the value to optimise, or { value, metrics, constraints }';
  if (!isRecord(result)) return numeric(result, 'the objective', hint);
  if (result['value'] !== undefined) return numeric(result['value'], 'the objective', hint);
  throw new AssayError('trial_failed', `the objective returned ${describeValue(result)}, which has no value`, { hint });
}

function several(goals: readonly Goal[], result: unknown): readonly number[] {
  const names = goals.map(({ name }) => name);
  const hint = `return { values: { ${names.map((name) => `${name}: …`).join(', ')} } }, and metrics and constraints beside it`;
  const values = isRecord(result) ? result['values'] : undefined;
  if (!isRecord(values)) throw new AssayError('trial_failed', `the objective returned no values but ${describeValue(result)}`, { hint });
  const unknown = Object.keys(values).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new AssayError('trial_failed', `the study has no objective ${JSON.stringify(unknown)}`, { hint });
  return names.map((name) => numeric(values[name], `the objective ${name}`, hint));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Adding 0 turns -0, which JSON does not have, into 0. */
function numeric(value: unknown, what: string, hint: string): number {
  if (typeof value !== 'number') {
    const isWritten = typeof value === 'bigint' || (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)));
    throw new AssayError('trial_failed', `${what} returned ${describeValue(value)} instead of a number`, {
      hint: isWritten ? 'convert it: return Number(value)' : hint,
    });
  }
  if (Number.isNaN(value))
    throw new AssayError('not_finite', `${what}'s value is NaN`, {
      hint: 'look for a division by zero or a diverging loss; a trial whose value is NaN fails',
    });
  return value + 0;
}

function checkedConstraints(constraints: readonly number[]): readonly number[] {
  if (!Array.isArray(constraints) || constraints.some((value) => typeof value !== 'number'))
    throw new AssayError('trial_failed', `the constraints are no list of numbers but ${describeValue(constraints)}`, {
      hint: 'each is met at 0 or below: [drawdown - 0.2]',
    });
  const unknown = constraints.findIndex(Number.isNaN);
  if (unknown === -1) return constraints;
  throw new AssayError('not_finite', `constraint ${unknown} is NaN`, {
    hint: 'return Infinity for a violation without a measurable size',
  });
}
