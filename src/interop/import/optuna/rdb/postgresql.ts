import pg from 'pg';
import { AssayError, messageOf } from '../../../../core/errors.ts';
import type { ToUtc } from '../../../zone.ts';
import type { Source } from '../source.ts';
import { checkSchema, type Query, rdbView } from './read.ts';

/** Cells stay the texts that the server sends: it writes floats with all digits, and times without a zone. */
const asText = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;

/** How long a database may take to answer a query. */
export const longestAnswerMs = 300_000;

/** @param address without a password */
export function postgresqlSource(url: string, address: string, toUtc: ToUtc, answerMs = longestAnswerMs): Source {
  return {
    address,
    view: async (look) => {
      const client = new pg.Client({
        connectionString: url,
        types: asText,
        application_name: 'assay import',
        connectionTimeoutMillis: 15_000,
        query_timeout: answerMs,
      });
      // The query that meets a broken connection says so.
      client.on('error', () => undefined);
      const query: Query = async (text) => (await client.query<Record<string, unknown>>(text).catch(unanswered(address))).rows;
      try {
        await client.connect().catch((cause: unknown) => {
          throw unreachable(address, cause);
        });
        await query('begin isolation level repeatable read read only');
        return await look(rdbView(query, toUtc), await checkSchema(query, address));
      } finally {
        await client.end().catch(() => undefined);
      }
    },
    close: async () => undefined,
  };
}

/** Of the source: not that of the database here. */
export const unanswered =
  (address: string) =>
  (cause: unknown): never => {
    throw new AssayError('unavailable', `it does not answer a query: ${messageOf(cause)}`, {
      place: address,
      hint: 'try again; what came over stays',
      cause,
    });
  };

export function unreachable(address: string, cause: unknown): AssayError {
  return new AssayError('database_unavailable', `it cannot be used: ${messageOf(cause) || String((cause as { code?: unknown }).code)}`, {
    place: address,
    hint: 'check host, port, user, password and the name of the database',
    cause,
  });
}
