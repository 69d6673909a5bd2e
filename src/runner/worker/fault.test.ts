import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import { expect, test } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import { faultOf } from './fault.ts';

test.each([
  [Object.assign(new Error('connect ECONNREFUSED /run/pg'), { code: 'ECONNREFUSED' }), 'database_unavailable'],
  [new Error('Connection terminated unexpectedly'), 'database_unavailable'],
  [new AssayError('conflict', 'no'), 'conflict'],
  [new DrizzleQueryError('select $1', [], Object.assign(new pg.DatabaseError('bad', 3, 'error'), { code: '22P02' })), 'internal'],
  [new DrizzleQueryError('select $1', [], Object.assign(new pg.DatabaseError('no', 2, 'error'), { code: '42501' })), 'forbidden'],
  [new TypeError('undefined is not a function'), 'internal'],
])('the fault of a worker tells errors of the database from errors of the code: %s', (error, code) => {
  expect(faultOf(error)).toMatchObject({ code });
});
