import type { Connection } from 'mysql2/promise';
import { AssayError } from '../../../../core/errors.ts';
import type { ToUtc } from '../../../zone.ts';
import type { Source } from '../source.ts';
import { longestAnswerMs, unanswered, unreachable } from './postgresql.ts';
import { checkSchema, type Query, rdbView } from './read.ts';

/** @param address without a password */
export function mysqlSource(url: string, address: string, toUtc: ToUtc): Source {
  return {
    address,
    view: async (look) => {
      const connection = await connect(url, address);
      // A prepared statement sends floats as they are, and not as text with fewer digits.
      const query: Query = async (text) =>
        (await connection.execute({ sql: text, timeout: longestAnswerMs }).catch(unanswered(address)))[0] as Awaited<ReturnType<Query>>;
      try {
        await connection.query('set transaction isolation level repeatable read');
        await connection.query('start transaction with consistent snapshot, read only');
        return await look(rdbView(query, toUtc), await checkSchema(query, address));
      } finally {
        // One that fell silent would not answer a farewell.
        connection.destroy();
      }
    },
    close: async () => undefined,
  };
}

async function connect(url: string, address: string): Promise<Connection> {
  const mysql = await import('mysql2/promise').catch((cause: unknown) => {
    throw new AssayError('unavailable', 'mysql2, which reads MySQL, is not installed', {
      place: address,
      hint: 'npm install mysql2; or copy the study into a file: optuna.copy_study(…, to_storage="sqlite:///copy.db")',
      cause,
    });
  });
  try {
    // Times are compared nowhere: they stay the texts that the tables have. One statement is kept, since each is another text.
    return await mysql.createConnection({
      uri: url,
      dateStrings: true,
      charset: 'utf8mb4',
      maxPreparedStatements: 1,
      connectTimeout: 15_000,
    });
  } catch (cause) {
    throw unreachable(address, cause);
  }
}
