import { describe, expect, test } from 'vitest';
import { AssayError } from '../core/errors.ts';
import { isConnectionLoss } from './connection-loss.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

describe('the loss of a connection', () => {
  const wrapped = (cause: unknown): Error => new Error('Failed query', { cause });
  test.each([
    ['a refused socket', refused],
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
