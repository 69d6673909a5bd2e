import { trialAddress } from '../../core/address.ts';
import type { FlatParams } from '../../search/space/param.ts';
import { storableFailure, type TrialFailure, type TrialState } from '../../search/trial/trial.ts';
import type { StudyRow, TrialRow } from '../schema/rows.ts';
import { metricsFromColumns } from '../sql/metrics.ts';
import { finite, finiteAll, type JsonNumbers, type NonFiniteFlag, nonFiniteFlag } from './finite.ts';

/** A trial as every list shows it. Times are RFC 3339 in UTC. */
export interface TrialItem extends NonFiniteFlag {
  readonly address: string;
  readonly number: number;
  readonly state: TrialState;
  readonly params: FlatParams;
  /** The objective, the first of several; null until complete. */
  readonly value: number | null;
  /** Of a complete trial with several objectives, by their names. */
  readonly values?: JsonNumbers;
  /** Of a complete trial that has some; each is met at 0 or below. */
  readonly constraints?: readonly (number | null)[];
  /** Whether all of them are met. */
  readonly feasible?: boolean;
  readonly metrics: JsonNumbers;
  /** The newest report of the current attempt: how far a running trial is, how far a pruned one got. */
  readonly lastReport: { readonly step: number; readonly value: number | null } | null;
  /** Of a trial that began with another one's checkpoint: that one's number, and the step. */
  readonly forkedFrom?: { readonly number: number; readonly step: number };
  /** The address of the trial that this one repeats, with its parameters and seed. */
  readonly repeatOf?: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Of the last attempt, from its claim to its end; null while it runs. */
  readonly durationMs: number | null;
  readonly attempt: number;
  readonly worker: string | null;
  readonly reason?: string;
  readonly error?: TrialFailure;
  readonly cancelledBy?: string;
  /** A person, or with a reason the pruner. */
  readonly pausedBy?: string;
}

/** `nonFinite` names the figures as `value`, `values.<objective>`, `constraints.<index>`, `lastReport` and `metrics.<name>`. */
export function trialItem({ name: study, objectives }: Pick<StudyRow, 'name' | 'objectives'>, row: TrialRow): TrialItem {
  const metrics = metricsFromColumns(row.metricNames, row.metricValues);
  const values = row.values === null ? null : Object.fromEntries(row.values.map((value, i) => [objectives?.[i]?.name ?? String(i), value]));
  const named = { ...prefixed('values', values), ...prefixed('constraints', row.constraints), ...prefixed('metrics', metrics) };
  return {
    address: trialAddress(study, row.number),
    number: row.number,
    state: row.state,
    params: row.params,
    value: finite(row.value),
    ...(values !== null && { values: finiteAll(values) }),
    ...(row.constraints !== null && { constraints: row.constraints.map(finite), feasible: row.feasible }),
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
    // Those of an earlier release may be of any length.
    ...(row.error !== null && { error: storableFailure(row.error) }),
    ...(row.cancelledBy !== null && { cancelledBy: row.cancelledBy }),
    ...(row.pausedBy !== null && { pausedBy: row.pausedBy }),
    ...nonFiniteFlag({ value: row.value, lastReport: row.lastValue, ...named }),
  };
}

function prefixed(prefix: string, figures: Readonly<Record<string, number>> | readonly number[] | null): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(figures ?? {}).map(([name, figure]) => [`${prefix}.${name}`, figure]));
}
