import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { AssayError, messageOf } from '../../../core/errors.ts';
import { toUtcFrom } from '../../zone.ts';
import { grpcSource } from './grpc.ts';
import { journalSource } from './journal/journal.ts';
import { mysqlSource } from './rdb/mysql.ts';
import { postgresqlSource } from './rdb/postgresql.ts';
import { sqliteSource } from './rdb/sqlite.ts';
import type { Source } from './source.ts';

const known = 'a file of SQLite or of a journal, sqlite:///file, postgresql://…, mysql://…, or grpc://host:port';

/**
 * Opens what an address names, as Optuna's `storage` is written: drivers such as `mysql+pymysql://` are accepted.
 * @param zone in which the program that wrote it runs: Optuna writes local times without a zone
 * @throws AssayError `usage`, `not_found`, `data_invalid`
 */
export function openSource(text: string, zone: string): Source {
  const toUtc = toUtcFrom(zone);
  const scheme = /^([a-z]+)(?:\+\w+)?:/i.exec(text)?.[1]?.toLowerCase() ?? '';
  switch (scheme) {
    case 'postgresql':
    case 'postgres':
    case 'mysql':
    case 'mariadb': {
      const isMysql = scheme.startsWith('m');
      const url = parsed(text.replace(/^[^:]+:/, isMysql ? 'mysql:' : 'postgresql:'));
      const { hostname, port, pathname, searchParams: query } = url;
      const host = hostname || query.get('host') || 'localhost';
      // Without user and password: who else reads the same database reads the same studies.
      const address = `${url.protocol}//${host}:${port || query.get('port') || (isMysql ? 3306 : 5432)}${pathname}`;
      return isMysql ? mysqlSource(url.href, address, toUtc) : postgresqlSource(url.href, address, toUtc);
    }
    case 'grpc': {
      const { hostname, port } = parsed(text);
      return grpcSource(`${hostname}:${port || 13_000}`, toUtc);
    }
    case 'sqlite':
      return fileSource(text.replace(/^[^:]+:(\/\/\/)?/, ''), toUtc);
    case 'journal':
      return fileSource(text.replace(/^journal:/i, ''), toUtc);
    default:
      if (text.includes('://'))
        throw new AssayError('usage', `${JSON.stringify(scheme)} is no database of Optuna that can be read`, { hint: known });
      return fileSource(text, toUtc);
  }
}

/** What a file is, its first bytes say. */
function fileSource(path: string, toUtc: ReturnType<typeof toUtcFrom>): Source {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new AssayError('not_found', 'there is no such file', { place: path, hint: known });
  const head = stat.isFile() ? firstBytes(path) : '';
  if (head.startsWith('SQLite format 3\0')) return sqliteSource(path, toUtc);
  if (head.startsWith('{')) return journalSource(path);
  throw new AssayError('data_invalid', 'this is neither a file of SQLite nor a journal of Optuna', { place: path, hint: known });
}

function firstBytes(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw new AssayError('data_invalid', `it cannot be read: ${messageOf(cause)}`, { place: path, hint: 'let this user read it', cause });
  }
  try {
    const head = Buffer.alloc(16);
    return head.toString('latin1', 0, readSync(file, head, 0, head.length, 0));
  } finally {
    closeSync(file);
  }
}

function parsed(text: string): URL {
  if (!URL.canParse(text))
    throw new AssayError('usage', 'the URL cannot be read', {
      hint: 'special characters of a password are percent-encoded: @ as %40, / as %2F',
    });
  return new URL(text);
}
