import { realpathSync } from 'node:fs';
import { AssayError, messageOf } from '../../../../core/errors.ts';
import { openSqlite } from '../../../sqlite.ts';
import type { ToUtc } from '../../../zone.ts';
import type { Source } from '../source.ts';
import { checkSchema, type Query, rdbView } from './read.ts';
import { copySqlite, type SqliteCopy, signatureOf } from './sqlite-copy.ts';

/** A file of SQLite, read from a copy of it: a program that writes to it never waits. */
export function sqliteSource(path: string, toUtc: ToUtc): Source {
  const file = realpathSync(path);
  const address = `sqlite:${file}`;
  let kept: (SqliteCopy & { readonly signature: string }) | null = null;
  const dropCopy = (): void => {
    kept?.remove();
    kept = null;
  };
  return {
    address,
    view: async (look) => {
      if (kept === null || kept.signature !== signatureOf(file)) {
        dropCopy();
        kept = await copySqlite(file);
      }
      const database = await openSqlite(kept.path);
      const query: Query = async (text) => {
        try {
          return database.all(text) as Awaited<ReturnType<Query>>;
        } catch (cause) {
          throw new AssayError('data_invalid', `SQLite cannot read it: ${messageOf(cause)}`, {
            place: file,
            hint: 'check it by: pragma integrity_check',
            cause,
          });
        }
      };
      try {
        return await look(rdbView(query, toUtc), await checkSchema(query, address));
      } finally {
        database.close();
      }
    },
    close: async () => dropCopy(),
  };
}
