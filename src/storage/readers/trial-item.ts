import { trialAddress } from '../../core/address.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { ToldNoise } from '../../search/trial/told-noise.ts';
import { storableFailure, type TrialFailure, type TrialState } from '../../search/trial/trial.ts';
import { noiseOfColumns } from '../history/observations.ts';
import type { StudyRow, TrialRow } from '../schema/rows.ts';
import { metricsFromColumns } from '../sql/metrics.ts';
import { finite, finiteAll, type JsonNumbers, type NonFiniteFlag, nonFiniteFlag, prefixed } from './finite.ts';

/** What the complete trials of a configuration showed, by what they are ranked by; a number that is not finite is null. */
export interface ConfigurationItem {
  /** Number of complete trials. */
  readonly n: number;
  readonly mean: number | null;
  /** Null: fewer than two trials. */
  readonly sd: number | null;
  readonly worst: number | null;
}

/** A trial as all lists show it. Times are RFC 3339 in UTC. */
export interface TrialItem extends NonFiniteFlag {
  readonly address: string;
  readonly number: number;
  /** The study's, at the trial's last change of state; reports do not count. */
  readonly revision: number;
  readonly state: TrialState;
  readonly params: FlatParams;
  /** Objective value, the first of several (null: not complete). */
  readonly value: number | null;
  /** Values by name, of a complete trial with several objectives. */
  readonly values?: JsonNumbers;
  /** Constraints of a complete trial; each is met at 0 or below. */
  readonly constraints?: readonly (number | null)[];
  /** True if all constraints are met. */
  readonly feasible?: boolean;
  /** How uncertain the value of a complete trial is, where the trial told it: squared standard error, and of how many seeds. */
  readonly noise?: ToldNoise;
  /** Of a study that tries configurations again: all complete trials with these parameters (absent: there are none). */
  readonly configuration?: ConfigurationItem;
  readonly metrics: JsonNumbers;
  /** Newest report of the current attempt. */
  readonly lastReport: { readonly step: number; readonly value: number | null } | null;
  /** Number and step of the checkpoint that a forked trial began with. */
  readonly forkedFrom?: { readonly number: number; readonly step: number };
  /** Address of the trial that this one repeats, with its parameters and seed. */
  readonly repeatOf?: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Duration of the last attempt, from claim to end (null: it runs). */
  readonly durationMs: number | null;
  readonly attempt: number;
  readonly worker: string | null;
  readonly reason?: string;
  readonly error?: TrialFailure;
  readonly cancelledBy?: string;
  /** Name of the person or, with a reason, of the pruner that paused it. */
  readonly pausedBy?: string;
}

/** `nonFinite` names numbers as `value`, `values.<objective>`, `constraints.<index>`, `lastReport` and `metrics.<name>`. */
export function trialItem({ name: study, objectives }: Pick<StudyRow, 'name' | 'objectives'>, row: TrialRow): TrialItem {
  const metrics = metricsFromColumns(row.metricNames, row.metricValues);
  const values = row.values === null ? null : Object.fromEntries(row.values.map((value, i) => [objectives?.[i]?.name ?? String(i), value]));
  const named = { ...prefixed('values', values), ...prefixed('constraints', row.constraints), ...prefixed('metrics', metrics) };
  return {
    address: trialAddress(study, row.number),
    number: row.number,
    revision: row.revision,
    state: row.state,
    params: row.params,
    value: finite(row.value),
    ...(values !== null && { values: finiteAll(values) }),
    ...(row.constraints !== null && { constraints: row.constraints.map(finite), feasible: row.feasible }),
    ...noiseOfColumns(row),
    metrics: finiteAll(metrics),
    lastReport: row.lastStep === null ? null : { step: row.lastStep, value: finite(row.lastValue) },
    ...(row.forkedFrom !== null && row.forkedStep !== null && { forkedFrom: { number: row.forkedFrom, step: row.forkedStep } }),
    ...(row.repeatOf !== null && { repeatOf: row.repeatOf }),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    durationMs: row.startedAt !== null && row.finishedAt !== null ? row.finishedAt.getTime() - row.startedAt.getTime() : null,
    attempt: row.attempt,
    worker: row.worker,
    ...(row.reason !== null && { reason: row.reason }),
    // Earlier releases stored texts of any length.
    ...(row.error !== null && { error: storableFailure(row.error) }),
    ...(row.cancelledBy !== null && { cancelledBy: row.cancelledBy }),
    ...(row.pausedBy !== null && { pausedBy: row.pausedBy }),
    ...nonFiniteFlag({ value: row.value, lastReport: row.lastValue, ...named }),
  };
}
