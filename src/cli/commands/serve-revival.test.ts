import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { clearUpAfterEach, dataDirWithDatabase, killPostmaster } from '../../../tests/fixtures/embedded.ts';
import type { Io } from '../io.ts';
import { register } from './serve.ts';

clearUpAfterEach();
afterEach(() => vi.unstubAllEnvs());

test('an embedded server that is killed under `assay serve` is brought back by it, with a line and no stack', async () => {
  vi.stubEnv('DATABASE_URL', '');
  const dataDir = await dataDirWithDatabase();
  const said: string[] = [];
  const silent = { write: () => undefined, isTerminal: false, width: () => 80 };
  const io: Io = { out: silent, err: { ...silent, write: (text) => said.push(text) }, in: new PassThrough(), env: {} };
  const program = new Command('assay').option('--data-dir <folder>').exitOverride();
  register(program, io);
  const ended = program.parseAsync(['serve', '--port', '0', '--data-dir', dataDir], { from: 'user' });
  const url = await vi.waitFor(
    () => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said.join(''))?.[0];
      expect(found).toBeDefined();
      return found!;
    },
    { timeout: 60_000, interval: 50 },
  );
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  await killPostmaster(dataDir);
  const statuses: number[] = [];
  await vi.waitFor(
    async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/v1/studies`)));
      statuses.push(...answers.map(({ status }) => status));
      expect(answers.every(({ status }) => status === 200) && statuses.includes(503)).toBe(true);
    },
    { timeout: 60_000, interval: 50 },
  );
  expect([...new Set(statuses)].toSorted((a, b) => a - b)).toEqual([200, 503]);
  process.emit('SIGHUP');
  await ended;
  const faults = said.filter((line) => line.startsWith('error: '));
  // At once, and what was counted when the command ended.
  expect(faults.length).toBeLessThanOrEqual(2);
  expect(faults[0]).toMatch(/^error: database_unavailable: the database does not answer; [^\n]*\n$/);
  expect(faults.join('')).not.toMatch(/\n +at |node_modules|select/);
});
