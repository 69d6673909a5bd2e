import { inspect } from 'node:util';
import { AssayError } from '../../../../core/errors.ts';
import { type WireState, wireStates } from '../../../optuna/store/outcome.ts';
import type { TextMap, WireStudy, WireTrial } from '../../../optuna/wire.ts';
import type { ToUtc } from '../../../zone.ts';
import { isFinalState, type SourceView } from '../source.ts';

/** A cell: what the driver makes of it, or its text. */
type Row = Readonly<Record<string, unknown>>;

/** Answers a query that has no parameters. */
export type Query = (text: string) => Promise<readonly Row[]>;

/** The version of the tables that is read. */
export const schemaVersion = 12;

/**
 * Checks that a database is one of Optuna, of a version that can be read.
 * @returns what a person should know (null: nothing)
 * @throws AssayError `data_invalid`
 */
export async function checkSchema(query: Query, address: string): Promise<string | null> {
  let rows: readonly Row[];
  try {
    rows = await query('select schema_version, library_version from version_info');
  } catch (cause) {
    throw new AssayError('data_invalid', 'this is no database of Optuna: it has no table version_info', {
      place: address,
      hint: 'name the database that the storage of create_study is',
      cause,
    });
  }
  const version = Number(rows[0]?.['schema_version']);
  if (version === schemaVersion) return null;
  const library = `Optuna ${String(rows[0]?.['library_version'])}`;
  if (version > schemaVersion)
    return `its tables have version ${version} (${library}), which is newer than ${schemaVersion}: compare what was imported`;
  throw new AssayError('data_invalid', `its tables have version ${version} (${library}); from ${schemaVersion} on they can be read`, {
    place: address,
    hint: 'copy the database, then: optuna storage upgrade --storage <url of the copy> with Optuna 3 or newer',
  });
}

/** Looks at Optuna's tables through queries. */
export function rdbView(query: Query, toUtc: ToUtc): SourceView {
  const attributesOf = async (owner: 'study' | 'trial', space: 'user' | 'system', ids: string): Promise<ReadonlyMap<string, TextMap>> => {
    const table = `${owner}_${space}_attributes`;
    const rows = await query(
      `select t.${owner}_id, t.key, t.value_json from ${table} t where t.${owner}_id in (${ids}) order by t.${table.slice(0, -1)}_id`,
    );
    return grouped(rows, `${owner}_id`, (row) => [String(row['key']), String(row['value_json'])]);
  };

  return {
    studies: async () => {
      const rows = await query('select study_id, study_name from studies order by study_id');
      if (rows.length === 0) return [];
      const ids = rows.map((row) => whole(row['study_id'])).join();
      const user = await attributesOf('study', 'user', ids);
      const system = await attributesOf('study', 'system', ids);
      const directions = await query('select study_id, objective, direction from study_directions order by study_id, objective');
      return rows.map((row): WireStudy => {
        const id = String(whole(row['study_id']));
        const own = directions.filter((direction) => String(direction['study_id']) === id);
        return {
          study_id: id,
          study_name: String(row['study_name']),
          directions: own.map(({ direction }) => directionOf(direction)),
          user_attributes: user.get(id) ?? {},
          system_attributes: system.get(id) ?? {},
        };
      });
    },
    index: async (study) => {
      const rows = await query(`select trial_id, state from trials where study_id = ${whole(study)} order by number`);
      return rows.map(({ trial_id: id, state }) => ({ id: whole(id), isFinal: isFinalState(stateOf(state)) }));
    },
    trials: async (_, wanted) => {
      const ids = wanted.map(whole).join();
      const of = (table: string, columns: string, order: string) =>
        query(`select trial_id, ${columns} from ${table} where trial_id in (${ids}) order by trial_id, ${order}`);
      // First the trials: whatever belongs to one that had ended then does not change any more.
      const trials = await of('trials', 'number, state, datetime_start, datetime_complete', 'number');
      const params = await of('trial_params', 'param_name, param_value, distribution_json', 'param_id');
      const values = await of('trial_values', 'objective, value, value_type', 'objective');
      const points = await of('trial_intermediate_values', 'step, intermediate_value, intermediate_value_type', 'step');
      const user = await attributesOf('trial', 'user', ids);
      const system = await attributesOf('trial', 'system', ids);
      const internals = grouped(params, 'trial_id', (row) => [String(row['param_name']), parameterOf(row['param_value'])]);
      const texts = grouped(params, 'trial_id', (row) => [String(row['param_name']), String(row['distribution_json'])]);
      const results = grouped(values, 'trial_id', (row) => [String(row['objective']), numberOf(row['value'], row['value_type'])]);
      const curves = grouped(points, 'trial_id', (row) => [
        String(row['step']),
        numberOf(row['intermediate_value'], row['intermediate_value_type']),
      ]);
      const byId = new Map(
        trials.map((row): readonly [number, WireTrial] => {
          const id = String(whole(row['trial_id']));
          return [
            Number(id),
            {
              trial_id: id,
              number: String(whole(row['number'])),
              state: wireStates.indexOf(stateOf(row['state'])),
              values: Object.values(results.get(id) ?? {}),
              datetime_start: toUtc(row['datetime_start']),
              datetime_complete: toUtc(row['datetime_complete']),
              params: internals.get(id) ?? {},
              distributions: texts.get(id) ?? {},
              user_attributes: user.get(id) ?? {},
              system_attributes: system.get(id) ?? {},
              intermediate_values: curves.get(id) ?? {},
            },
          ];
        }),
      );
      return wanted.flatMap((id) => byId.get(id) ?? []);
    },
  };
}

function grouped<Value>(
  rows: readonly Row[],
  owner: string,
  entry: (row: Row) => readonly [key: string, value: Value],
): ReadonlyMap<string, Readonly<Record<string, Value>>> {
  const entries = new Map<string, (readonly [string, Value])[]>();
  for (const row of rows) {
    const id = String(row[owner]);
    const list = entries.get(id) ?? [];
    list.push(entry(row));
    entries.set(id, list);
  }
  return new Map([...entries].map(([id, list]) => [id, Object.fromEntries(list)]));
}

/** Ids are written into queries: nothing but digits. */
function whole(cell: unknown): number {
  const value = Number(cell);
  if (cell === null || cell === '' || !Number.isSafeInteger(value)) throw odd('an id', cell);
  return value;
}

/** Null would be 0, which is a value of its own. */
function parameterOf(cell: unknown): number {
  const value = Number(cell);
  if (cell === null || cell === '' || (Number.isNaN(value) && cell !== 'NaN')) throw odd('the value of a parameter', cell);
  return value;
}

function stateOf(cell: unknown): WireState {
  const state = wireStates.find((one) => one === cell);
  if (state === undefined) throw odd('the state of a trial', cell);
  return state;
}

function directionOf(cell: unknown): number {
  const place = ['MINIMIZE', 'MAXIMIZE'].indexOf(String(cell));
  if (place === -1) throw odd('the direction of a study', cell);
  return place;
}

function numberOf(value: unknown, type: unknown): number {
  if (type === 'FINITE' && value !== null && Number.isFinite(Number(value))) return Number(value);
  if (type === 'INF_POS') return Number.POSITIVE_INFINITY;
  if (type === 'INF_NEG') return Number.NEGATIVE_INFINITY;
  if (type === 'NAN') return Number.NaN;
  throw odd('the type of a number', type);
}

const odd = (what: string, cell: unknown): AssayError =>
  new AssayError('data_invalid', `${what} is ${inspect(cell)} in the database of Optuna`, {
    hint: 'Optuna itself could not read it',
  });
