import { sql } from 'drizzle-orm';
import type { TrialState } from '../../../search/trial/trial.ts';
import { invalid } from '../fault.ts';
import { parsePythonJson } from '../python-json.ts';
import type { TextMap } from '../wire.ts';

/** States of the wire, by their numbers. */
export const wireStates = ['RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING'] as const;

export type WireState = (typeof wireStates)[number];

/** @throws Fault `INVALID_ARGUMENT` */
export function wireState(code: number): WireState {
  const state = wireStates[code];
  if (state === undefined) throw invalid(`there is no trial state ${code}`);
  return state;
}

/** Code of the failure of a trial that its client set complete without a value, which no complete trial of ours may lack. */
export const noValueCode = 'no_value';

/** What a client says of a trial that ends. */
export interface Ended {
  readonly state: Exclude<WireState, 'RUNNING' | 'WAITING'>;
  readonly values: readonly number[];
  readonly user: TextMap;
  readonly system: TextMap;
  readonly lastStep: number | null;
  /** Number of objectives of the study. */
  readonly objectives: number;
}

/** Columns of an ended trial. */
export interface EndedColumns {
  readonly state: Extract<TrialState, 'complete' | 'pruned' | 'failed'>;
  readonly value: number | null;
  readonly values: readonly number[] | null;
  readonly constraints: readonly number[] | null;
  readonly metricNames: readonly string[] | null;
  readonly metricValues: readonly number[] | null;
  readonly atStep: number | null;
  readonly reason: string | null;
  readonly error: string | null;
}

/** @throws Fault `INVALID_ARGUMENT` for NaN, and for a number of values that is not that of the objectives */
export function columnsOf({ state, values, user, system, lastStep, objectives }: Ended): EndedColumns {
  checkValues(values);
  const kept = values.length === 0 ? null : values;
  const none = {
    value: null,
    values: kept,
    constraints: null,
    metricNames: null,
    metricValues: null,
    atStep: null,
    reason: null,
    error: null,
  };
  const failed = (code: string, message: string): EndedColumns => ({ ...none, state: 'failed', error: JSON.stringify({ code, message }) });
  if (state === 'FAIL') return failed('foreign', 'the client set it failed');
  if (state === 'PRUNED') return { ...none, state: 'pruned', atStep: lastStep ?? 0, reason: 'pruned by the client' };
  const [value] = values;
  if (value === undefined) return failed(noValueCode, 'the client set it complete without a value');
  if (values.length !== objectives) throw invalid(`the study has ${objectives} objectives, the trial ${values.length} values`);
  const metrics = Object.entries(user).flatMap(([key, text]) => metricOf(key, text));
  return {
    ...none,
    state: 'complete',
    value,
    values: values.length === 1 ? null : values,
    constraints: constraintsOf(system['constraints']),
    metricNames: metrics.map(([name]) => name),
    metricValues: metrics.map(([, figure]) => figure),
  };
}

export function checkValues(values: readonly number[]): void {
  if (values.some(Number.isNaN)) throw invalid('a value of a trial cannot be NaN', 'set the trial to FAIL');
}

/** A user attribute that is a finite number is a metric, too. */
function metricOf(key: string, text: string): readonly (readonly [name: string, figure: number])[] {
  const parsed = key === '' ? null : parsedOrNull(text);
  return typeof parsed === 'number' && Number.isFinite(parsed) ? [[key, parsed]] : [];
}

function constraintsOf(text: string | undefined): readonly number[] | null {
  const parsed = text === undefined ? null : parsedOrNull(text);
  const numbers = Array.isArray(parsed) && parsed.length > 0 && parsed.every((one) => typeof one === 'number' && !Number.isNaN(one));
  return numbers ? (parsed as readonly number[]) : null;
}

function parsedOrNull(text: string): unknown {
  try {
    return parsePythonJson(text);
  } catch {
    return null;
  }
}

/** The last report of a trial that was pruned with a value and without any report is that value. */
export const lastReportOf = (given: {
  readonly step: unknown;
  readonly value: unknown;
  readonly state: unknown;
  readonly values: unknown;
}) => ({
  step: sql`case when ${given.step}::bigint is null and ${given.state}::text = 'pruned' and ${given.values}::float8[] is not null then 0 else ${given.step}::bigint end`,
  value: sql`case when ${given.step}::bigint is null and ${given.state}::text = 'pruned' then (${given.values}::float8[])[1] else ${given.value}::float8 end`,
});
