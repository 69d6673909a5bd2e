import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { createHandClock } from '../../../tests/fixtures/live/hand-clock.ts';
import { poll, to, useServedRecordings } from '../../../tests/fixtures/live/served.ts';
import type { Io } from '../io.ts';
import { register } from './live.ts';

const served = useServedRecordings();

/** Runs `assay live gateway` with these arguments; `said` resolves with its first line. */
function gateway(argv: readonly string[], env: Io['env'] = {}) {
  let hear = (_text: string): void => undefined;
  const said = new Promise<string>((resolve) => {
    hear = resolve;
  });
  const silent = { write: () => undefined, isTerminal: false, width: () => 80 };
  const io: Io = { out: silent, err: { ...silent, write: hear }, in: new PassThrough(), env };
  const program = new Command('assay').exitOverride().configureOutput({ writeErr: () => undefined });
  register(program, io);
  return { said, ended: program.parseAsync(['live', 'gateway', ...argv, '--port', '0'], { from: 'user' }) };
}

test('serves files to who has the key that it says, and ends at a signal', async () => {
  const { said, ended } = gateway([served.place('one.dbn'), served.place('two.dbn'), '--speed', 'max', '--fault', '1:1:duplicate']);
  const [, port, key] = /^GLBX\.MDP3 is served at 127\.0\.0\.1:(\d+), key (\S+);/.exec(await said)!;
  const clock = createHandClock();
  const address = { address: { host: '127.0.0.1', port: Number(port) } };
  const received = served.client(address as never, clock, [to('trades', ['S1'])], { key: key! });
  await poll(() => received.market().map((record) => record['sequence'])).toEqual([0, 1, 1, 2, 3]);
  process.emit('SIGHUP');
  await ended;
  await poll(() => received.ends().length).toBe(1);
});

test('keeps a key of its own to itself', async () => {
  const { said, ended } = gateway([served.place('one.dbn')], { ASSAY_GATEWAY_KEY: 'db-OwnKeyOfAGatewayForThisTest01' });
  expect(await said).toMatch(/the key of ASSAY_GATEWAY_KEY;/);
  process.emit('SIGHUP');
  await ended;
});

test.each([
  [['--host', '0.0.0.0'], 'usage', '--host'],
  [['--fault', '1:1:what'], 'usage', '--fault'],
])('refuses %o', async (argv, code, place) => {
  await expect(gateway([served.place('one.dbn'), ...argv]).ended).rejects.toMatchObject({ code, place });
});

test('refuses files that are not there, and another form of speed and time', async () => {
  await expect(gateway([served.place('none.dbn')]).ended).rejects.toMatchObject({ code: 'not_found' });
  for (const argv of [
    ['--speed', '0'],
    ['--speed', 'fast'],
    ['--start', 'noon'],
  ])
    await expect(gateway([served.place('one.dbn'), ...argv]).ended).rejects.toMatchObject({ code: 'commander.invalidArgument' });
});
