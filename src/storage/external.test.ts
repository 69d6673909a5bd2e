import { afterEach, expect, test, vi } from 'vitest';
import { parseDatabaseUrl, serverUnreachable } from './external.ts';

afterEach(() => vi.unstubAllEnvs());

test.each([
  ['postgresql://me:s3cret@db.example:6543/assay', 'postgresql://me:***@db.example:6543/assay', 'db.example:6543'],
  ['postgres://db.example/assay?sslmode=verify-full', 'postgres://db.example/assay?sslmode=verify-full', 'db.example:5432'],
  [
    'postgresql:///assay?host=/run/postgresql&password=s3cret',
    'postgresql:///assay?host=%2Frun%2Fpostgresql&password=***',
    '/run/postgresql',
  ],
  ['postgresql://[::1]:5432/assay', 'postgresql://[::1]:5432/assay', '[::1]:5432'],
])('%s is shown without its password', (text, printable, target) => {
  expect(parseDatabaseUrl(text)).toEqual({ printable, target, isPooled: false });
});

test('a pooler in transaction mode is named in the URL', () => {
  expect(parseDatabaseUrl('postgresql://assay@pooler:6432/assay?pgbouncer=true').isPooled).toBe(true);
});

test('host and port that the URL leaves out come from the usual variables', () => {
  vi.stubEnv('PGHOST', 'db.example');
  vi.stubEnv('PGPORT', '6000');
  expect(parseDatabaseUrl('postgresql:///assay').target).toBe('db.example:6000');
});

test.each(['mysql://me:s3cret@host/db', 'me:s3cret@host', 'postgresql://me:s3cret@host:99999/db', '/run/s3cret'])(
  'a URL that is none of PostgreSQL is refused without repeating it: %s',
  (text) => {
    let thrown: unknown;
    try {
      parseDatabaseUrl(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'config_invalid', place: 'DATABASE_URL', hint: expect.stringContaining('postgresql://') });
    expect(String(thrown)).not.toContain('s3cret');
  },
);

test.each([
  [{ code: 'ECONNREFUSED', message: '' }, /start the server/],
  [{ code: '28P01', message: 'password authentication failed' }, /user and password/],
  [{ code: '3D000', message: 'database "x" does not exist' }, /create the database/],
  [{ message: 'timeout expired' }, /check the server/],
])('the hint fits the failure %j', (failure, hint) => {
  const error = serverUnreachable('db.example:5432', Object.assign(new Error(failure.message), failure));
  expect(error).toMatchObject({ code: 'database_unavailable', hint: expect.stringMatching(hint) });
  expect(error.message).toMatch(/db\.example:5432 cannot be used: \S/);
});
