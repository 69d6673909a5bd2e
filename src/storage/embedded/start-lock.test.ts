import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clearUpAfterEach, scratchDir } from '../../../tests/fixtures/embedded.ts';
import { findProcess } from './processes.ts';
import { tryStartLock } from './start-lock.ts';

clearUpAfterEach();

/** Linux gives out smaller numbers only. */
const deadPid = 4_194_304;
const own = `${process.pid}_${findProcess(process.pid)?.startedAt}`;

test('the lock has one holder at a time and leaves nothing behind', () => {
  const directory = scratchDir();
  const lockDir = join(directory, 'lock');
  const held = tryStartLock(lockDir);
  expect(held).toBeDefined();
  expect(tryStartLock(lockDir)).toBeUndefined();
  held?.release();
  const again = tryStartLock(lockDir);
  expect(again).toBeDefined();
  again?.release();
  expect(readdirSync(directory)).toEqual([]);
});

test.each([
  ['a dead process', `${deadPid}_17_abc`],
  ['a process whose number another has now', `${process.pid}_17_abc`],
  ['no process at all', 'nonsense'],
])('the lock of %s is taken over', (_who, ticket) => {
  const lockDir = join(scratchDir(), 'lock');
  mkdirSync(lockDir);
  writeFileSync(join(lockDir, ticket), '');
  const taken = tryStartLock(lockDir);
  expect(taken).toBeDefined();
  expect(readdirSync(lockDir)).not.toContain(ticket);
  expect(tryStartLock(lockDir)).toBeUndefined();
});

test('a holder that was taken for dead, wrongly, cannot release its successor', () => {
  const lockDir = join(scratchDir(), 'lock');
  mkdirSync(lockDir);
  const held = tryStartLock(lockDir);
  const [ticket] = readdirSync(lockDir);
  writeFileSync(join(lockDir, `${own}_successor`), '');
  held?.release();
  expect(readdirSync(lockDir)).toEqual([`${own}_successor`]);
  expect(ticket?.startsWith(own)).toBe(true);
});

test('what a process leaves that died between making its directory and taking the lock is removed, a living one’s is not', () => {
  const lockDir = join(scratchDir(), 'lock');
  mkdirSync(`${lockDir}.${deadPid}_17_abc`);
  mkdirSync(`${lockDir}.${own}_abc`);
  tryStartLock(lockDir);
  expect([existsSync(`${lockDir}.${deadPid}_17_abc`), existsSync(`${lockDir}.${own}_abc`)]).toEqual([false, true]);
});
