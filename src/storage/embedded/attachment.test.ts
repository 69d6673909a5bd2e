import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { isFatal } from './attachment.ts';

const failed = (code: string) => Object.assign(new Error(code), { code, syscall: 'connect' });

function refused(sqlState: string): pg.DatabaseError {
  const error = new pg.DatabaseError(sqlState, 0, 'error');
  error.code = sqlState;
  return error;
}

describe('whether waiting can mend what keeps one from the server', () => {
  test.each(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ENOENT'])('%s of a socket: it dies, or is not there yet', (code) => {
    expect(isFatal(failed(code))).toBe(false);
  });

  test.each(['EACCES', 'EPERM'])('%s: the socket is not ours', (code) => {
    expect(isFatal(failed(code))).toBe(true);
  });

  test.each(['57P01', '57P03', '08006'])('SQLSTATE %s: it starts or stops', (sqlState) => {
    expect(isFatal(refused(sqlState))).toBe(false);
  });

  test.each(['28P01', '3D000', '53300'])('SQLSTATE %s: it refuses', (sqlState) => {
    expect(isFatal(refused(sqlState))).toBe(true);
  });
});
