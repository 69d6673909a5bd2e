import { expect, test } from 'vitest';
import { createSessions, type Sessions, sessionMs } from './sessions.ts';

function at(): { readonly sessions: Sessions; readonly pass: (ms: number) => void } {
  let now = 1_000_000;
  const pass = (ms: number): void => {
    now += ms;
  };
  return { sessions: createSessions('secret', () => now), pass };
}

const idOf = (sessions: Sessions): string => {
  const opening = sessions.open('secret', 'home');
  if (!('id' in opening)) throw new Error(opening.refused);
  return opening.id;
};

test('the token opens a session whose id is random and not the token, and which ends after twelve hours', () => {
  const { sessions, pass } = at();
  const [id, other] = [idOf(sessions), idOf(sessions)];
  expect(id).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(other).not.toBe(id);
  pass(sessionMs - 1);
  expect(sessions.find(id)).not.toBeNull();
  pass(1);
  expect(sessions.find(id)).toBeNull();
});

test('a session that was ended is not known, the others are', () => {
  const { sessions } = at();
  const [id, other] = [idOf(sessions), idOf(sessions)];
  const [ended, stays] = [id, other].map((each) => sessions.find(each)!.ended);
  sessions.end(id);
  expect([ended!.aborted, stays!.aborted]).toEqual([true, false]);
  expect([id, other, 'secret', ''].map((each) => sessions.find(each) !== null)).toEqual([false, true, false, false]);
});

test('after five wrong tokens an address is told to wait for the rest of the minute; the right one is never', () => {
  const { sessions, pass } = at();
  for (let n = 0; n < 5; n += 1) expect([sessions.open, sessions.check][n % 2]!('guess', 'a')).toEqual({ refused: 'wrong' });
  pass(20_000);
  for (const ask of [sessions.open, sessions.check]) expect(ask('guess', 'a')).toEqual({ refused: 'tooMany', retryAfterMs: 40_000 });
  expect(sessions.open('guess', 'b')).toEqual({ refused: 'wrong' });
  expect(sessions.open('secret', 'a')).toHaveProperty('id');
  expect(sessions.check('secret', 'a')).toBe('right');
  expect(sessions.check('guess', 'a')).toEqual({ refused: 'tooMany', retryAfterMs: 40_000 });
  pass(40_000);
  expect(sessions.check('guess', 'a')).toEqual({ refused: 'wrong' });
});

test('of more than a thousand sessions the oldest end', () => {
  const { sessions } = at();
  const ids = Array.from({ length: 1001 }, () => idOf(sessions));
  expect(ids.filter((id) => sessions.find(id) !== null)).toEqual(ids.slice(1));
});
