import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const guard = fileURLToPath(new URL('guard.mjs', import.meta.url));
const trainer = fileURLToPath(new URL('../../../../tests/fixtures/trainers/trainer.mjs', import.meta.url));
let notes: string;

beforeAll(() => {
  notes = mkdtempSync(join(tmpdir(), 'assay-guard-'));
});
afterAll(() => rmSync(notes, { recursive: true, force: true }));

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // What was killed and not yet waited for is still listed.
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Starts a trainer that leaves two children, one of them in a session of its own; returns their ids once it is ready. */
async function start(name: string) {
  const note = join(notes, name);
  const folder = mkdtempSync(join(tmpdir(), 'assay-trainer-'));
  const child = spawn(process.execPath, [guard, folder, name, '200', process.execPath, trainer, 'leaves children', note], {
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
    env: { ...process.env, ASSAY_TRAINER: name },
  });
  child.stdin!.write('{"type":"hello"}\n');
  await once(child.stdout!, 'data');
  const children = JSON.parse(readFileSync(note, 'utf8')) as readonly number[];
  expect(children.map(runs)).toEqual([true, true]);
  return { child, folder, children, closed: once(child, 'close') };
}

/** On other systems than Linux nothing shows what has left the group. */
const found = process.platform === 'linux' ? 2 : 1;

test('whoever started a trainer is gone: the trainer and what it started are killed, and its folder is removed', async () => {
  const { child, folder, children, closed } = await start('lifeline');
  (child.stdio[3] as Socket).destroy();
  await closed;
  await expect.poll(() => children.slice(0, found).filter(runs)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test('a trainer that ends takes what it left with it, and its exit code is told', async () => {
  const { child, folder, children, closed } = await start('bye');
  child.stdin!.write('{"type":"bye"}\n');
  expect(await closed).toEqual([0, null]);
  await expect.poll(() => children.slice(0, found).filter(runs)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});
