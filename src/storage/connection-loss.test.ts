import { describe, expect, test } from 'vitest';
import { AssayError } from '../core/errors.ts';
import { isConnectionLoss, isWithoutAnswer } from './connection-loss.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

describe('the loss of a connection', () => {
  const wrapped = (cause: unknown): Error => new Error('Failed query', { cause });
  test.each([
    ['a refused socket', refused],
    ['a host name that is not known', Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' })],
    ['a network that is down', Object.assign(new Error('connect'), { code: 'ENETDOWN', syscall: 'connect' })],
    ['a refused socket behind a query error', wrapped(refused)],
    ['a server that shuts down', wrapped(Object.assign(new Error('terminating'), { code: '57P01' }))],
    ['a session that was ended for idling', wrapped(Object.assign(new Error('idle'), { code: '25P03' }))],
    ['a server that starts up', Object.assign(new Error('starting'), { code: '57P03' })],
    ['the words of the driver', wrapped(new Error('Connection terminated unexpectedly'))],
  ])('is %s', (_, error) => {
    expect(isConnectionLoss(error)).toBe(true);
  });

  test.each([
    ['a broken constraint', wrapped(Object.assign(new Error('violates'), { code: '23505' }))],
    ['a cancelled statement', Object.assign(new Error('canceling statement'), { code: '57014' })],
    ['our own error', new AssayError('conflict', 'changed')],
    ['something that is no error', 'ECONNREFUSED'],
  ])('is not %s', (_, error) => {
    expect(isConnectionLoss(error)).toBe(false);
  });
});

test.each([
  ['a lost connection', refused, true],
  ['a socket that may not be opened', Object.assign(new Error('connect'), { code: 'EACCES', syscall: 'connect' }), true],
  ['an error of the database', Object.assign(new Error('violates'), { code: '23505' }), false],
  ['a refusal of our own, after the database was read', new AssayError('conflict', 'changed'), false],
])('no answer of the database: %s is %s', (_, error, expected) => {
  const wrapped = new AssayError('database_unavailable', 'PostgreSQL cannot be used', { cause: error });
  expect(isWithoutAnswer(error)).toBe(expected);
  expect(isWithoutAnswer(wrapped)).toBe(expected);
});
