import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { useServedRecordings } from '../../../tests/fixtures/live/served.ts';
import type { Io } from '../io.ts';
import { register } from './live.ts';

const served = useServedRecordings();
const config = 'configs/live/paper.yaml';

function live(argv: readonly string[], env: Io['env'] = {}) {
  const heard: string[] = [];
  const silent = { write: () => undefined, isTerminal: false, width: () => 80 };
  const io: Io = { out: silent, err: { ...silent, write: (text) => heard.push(text) }, in: new PassThrough(), env };
  const program = new Command('assay').exitOverride().configureOutput({ writeErr: () => undefined });
  register(program, io);
  return { heard, ended: program.parseAsync(['live', ...argv, '--port', '0'], { from: 'user' }) };
}

/** Waits for words of a line that was said. */
async function said(heard: readonly string[], words: RegExp): Promise<RegExpExecArray> {
  await expect.poll(() => words.exec(heard.join('')), { interval: 10 }).not.toBeNull();
  return words.exec(heard.join(''))!;
}

test('trades what a gateway serves, on an account that ends with a signal', async () => {
  const gateway = live(['gateway', served.place('day.dbn'), '--speed', '20']);
  const [, port] = await said(gateway.heard, /127\.0\.0\.1:(\d+)/);
  const server = live(['paper-server', '--config', config, '--feed', `gateway:127.0.0.1:${port}`], {
    ASSAY_PAPER_SECRET: 'sixteen-letters-',
  });
  const [, url] = await said(server.heard, /at (http:\S+)\/v2/);
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { 'apca-api-key-id': 'k', 'apca-api-secret-key': 'sixteen-letters-', 'content-type': 'application/json' };
    const response = await fetch(`${url}/v2${path}`, { headers, ...init });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  expect((await ask('/clock')).body).toMatchObject({ is_open: true, timestamp: expect.stringContaining('2024-01-17T20:3') });
  const order = { symbol: 'MNQH4', qty: '1', side: 'buy', type: 'market', time_in_force: 'day', client_order_id: 'A-1' };
  expect(await ask('/orders', { method: 'POST', body: JSON.stringify(order) })).toMatchObject({
    status: 200,
    body: { client_order_id: 'A-1' },
  });
  await expect.poll(async () => (await ask('/positions/MNQH4')).body['qty'], { interval: 10 }).toBe('1');
  expect((await ask('/account', { headers: { 'apca-api-secret-key': 'another' } })).status).toBe(401);
  process.emit('SIGHUP');
  await server.ended;
  await gateway.ended;
  await expect(ask('/clock')).rejects.toThrow();
});

test.each([
  [['--host', '0.0.0.0'], {}, 'usage', '--host'],
  [[], { ASSAY_PAPER_SECRET: 'short' }, 'usage', 'ASSAY_PAPER_SECRET'],
  [['--feed', 'gateway:nowhere'], {}, 'usage', '--feed'],
  [['--feed', 'databento:GLBX.MDP3'], {}, 'usage', '--feed'],
  [['--config', 'configs/live/none.yaml'], {}, 'config_invalid', expect.stringContaining('none.yaml')],
])('refuses %o', async (argv, env, code, place) => {
  const asked = live(['paper-server', '--config', config, '--feed', 'gateway:127.0.0.1:1', ...argv], env);
  await expect(asked.ended).rejects.toMatchObject({ code, place });
});
