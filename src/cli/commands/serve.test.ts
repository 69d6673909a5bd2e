import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { useDatabase } from '../../../tests/fixtures/database.ts';
import type { Io } from '../io.ts';
import { register } from './serve.ts';

const database = useDatabase();

/** Runs `assay serve` with these arguments; `said` resolves with its first line. */
function assay(argv: readonly string[], env: Io['env'] = {}, onLine: (text: string) => unknown = () => undefined) {
  let hear = (_text: string): void => undefined;
  const said = new Promise<string>((resolve) => {
    hear = resolve;
  });
  const silent = { write: () => undefined, isTerminal: false, width: () => 80 };
  const io: Io = { out: silent, err: { ...silent, write: (text) => [hear(text), onLine(text)] }, in: new PassThrough(), env };
  const program = new Command('assay')
    .option('--database-url <url>')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  register(program, io);
  return { said, ended: program.parseAsync(['serve', ...argv, '--database-url', database.url], { from: 'user' }) };
}

test('says where it is, answers there, and ends in order at a signal', async () => {
  const { said, ended } = assay(['--port', '0']);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(await said)?.[0] ?? '';
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready' });
  expect(await (await fetch(`${url}/v1/studies`)).json()).toEqual({ items: [], next: null, total: 0 });
  process.emit('SIGHUP');
  await ended;
  await expect(fetch(`${url}/readyz`)).rejects.toThrow();
  expect(process.listenerCount('SIGHUP')).toBe(0);
});

test('takes the token from ASSAY_TOKEN', async () => {
  const { said, ended } = assay(['--port', '0', '--host', '0.0.0.0'], { ASSAY_TOKEN: 'sixteen-letters-' });
  const url = (/http:\/\/0\.0\.0\.0:\d+/.exec(await said)?.[0] ?? '').replace('0.0.0.0', '127.0.0.1');
  expect((await fetch(`${url}/v1/studies`)).status).toBe(401);
  expect((await fetch(`${url}/v1/studies`, { headers: { Authorization: 'Bearer sixteen-letters-' } })).status).toBe(200);
  process.emit('SIGHUP');
  await ended;
});

test('refuses other machines without a token', async () => {
  await expect(assay(['--host', '0.0.0.0']).ended).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('ASSAY_TOKEN') });
});

test.each(['70000', '-1', 'http'])('refuses the port %s', async (port) => {
  await expect(assay(['--port', port]).ended).rejects.toMatchObject({ code: 'commander.invalidArgument' });
});

test("serves Optuna's clients beside the pages, and ends both", async () => {
  const heard: string[] = [];
  const { ended } = assay(['--port', '0', '--optuna', '0'], {}, (text) => heard.push(text));
  await expect.poll(() => heard.join('')).toContain('GrpcStorageProxy(host="127.0.0.1", port=');
  process.emit('SIGHUP');
  await ended;
});

test.each([
  [['--optuna', '0.0.0.0:0'], '--optuna', '--optuna-open'],
  [['--optuna', 'localhost'], '--optuna', '--optuna 13000'],
  [['--optuna', '99999'], '--optuna', '--optuna 13000'],
  [['--optuna-open'], '--optuna', 'add --optuna'],
  [['--optuna-stale', '6h'], '--optuna', 'add --optuna'],
])('refuses %o', async (argv, place, hint) => {
  await expect(assay(argv).ended).rejects.toMatchObject({ code: 'usage', place, hint: expect.stringContaining(hint) });
});

test('says so where others can reach what takes no token, and refuses a port that is taken', async () => {
  const heard: string[] = [];
  const { ended } = assay(['--port', '0', '--optuna', '0.0.0.0:0', '--optuna-open'], {}, (text) => heard.push(text));
  await expect.poll(() => heard.join('')).toContain('whoever reaches this address');
  const port = /port=(\d+)/.exec(heard.join(''))?.[1] ?? '';
  await expect(assay(['--port', '0', '--optuna', `0.0.0.0:${port}`, '--optuna-open']).ended).rejects.toMatchObject({ code: 'port_in_use' });
  process.emit('SIGHUP');
  await ended;
});
