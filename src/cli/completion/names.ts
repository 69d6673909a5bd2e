import { sql } from 'drizzle-orm';
import { connect } from '../../storage/connect.ts';
import type { Db } from '../../storage/database.ts';
import { embeddedStatus } from '../../storage/embedded/server.ts';
import type { GlobalOptions } from '../options.ts';
import type { Candidate, NameKind } from './candidates.ts';

/** Most names that are offered: more would be no help. */
const most = 200;

/** A person waits for the answer. */
const answerMs = 1500;

/**
 * Reads names that begin with a text, the newest first. A server that does not run is not started for it.
 * @returns none where the database cannot be read
 */
export async function readNames(options: GlobalOptions, of: NameKind, start: string): Promise<readonly Candidate[]> {
  try {
    const url = options.databaseUrl ?? process.env['DATABASE_URL'] ?? '';
    if (url === '' && !(await embeddedStatus(options)).running) return [];
    const connection = await connect({ ...options, answerMs, connectMs: answerMs, poolSize: 1 });
    try {
      return await queries[of](connection.db, start);
    } finally {
      await connection.close();
    }
  } catch {
    // A shell shows no errors while a word is completed.
    return [];
  }
}

const queries: Readonly<Record<NameKind, (db: Db, start: string) => Promise<readonly Candidate[]>>> = {
  study: async (db, start) => {
    const { rows } = await db.execute<{ name: string; trials: number }>(
      sql`select name, next_number as trials from studies where starts_with(name, ${start}) order by updated_at desc limit ${most}`,
    );
    return rows.map(({ name, trials }) => ({ word: name, about: `${trials} trials` }));
  },
  trial: async (db, start) => {
    const [study = '', number] = start.split('#');
    if (number === undefined) {
      const studies = await queries.study(db, start);
      return studies.map(({ word, about }) => ({ word: `${word}#`, about }));
    }
    const { rows } = await db.execute<{ number: number; state: string; value: number | null }>(sql`
      select number, state, value from trials where study_id = (select id from studies where name = ${study})
        and starts_with(number::text, ${number}) order by number desc limit ${most}`);
    return rows.map((row) => ({ word: `${study}#${row.number}`, about: row.value === null ? row.state : `${row.state}: ${row.value}` }));
  },
  model: async (db, start) => {
    const { rows } = await db.execute<{ word: string; about: string }>(sql`
      select word, about from (
        select name as word, '' as about from models
        union all
        select models.name || '@' || alias, 'version ' || version from aliases join models on models.id = model_id
      ) as names where starts_with(word, ${start}) order by word limit ${most}`);
    return rows;
  },
};
