import { AssayError } from '../../core/errors.ts';

/** Whatever hinders the embedded server, an external one is the way out. */
export function embeddedError(message: string, hint: string, cause?: unknown): AssayError {
  return new AssayError('database_unavailable', `embedded PostgreSQL: ${message}`, {
    hint: `${hint}, or set DATABASE_URL to a PostgreSQL server of your own`,
    cause,
  });
}
