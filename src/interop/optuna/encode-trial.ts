import { isReservedKey, ownValue } from '../../core/reserved-keys.ts';
import type { CompiledSpace } from '../../search/space/compile.ts';
import { encodeValue } from '../../search/space/leaf.ts';
import { distributionText } from './distribution.ts';
import { pythonJson } from './python-json.ts';
import { noValueCode, type WireState, wireStates } from './store/outcome.ts';
import type { StoredTrial } from './store/read-trials.ts';
import type { TextMap, WireTrial } from './wire.ts';

const states = {
  queued: 'WAITING',
  running: 'RUNNING',
  paused: 'RUNNING',
  complete: 'COMPLETE',
  pruned: 'PRUNED',
  failed: 'FAIL',
  cancelled: 'FAIL',
} as const satisfies Record<StoredTrial['state'], WireState>;

/** True for a trial that never changes again, whose bytes may be kept. */
export function isFinal({ state }: Pick<StoredTrial, 'state'>): boolean {
  return states[state] !== 'WAITING' && states[state] !== 'RUNNING';
}

/** @param space of a study that is not Optuna's, from which the distributions of its parameters are made (null: it is Optuna's) */
export function wireTrial(stored: StoredTrial, space: CompiledSpace | null): WireTrial {
  const { id, number, given, began, ended, names, texts, internals, steps, points } = stored;
  const entries = <Value>(keys: readonly string[], values: readonly Value[]): Readonly<Record<string, Value>> =>
    Object.fromEntries(keys.map((key, index) => [key, values[index]!]));
  const shown = space === null ? null : nativeParams(stored, space);
  return {
    trial_id: String(id),
    number: String(number),
    state: wireStates.indexOf(stateOf(stored)),
    values: given ?? [],
    datetime_start: began ?? '',
    datetime_complete: ended ?? '',
    params: shown?.params ?? entries(names, internals),
    distributions: shown?.distributions ?? entries(names, texts),
    user_attributes: { ...attributes(stored, 'user'), ...metricsOf(stored) },
    system_attributes: { ...attributes(stored, 'system'), ...constraintsOf(stored) },
    intermediate_values: entries(steps, points),
  };
}

function stateOf({ state, code }: StoredTrial): WireState {
  return state === 'failed' && code === noValueCode ? 'COMPLETE' : states[state];
}

function attributes({ spaces, keys, contents }: StoredTrial, space: 'user' | 'system'): TextMap {
  return Object.fromEntries(keys.flatMap((key, index) => (spaces[index] === space ? [[key, contents[index]!] as const] : [])));
}

/** Parameters that the space does not have any more, or whose value it cannot have, are left out: Optuna could not read them. */
function nativeParams({ params }: StoredTrial, space: CompiledSpace) {
  const values: Record<string, number> = {};
  const distributions: Record<string, string> = {};
  for (const { name, param } of space.params) {
    const internal = encodeValue(param, ownValue(params ?? {}, name));
    if (Number.isNaN(internal)) continue;
    values[name] = internal;
    distributions[name] = distributionText(param);
  }
  return { params: values, distributions };
}

function metricsOf({ metric_names: names, metric_values: values }: StoredTrial): TextMap {
  return Object.fromEntries(
    (names ?? []).flatMap((name, index) => (isReservedKey(name) ? [] : [[name, pythonJson(values?.[index] ?? Number.NaN)] as const])),
  );
}

function constraintsOf({ constraints }: StoredTrial): TextMap {
  return constraints === null ? {} : { constraints: pythonJson(constraints) };
}
