import { expect, test } from 'vitest';
import { loadTradingConfig } from '../config/load.ts';
import { vaultSessionsOf } from './vault-sessions.ts';

const plan = { searchSessions: 152, innerSessions: 51, purgeSessions: 1, testSessions: 15, folds: 4 };

test.each([
  ['no session that a test takes', {}, 212, 0],
  ['what the tests leave', {}, 220, 8],
  ['none where fewer than three are left', {}, 214, 0],
  ['a fifth of what lies after the search window', {}, 352, 40],
  ['as many as are asked for', { vaultSessions: 90 }, 352, 90],
  ['none', { vaultSessions: 0 }, 352, 0],
])('the vault has %s', (_, change, all, expected) => {
  expect(vaultSessionsOf({ ...plan, ...change }, all)).toBe(expected);
});

test('a vault that the tests leave no room for is refused', () => {
  expect(() => vaultSessionsOf({ ...plan, vaultSessions: 9 }, 220)).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      place: 'sessions.vaultSessions',
      hint: expect.stringContaining('at most 8') as string,
    }),
  );
  expect(() => vaultSessionsOf({ ...plan, vaultSessions: 1 }, 100)).toThrow(/does not fit/);
});

test.each([
  ['nvda-msft', 44],
  ['quickstart', 212],
  ['quickstart-no-edge', 212],
])('%s keeps its folds: they reach the end of its %i sessions', (name, all) => {
  expect(vaultSessionsOf(loadTradingConfig(`configs/${name}.yaml`).sessions, all)).toBe(0);
});
