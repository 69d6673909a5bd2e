import { sql } from 'drizzle-orm';
import { assertNever } from '../../core/errors.ts';
import { shortened, storableText } from '../../core/text.ts';
import type { Lease, LeaseState, RuntimeInfo } from '../../search/study/storage.ts';
import { type Metrics, type Outcome, storableFailure } from '../../search/trial/trial.ts';
import type { Db } from '../database.ts';
import { attempts, trials } from '../schema/index.ts';
import { factsValue } from '../sql/claimed-columns.ts';
import { isAttempt, type LeaseValue, leaseHeld, leaseValues, nextRevision } from '../sql/lease.ts';
import { metricNames, metricValues } from '../sql/metrics.ts';
import { prepared } from '../sql/prepared.ts';

/**
 * Stores the outcome, once. A second call with the same outcome, after a lost reply, changes nothing and returns `alive`; with another
 * outcome, or from an attempt that was ended otherwise, `lost`.
 */
export async function finish(db: Db, lease: Lease, reported: Outcome, ranOn?: RuntimeInfo): Promise<LeaseState> {
  const outcome = storable(withoutNaN(reported));
  const result = columnsOf(outcome);
  const cancelled = outcome.kind === 'cancelled' ? 1 : 0;
  const finished = await endAttempt(db, {
    ...leaseValues(lease),
    ...written(result),
    kind: outcome.kind,
    cancelled,
    ranOn: factsValue(ranOn),
  });
  if (finished.rowCount === 1) return 'alive';
  const same = await db.execute(sql`
    select from attempts join trials on ${trials.id} = ${attempts.trialId} and ${trials.attempt} = ${attempts.attempt}
    where ${isAttempt(lease)} and ${attempts.ending} = ${outcome.kind}::attempt_ending
      and ${trials.value} is not distinct from ${result.value}::float8
      and ${trials.values} is not distinct from ${floats(result.values)} and ${trials.constraints} is not distinct from ${floats(result.constraints)}
      and ${trials.noiseVariance} is not distinct from ${result.noiseVariance}::float8 and ${trials.noiseSeeds} is not distinct from ${result.noiseSeeds}::int
      and ${trials.metricNames} is not distinct from ${names(result.metrics)}::text[]
      and ${trials.metricValues} is not distinct from ${values(result.metrics)}::float8[]
      and (select days from trial_returns where trial_id = ${trials.id}) is not distinct from ${sql.param(result.days)}::date[]
      and (select returns from trial_returns where trial_id = ${trials.id}) is not distinct from ${floats(result.returns)}
      and ${trials.atStep} is not distinct from ${result.atStep}::int and ${trials.reason} is not distinct from ${result.reason}::text
      and ${trials.error}::text is not distinct from ${result.error}::text and ${trials.cancelledBy} is not distinct from ${result.by}::text`);
  return same.rowCount === 1 ? 'alive' : 'lost';
}

const endAttempt = prepared<Record<string, never>, LeaseValue | keyof Written | 'kind' | 'cancelled' | 'ranOn'>(
  'finish',
  (value) => sql`
    with held as (select id, study_id, attempt from trials where ${leaseHeld(value)} for no key update),
    study as (${nextRevision(sql`select study_id from held`, sql`${value('cancelled')}::int`)}),
    ended as (
      update attempts set ended_at = clock_timestamp(), ending = ${value('kind')}::text::attempt_ending,
        ran_on = coalesce(coalesce(ran_on, '{}') || ${value('ranOn')}::jsonb, ran_on) from held
      where attempts.trial_id = held.id and attempts.attempt = held.attempt
    ),
    kept as (
      insert into trial_returns (trial_id, days, returns)
      select id, ${value('days')}::date[], ${value('returns')}::float8[] from held where ${value('days')}::date[] is not null
    )
    update trials set state = ${value('kind')}::text::trial_state, finished_at = clock_timestamp(), revision = study.revision,
      value = ${value('value')}, objective_values = ${value('values')}, constraints = ${value('constraints')},
      noise_variance = ${value('noiseVariance')}, noise_seeds = ${value('noiseSeeds')},
      metric_names = ${value('metricNames')}, metric_values = ${value('metricValues')},
      at_step = ${value('atStep')}, reason = ${value('reason')}, error = ${value('error')}, cancelled_by = ${value('by')},
      lease_token = null, lease_ms = null, lease_expires_at = null, cancel_requested_by = null, pause_requested_by = null
    from held, study where trials.id = held.id`,
);

/**
 * Turns NaN values and constraints into a failure, since NaN cannot be compared, and daily returns that are not finite. Infinite values are
 * kept; they sort to an end.
 */
function withoutNaN(outcome: Outcome): Outcome {
  if (outcome.kind !== 'complete') return outcome;
  const { value, values = [], constraints = [], dailyReturns } = outcome;
  const failed = (message: string): Outcome => ({
    kind: 'failed',
    error: {
      code: 'not_finite',
      message,
      hint: 'look for a division by zero or an overflow in the objective; return Infinity for "worse than anything"',
    },
  });
  if (constraints.some(Number.isNaN)) return failed('a constraint is NaN');
  if ([value, ...values].some(Number.isNaN)) return failed('the objective value is NaN');
  if (dailyReturns?.returns.every(Number.isFinite) === false) return failed('a daily return is not finite');
  return outcome;
}

/** Shortens texts to the length that is shown and removes characters that the database cannot store. */
function storable(outcome: Outcome): Outcome {
  const text = (given: string): string => shortened(storableText(given));
  switch (outcome.kind) {
    case 'complete':
      return outcome;
    case 'pruned':
      return { ...outcome, reason: text(outcome.reason) };
    case 'failed':
      return { kind: 'failed', error: storableFailure(outcome.error) };
    case 'cancelled':
      return { kind: 'cancelled', by: text(outcome.by) };
  }
}

interface Columns {
  readonly value: number | null;
  readonly values: readonly number[] | null;
  readonly constraints: readonly number[] | null;
  readonly noiseVariance: number | null;
  readonly noiseSeeds: number | null;
  readonly metrics: Metrics | null;
  readonly days: readonly string[] | null;
  readonly returns: readonly number[] | null;
  readonly atStep: number | null;
  readonly reason: string | null;
  readonly error: string | null;
  readonly by: string | null;
}

const none: Columns = {
  value: null,
  values: null,
  constraints: null,
  noiseVariance: null,
  noiseSeeds: null,
  metrics: null,
  days: null,
  returns: null,
  atStep: null,
  reason: null,
  error: null,
  by: null,
};

function columnsOf(outcome: Outcome): Columns {
  switch (outcome.kind) {
    case 'complete':
      return {
        ...none,
        value: outcome.value,
        values: outcome.values ?? null,
        constraints: outcome.constraints ?? null,
        noiseVariance: outcome.noise?.variance ?? null,
        noiseSeeds: outcome.noise?.seeds ?? null,
        metrics: outcome.metrics,
        ...outcome.dailyReturns,
      };
    case 'pruned':
      return { ...none, ...outcome.dailyReturns, atStep: outcome.atStep, reason: outcome.reason };
    case 'failed':
      return { ...none, error: JSON.stringify(outcome.error) };
    case 'cancelled':
      return { ...none, by: outcome.by };
    default:
      return assertNever(outcome);
  }
}

interface Written extends Omit<Columns, 'metrics'> {
  readonly metricNames: readonly string[] | null;
  readonly metricValues: readonly number[] | null;
}

function written({ metrics, ...columns }: Columns): Written {
  return {
    ...columns,
    metricNames: metrics === null ? null : Object.keys(metrics),
    metricValues: metrics === null ? null : Object.values(metrics),
  };
}

const floats = (numbers: readonly number[] | null) => sql`${sql.param(numbers)}::float8[]`;
const names = (metrics: Metrics | null) => (metrics === null ? sql`null` : metricNames(metrics));
const values = (metrics: Metrics | null) => (metrics === null ? sql`null` : metricValues(metrics));
