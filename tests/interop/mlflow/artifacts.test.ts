import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createApi } from '../../../src/api/app.ts';
import { serve } from '../../../src/api/serve.ts';
import { useDatabase } from '../../fixtures/database.ts';
import { useMlflow } from '../../fixtures/mlflow.ts';

const database = useDatabase();
const client = useMlflow(database);
const { told, refusal, newRun } = client;

describe('artifacts', () => {
  const files = '/api/2.0/mlflow-artifacts/artifacts/';

  test('are larger than a request may be, come back in ranges, and name a folder or a file, never both', async () => {
    const { experiment, run } = await newRun();
    const place = `${files}${experiment}/${run}/artifacts/`;
    const bytes = Buffer.alloc(3_000_000, 'abcdefg');
    expect((await client.send('PUT', `${place}sub/big.bin`, { body: bytes })).status).toBe(200);
    expect(Buffer.from(await (await client.send('GET', `${place}sub/big.bin`)).arrayBuffer()).equals(bytes)).toBe(true);
    const part = await client.send('GET', `${place}sub/big.bin`, { headers: { range: 'bytes=7-13' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 7-13/3000000', 'abcdefg']);
    expect((await client.send('GET', `${place}sub/big.bin`, { headers: { range: 'bytes=3000000-' } })).status).toBe(416);
    expect((await client.send('PUT', `${place}sub`, { body: 'x' })).status).toBe(400);
    expect((await client.send('PUT', `${place}sub/big.bin/x`, { body: 'x' })).status).toBe(400);
    expect((await client.send('PUT', `${place}empty`, { body: '' })).status).toBe(200);
    expect(await (await client.send('GET', `${place}empty`)).text()).toBe('');
    const { files: listed } = await told('GET', `${files.slice(0, -1)}?path=${experiment}/${run}/artifacts`);
    expect(listed).toEqual([
      { path: 'empty', is_dir: false, file_size: 0 },
      { path: 'sub', is_dir: true },
    ]);
  });

  test('of a run that is not there, of another experiment or deleted are refused', async () => {
    const [one, other] = [await newRun(), await newRun()];
    const put = async (path: string) => (await client.send('PUT', files + path, { body: 'x' })).status;
    expect(await put(`${other.experiment}/${one.run}/artifacts/x`)).toBe(404);
    expect(await put(`${one.experiment}/${'f'.repeat(32)}/artifacts/x`)).toBe(404);
    expect(await put(`${one.experiment}/${one.run}/artifacts`)).toBe(400);
    await told('POST', 'runs/delete', { run_id: one.run });
    expect(await put(`${one.experiment}/${one.run}/artifacts/x`)).toBe(400);
  });

  test('with dot segments reach no other run, however they are spelt', async () => {
    const [one, other] = [await newRun(), await newRun()];
    const app = createApi({ db: database.db, dataDir: client.folder });
    const serving = await serve({ host: '127.0.0.1', port: 0, token: undefined }, app.fetch);
    const put = (path: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request({ port: serving.port, host: '127.0.0.1', method: 'PUT', path }, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end('x');
      });
    for (const dots of ['..', '%2e%2e', '.%2E', '%2e.'])
      expect(
        await put(`${files}${one.experiment}/${one.run}/artifacts/${dots}/${dots}/${dots}/${other.experiment}/${other.run}/artifacts/x`),
        dots,
      ).toBe(400);
    expect(await put(`${files}${one.experiment}/${one.run}/artifacts/x`)).toBe(200);
    await serving.close();
    const { rows } = await database.pool.query('select owner from tracked_files where owner = any($1)', [[one.run, other.run]]);
    expect(rows).toEqual([{ owner: one.run }]);
  });
});

test('what is not served is not found, what promotes is refused with the way to do it', async () => {
  expect(await refusal('POST', 'traces/search', {})).toBe('404 ENDPOINT_NOT_FOUND');
  expect(await refusal('GET', '/api/3.0/mlflow/traces/x')).toBe('404 ENDPOINT_NOT_FOUND');
  expect(await refusal('DELETE', '/api/2.0/mlflow-artifacts/artifacts/x')).toBe('404 ENDPOINT_NOT_FOUND');
  expect(await refusal('GET', 'registered-models/get?name=nobody')).toBe('404 RESOURCE_DOES_NOT_EXIST');
  expect(await refusal('GET', 'model-versions/get?name=nobody&version=1')).toBe('404 RESOURCE_DOES_NOT_EXIST');
  for (const [method, path] of [
    ['POST', 'registered-models/create'],
    ['POST', 'model-versions/create'],
    ['POST', 'registered-models/alias'],
    ['DELETE', 'registered-models/alias'],
    ['PATCH', 'model-versions/update'],
  ] as const) {
    const { status, body } = await client.call(method, path, {});
    expect([status, body]).toEqual([403, { error_code: 'PERMISSION_DENIED', message: 'promotion goes through the gates: assay promote' }]);
  }
  expect(await (await client.send('GET', '/version')).text()).toMatch(/^3\./);
  expect(await (await client.send('GET', '/health')).text()).toBe('OK');
  const off = createApi({ db: database.db, mlflow: false });
  expect((await off.request('/api/2.0/mlflow/experiments/get?experiment_id=0')).status).toBe(404);
  const locked = createApi({ db: database.db, token: 'a-token-of-this-test' });
  const ask = (headers: Record<string, string>) => locked.request('/api/2.0/mlflow/experiments/get?experiment_id=0', { headers });
  expect([(await ask({})).status, (await ask({ Authorization: 'Bearer a-token-of-this-test' })).status]).toEqual([401, 200]);
});
