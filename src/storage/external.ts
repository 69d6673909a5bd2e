import { AssayError, messageOf } from '../core/errors.ts';

export interface DatabaseUrl {
  /** The URL with its password hidden. */
  readonly printable: string;
  /** Host and port, or the socket's directory. */
  readonly target: string;
  /** True for `?pgbouncer=true`: the server is behind a pooler in transaction mode. */
  readonly isPooled: boolean;
}

/** Parses a database URL. @throws AssayError `config_invalid`, without the text, which may hold a password */
export function parseDatabaseUrl(text: string, place = 'DATABASE_URL'): DatabaseUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || hasLooseAt(text)) {
    throw new AssayError('config_invalid', 'the database URL is not a PostgreSQL URL', {
      place,
      hint: 'write postgresql://user:password@host:5432/database, with special characters percent-encoded (@ as %40, / as %2F)',
    });
  }
  const query = url.searchParams;
  const host = query.get('host') ?? (url.hostname || process.env['PGHOST'] || 'localhost');
  const port = query.get('port') ?? (url.port || process.env['PGPORT'] || '5432');
  if (url.password !== '') url.password = '***';
  for (const name of [...query.keys()]) {
    if (/password/i.test(name)) query.set(name, '***');
  }
  return {
    printable: url.href,
    target: host.startsWith('/') ? host : `${host}:${port}`,
    isPooled: query.get('pgbouncer') === 'true',
  };
}

/** True if there is an `@` besides the one before the host: part of a password would be taken for the host's name and printed. */
function hasLooseAt(text: string): boolean {
  const [authority = ''] = text.slice(text.indexOf('//') + 2).split(/[/?#]/, 1);
  const all = text.split('@').length - 1;
  return all > 1 || all !== authority.split('@').length - 1;
}

/** Hint for each failure, by Node's error code or PostgreSQL's SQLSTATE. */
const hints: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'start the server, or correct host and port',
  ENOTFOUND: 'correct the host name',
  EAI_AGAIN: 'the host name cannot be looked up now: check the network',
  ENOENT: 'no socket there: start the server, or correct the directory',
  EACCES: 'this user may not open the socket',
  '28P01': 'correct user and password',
  '28000': 'the server does not let this user in from here (pg_hba.conf)',
  '3D000': 'create the database',
  '53300': 'the server has no session left: close some, or raise max_connections',
  '57P03': 'the server is starting or stopping: try again',
};

/** Error for an external server that cannot be used. Neither it nor the driver's error holds the password. */
export function serverUnreachable(target: string, cause: unknown): AssayError {
  const code = String((cause as { code?: unknown }).code);
  // A host with several addresses fails as an AggregateError with an empty message.
  const reason = messageOf(cause) || code;
  const hint = hints[code] ?? 'check the server and DATABASE_URL';
  return new AssayError('database_unavailable', `PostgreSQL at ${target} cannot be used: ${reason}`, {
    hint: `${hint}; without DATABASE_URL the embedded server is used`,
    cause,
  });
}
