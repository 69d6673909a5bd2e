import { expect, test } from 'vitest';
import { AssayError, errorCodeOf, exitCodeOf } from './errors.ts';

test('gives every error an exit code, and whatever is not ours 1', () => {
  expect(exitCodeOf(new AssayError('gate_refused', 'no'))).toBe(3);
  expect(exitCodeOf(new AssayError('database_unavailable', 'gone'))).toBe(4);
  expect(exitCodeOf(new TypeError('oops'))).toBe(1);
});

test('takes a code that came over a wire only if it is one of ours', () => {
  expect(errorCodeOf('space_changed')).toBe('space_changed');
  // ENOENT, thread_died and the like once made a failed command end with exit code 0.
  expect(exitCodeOf(new AssayError(errorCodeOf('ENOENT'), 'no such file'))).toBe(1);
  expect(errorCodeOf('toString')).toBe('trial_failed');
});
