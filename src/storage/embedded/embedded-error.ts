import { AssayError } from '../../core/errors.ts';

/** Returns an error of the embedded server; every hint also offers an external server. */
export function embeddedError(message: string, hint: string, cause?: unknown): AssayError {
  return new AssayError('database_unavailable', `embedded PostgreSQL: ${message}`, {
    hint: `${hint}, or set DATABASE_URL to a PostgreSQL server of your own`,
    cause,
  });
}
