import { closeSync, openSync } from 'node:fs';
import { wireStates } from '../../optuna/store/outcome.ts';
import type { TextMap, WireTrial } from '../../optuna/wire.ts';
import { openSqlite, type SqliteDatabase } from '../../sqlite.ts';
import { cannotWrite, newFile } from '../new-file.ts';
import type { OptunaSink } from './sink.ts';
import { tables } from './sqlite-tables.ts';

/**
 * A database of Optuna in a file of SQLite, to be opened by `sqlite:///<path>`.
 * @param fromUtc turns times in UTC into those of the zone in which Optuna will read them
 */
export function sqliteSink(path: string, fromUtc: (time: string) => string): OptunaSink {
  const file = newFile(path);
  let open: { readonly database: SqliteDatabase; readonly insert: Insert } | null = null;
  let trials = 0;
  const begun = () => {
    if (open === null) throw new Error('a study is to begin first');
    return open.insert;
  };
  const attributes = (insert: Insert, owner: 'study' | 'trial', id: number, { user_attributes, system_attributes }: Attributed): void => {
    for (const [key, value] of Object.entries(user_attributes)) insert(`${owner}_user_attributes`, [null, id, key, value]);
    for (const [key, value] of Object.entries(system_attributes)) insert(`${owner}_system_attributes`, [null, id, key, value]);
  };
  return {
    begin: async (study) => {
      try {
        // The system says why a file cannot be made, SQLite only that it cannot.
        closeSync(openSync(file.draft, 'wx'));
        const database = await openSqlite(file.draft);
        open = { database, insert: inserter(database, path) };
        // The file has its name only once it is whole, so no journal is needed.
        database.exec('pragma journal_mode = off; pragma synchronous = off;');
        database.exec(`begin; ${tables}`);
      } catch (cause) {
        throw cannotWrite(path, cause);
      }
      const { insert } = open;
      insert('studies', [1, study.study_name]);
      for (const [objective, direction] of study.directions.entries())
        insert('study_directions', [null, direction === 0 ? 'MINIMIZE' : 'MAXIMIZE', 1, objective]);
      attributes(insert, 'study', 1, study);
    },
    write: async (page) => {
      const insert = begun();
      for (const trial of page) {
        trials += 1;
        const [start, complete] = [trial.datetime_start, trial.datetime_complete].map((time) => (time === '' ? null : fromUtc(time)));
        insert('trials', [trials, Number(trial.number), 1, wireStates[trial.state]!, start!, complete!]);
        numbers(insert, trials, trial);
        attributes(insert, 'trial', trials, trial);
      }
    },
    end: async () => {
      try {
        open?.database.exec('commit');
        open?.insert.end();
        open?.database.close();
        file.keep();
      } catch (cause) {
        throw cannotWrite(path, cause);
      }
    },
    abort: async () => {
      try {
        open?.insert.end();
      } catch {
        // A statement that failed says so again.
      }
      try {
        if (open?.database.isOpen === true) open.database.close();
      } finally {
        file.drop();
      }
    },
  };
}

type Attributed = { readonly user_attributes: TextMap; readonly system_attributes: TextMap };

function numbers(insert: Insert, id: number, trial: WireTrial): void {
  for (const [name, internal] of Object.entries(trial.params))
    insert('trial_params', [null, id, name, internal, trial.distributions[name]!]);
  for (const [objective, value] of trial.values.entries()) insert('trial_values', [null, id, objective, ...typed(value)]);
  for (const [step, value] of Object.entries(trial.intermediate_values))
    insert('trial_intermediate_values', [null, id, BigInt(step), ...typed(value)]);
}

/** SQLite has neither NaN nor, for Optuna, infinities. */
function typed(value: number): readonly [number | null, string] {
  if (Number.isFinite(value)) return [value, 'FINITE'];
  if (Number.isNaN(value)) return [null, 'NAN'];
  return [null, value > 0 ? 'INF_POS' : 'INF_NEG'];
}

type Cell = number | bigint | string | null;

interface Insert {
  (table: string, cells: readonly Cell[]): void;
  readonly end: () => void;
}

/** Writes rows by one statement a table. */
function inserter(database: SqliteDatabase, path: string): Insert {
  const statements = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  const insert = (table: string, cells: readonly Cell[]): void => {
    const statement = statements.get(table) ?? database.prepare(`insert into ${table} values (${cells.map(() => '?').join()})`);
    statements.set(table, statement);
    try {
      statement.run([...cells]);
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
  };
  const end = (): void => {
    for (const statement of statements.values()) statement.finalize();
    statements.clear();
  };
  return Object.assign(insert, { end });
}
