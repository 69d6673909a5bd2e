import { AssayError } from '../../core/errors.ts';
import type { ObjectiveResult, SeveralResult } from '../../search/study/define-study.ts';
import type { Goal } from '../../search/trial/history.ts';
import type { Outcome } from '../../search/trial/trial.ts';
import { checkedMetrics } from './checked-metrics.ts';

type Complete = Extract<Outcome, { kind: 'complete' }>;

/**
 * What an objective returned, as an outcome. Metrics may be NaN and are kept so; values that the search optimises and constraints may
 * not. Infinities are legal: they sort to an end.
 * @throws AssayError `trial_failed` for what is no result of this study, `not_finite` for NaN.
 */
export function completed(result: ObjectiveResult | SeveralResult, goals: readonly Goal[] | null): Complete {
  const given: Partial<Exclude<ObjectiveResult, number> & SeveralResult> = typeof result === 'number' ? { value: result } : (result ?? {});
  const { metrics = {}, constraints } = given;
  const values = goals === null ? [single(given.value)] : several(goals, given.values);
  return {
    kind: 'complete',
    value: values[0]!,
    ...(goals !== null && { values }),
    ...(constraints !== undefined && { constraints: checkedConstraints(constraints) }),
    metrics: checkedMetrics(metrics),
  };
}

function single(value: unknown): number {
  return numeric(value, 'the objective', 'return the value to optimise, or { value, metrics, constraints }');
}

function several(goals: readonly Goal[], values: Readonly<Record<string, number>> | undefined): readonly number[] {
  const names = goals.map(({ name }) => name);
  const hint = `return { values: { ${names.map((name) => `${name}: …`).join(', ')} } }, and metrics and constraints beside it`;
  if (typeof values !== 'object' || values === null) throw new AssayError('trial_failed', 'the objective returned no values', { hint });
  const unknown = Object.keys(values).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new AssayError('trial_failed', `the study has no objective ${JSON.stringify(unknown)}`, { hint });
  return names.map((name) => numeric(values[name], `the objective ${name}`, hint));
}

function numeric(value: unknown, what: string, hint: string): number {
  if (typeof value !== 'number')
    throw new AssayError('trial_failed', `${what} returned ${value === undefined ? 'nothing' : `a ${typeof value}`} instead of a number`, {
      hint,
    });
  if (Number.isNaN(value))
    throw new AssayError('not_finite', `${what}'s value is NaN`, {
      hint: 'look for a division by zero or a diverging loss; a trial whose value is not a number counts as failed',
    });
  return value;
}

function checkedConstraints(constraints: readonly number[]): readonly number[] {
  if (!Array.isArray(constraints) || constraints.some((figure) => typeof figure !== 'number'))
    throw new AssayError('trial_failed', 'the constraints are no list of numbers', { hint: 'each is met at 0 or below: [drawdown - 0.2]' });
  const unknown = constraints.findIndex(Number.isNaN);
  if (unknown === -1) return constraints;
  throw new AssayError('not_finite', `constraint ${unknown} is NaN`, {
    hint: 'give Infinity where a constraint is missed beyond all measure',
  });
}
