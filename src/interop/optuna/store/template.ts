import { parseDistribution, shownName, shownValue } from '../distribution.ts';
import { invalid } from '../fault.ts';
import { checkKey, checkStorable, checkText } from '../text.ts';
import type { WireTrial } from '../wire.ts';
import type { Declared } from './declare.ts';
import { waitingWorker } from './held.ts';
import { checkValues, columnsOf, type EndedColumns, wireState } from './outcome.ts';

/** As the client writes times, which have no zone: years 0001 to 9999. */
const time = /^(?!0000)\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{1,6}$/;

/** A float8 inside JSON, which has neither NaN nor infinities nor -0: as text. */
type FloatText = string;

/** A whole trial as rows of our tables, in JSON for `json_to_recordset`. */
export interface TemplateRows {
  readonly declared: readonly Declared[];
  readonly trial: {
    readonly state: 'queued' | 'running' | EndedColumns['state'];
    /** JSON. */
    readonly params: string;
    readonly worker: string;
    /** Of attempt 1 (null: there is none). */
    readonly attempt_worker: string | null;
    readonly began: string | null;
    readonly over: string | null;
    readonly last_step: number | null;
    readonly last_value: FloatText | null;
    readonly value: FloatText | null;
    readonly given_values: readonly FloatText[] | null;
    readonly constraints: readonly FloatText[] | null;
    readonly metric_names: readonly string[] | null;
    readonly metric_values: readonly FloatText[] | null;
    readonly at_step: number | null;
    readonly reason: string | null;
    /** JSON. */
    readonly error: string | null;
  };
  readonly points: readonly { readonly step: string; readonly value: FloatText }[];
  readonly attributes: readonly { readonly space: 'user' | 'system'; readonly key: string; readonly value: string }[];
  readonly distributions: readonly { readonly name: string; readonly distribution: string; readonly internal: FloatText }[];
}

const floatText = (value: number): FloatText => (Object.is(value, -0) ? '-0' : String(value));

const floatTexts = (values: readonly number[] | null): readonly FloatText[] | null => values?.map(floatText) ?? null;

/**
 * Takes a trial in any state apart; its number and id are ignored.
 * @param objectives how many the study has
 * @throws Fault `INVALID_ARGUMENT`
 */
export function templateRows(template: WireTrial, objectives: number, worker: string): TemplateRows {
  const parameters = parametersOf(template);
  const points = curveOf(template);
  const state = wireState(template.state);
  const { values, user_attributes: user, system_attributes: system } = template;
  checkValues(values);
  const attributes = (['user', 'system'] as const).flatMap((space) =>
    Object.entries(template[`${space}_attributes`]).map(([key, value]) => ({ space, key, value })),
  );
  for (const { key, value } of attributes) checkKey(key, value);
  const [began, over] = [timeOf(template.datetime_start), timeOf(template.datetime_complete)];
  const waits = state === 'WAITING';
  const last = waits ? undefined : points.at(-1);
  const lastStep = last === undefined ? null : Math.min(Number(last.step), Number.MAX_SAFE_INTEGER);
  const ended =
    state === 'RUNNING' || waits
      ? { ...notEnded, state: waits ? ('queued' as const) : ('running' as const), values: values.length === 0 ? null : values }
      : columnsOf({ state, values, user, system, lastStep, objectives });
  // The last report of a trial that was pruned with a value and without any report is that value.
  const valueOnly = ended.state === 'pruned' && last === undefined ? ended.values?.[0] : undefined;
  const hasAttempt = !waits || began !== null || points.length > 0;
  return {
    declared: parameters.map(({ name, distribution: text }) => ({ name, text })),
    trial: {
      state: ended.state,
      params: JSON.stringify(Object.fromEntries(parameters.map(({ name, shown }) => [shownName(name), shown]))),
      worker,
      attempt_worker: !hasAttempt ? null : waits && began === null ? waitingWorker : worker,
      began,
      over,
      last_step: valueOnly === undefined ? lastStep : 0,
      last_value: valueOnly === undefined ? (last?.value ?? null) : floatText(valueOnly),
      value: ended.value === null ? null : floatText(ended.value),
      given_values: floatTexts(ended.values),
      constraints: floatTexts(ended.constraints),
      metric_names: ended.metricNames,
      metric_values: floatTexts(ended.metricValues),
      at_step: ended.atStep,
      reason: ended.reason,
      error: ended.error,
    },
    points,
    attributes,
    distributions: parameters.map(({ name, distribution, internal }) => ({ name, distribution, internal: floatText(internal) })),
  };
}

const notEnded = { value: null, constraints: null, metricNames: null, metricValues: null, atStep: null, reason: null, error: null };

function parametersOf({ params, distributions }: WireTrial) {
  return Object.entries(params).map(([name, internal]) => {
    const text = Object.hasOwn(distributions, name) ? distributions[name] : undefined;
    if (text === undefined) throw invalid(`parameter ${JSON.stringify(name)} has no distribution`);
    checkText('the name of a parameter', name);
    checkStorable('a distribution', text);
    return { name, internal, distribution: text, shown: shownValue(parseDistribution(text), internal) };
  });
}

/** Points in the order of their steps, which may be beyond what a number tells apart. */
function curveOf({ intermediate_values: values }: WireTrial) {
  return Object.entries(values)
    .map(([step, value]) => {
      if (step.startsWith('-')) throw invalid(`step ${step} is below 0`);
      return { step, value: floatText(value) };
    })
    .toSorted((a, b) => a.step.length - b.step.length || (a.step < b.step ? -1 : 1));
}

function timeOf(text: string): string | null {
  if (text === '') return null;
  if (!time.test(text) || Number.isNaN(Date.parse(`${text.replace(' ', 'T').slice(0, 23)}Z`)))
    throw invalid(`${JSON.stringify(text)} is no time`);
  return text;
}
