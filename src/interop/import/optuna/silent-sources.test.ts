import { once } from 'node:events';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { connectOptuna } from '../../optuna/client.ts';
import { toUtcFrom } from '../../zone.ts';
import { postgresqlSource } from './rdb/postgresql.ts';
import { rdbView } from './rdb/read.ts';

const toUtc = toUtcFrom('UTC');

async function portOf(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

test('a PostgreSQL that lets us in and then is silent ends an import', async () => {
  // AuthenticationOk and ReadyForQuery.
  const welcome = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
  const server = createServer((peer) => peer.once('data', () => peer.write(welcome)).on('error', () => undefined));
  const url = `postgresql://someone@127.0.0.1:${await portOf(server)}/optuna`;
  const look = postgresqlSource(url, 'the address', toUtc, 20).view(async () => 'seen');
  await expect(look).rejects.toMatchObject({ code: 'unavailable', place: 'the address' });
  server.close();
});

test('a storage over gRPC that takes a call and is silent ends an import', async () => {
  const server = createHttp2Server().on('stream', (stream) => stream.on('error', () => undefined));
  const client = connectOptuna(`127.0.0.1:${await portOf(server)}`, 20);
  await expect(client.call('GetAllStudies', {})).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringContaining('does not answer'),
  });
  client.close();
  server.close();
});

test.each([null, ''])('a cell that is %o is no 0', async (cell) => {
  const trial = { trial_id: 1, number: 0, state: 'COMPLETE', datetime_start: null, datetime_complete: null };
  const view = (row: object, param: object) =>
    rdbView(async (text) => (text.includes('from trials') ? [row] : text.includes('from trial_params') ? [param] : []) as never, toUtc);
  const param = { trial_id: 1, param_name: 'x', param_value: 0.5, distribution_json: '{}' };
  await expect(view(trial, param).trials('1', [1])).resolves.toMatchObject([{ params: { x: 0.5 } }]);
  await expect(view({ ...trial, number: cell }, param).trials('1', [1])).rejects.toMatchObject({ code: 'data_invalid' });
  await expect(view(trial, { ...param, param_value: cell }).trials('1', [1])).rejects.toMatchObject({ code: 'data_invalid' });
});
