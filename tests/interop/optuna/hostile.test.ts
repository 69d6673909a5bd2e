import { drizzle } from 'drizzle-orm/node-postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../../src/core/rng.ts';
import { connect } from '../../../src/storage/connect.ts';
import { useDatabase } from '../../fixtures/database.ts';
import { optunaServer } from '../../fixtures/optuna.ts';
import { methodNames, type OptunaClient, optunaClient } from '../../fixtures/optuna-client.ts';

const database = useDatabase();
let server: Awaited<ReturnType<typeof optunaServer>>;
let client: OptunaClient;

beforeAll(async () => {
  server = await optunaServer(database.db);
  client = optunaClient(server.port);
});
afterAll(async () => {
  client.close();
  await server.close();
  expect(server.faults).toEqual([]);
});

const float = (low: number, high: number, change: object = {}): string =>
  JSON.stringify({ name: 'FloatDistribution', attributes: { step: null, low, high, log: false, ...change } });
let studies = 0;
const newStudy = async (change: object = {}): Promise<{ id: string; name: string }> => {
  const name = `study-of-optuna-${studies++}`;
  const { reply } = await client.call('CreateNewStudy', { directions: ['MAXIMIZE'], study_name: name, ...change });
  return { id: reply.study_id, name };
};
const newTrial = async (study: string, template?: object): Promise<string> => {
  const request =
    template === undefined ? { template_trial_is_none: true } : { template_trial: { trial_id: '-1', number: '-1', ...template } };
  return (await client.call('CreateNewTrial', { study_id: study, ...request })).reply.trial_id;
};
describe('limits', () => {
  test('names and keys have at most 512 characters of any script, and no NUL', async () => {
    expect(await client.call('CreateNewStudy', { directions: ['MINIMIZE'], study_name: '😀'.repeat(512) })).toHaveProperty('reply');
    for (const study_name of ['😀'.repeat(513), 'a\0b'])
      expect(await client.call('CreateNewStudy', { directions: ['MINIMIZE'], study_name })).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await client.call('CreateNewStudy', { study_name: 'no direction' })).toMatchObject({ status: 'INVALID_ARGUMENT' });
    const { id } = await newStudy();
    expect(await client.call('SetStudyUserAttribute', { study_id: id, key: 'k'.repeat(513), value: '1' })).toMatchObject({
      status: 'INVALID_ARGUMENT',
    });
    expect(await client.call('SetTrialIntermediateValue', { trial_id: await newTrial(id), step: '-1' })).toMatchObject({
      status: 'INVALID_ARGUMENT',
    });
  });

  test('a request over 64 MB is refused, one of 8 MB is not', async () => {
    const { id } = await newStudy();
    const value = (bytes: number): string => `"${'x'.repeat(bytes)}"`;
    expect(await client.call('SetStudyUserAttribute', { study_id: id, key: 'k', value: value(65 * 2 ** 20) })).toMatchObject({
      status: 'RESOURCE_EXHAUSTED',
    });
    expect(await client.call('SetStudyUserAttribute', { study_id: id, key: 'k', value: value(8 * 2 ** 20) })).toEqual({ reply: {} });
  });
});

test('damaged and random bytes are refused, whatever method gets them', async () => {
  const { id } = await newStudy();
  const trial = await newTrial(id);
  const rng = createRng(16).fork('bytes');
  const valid = methodNames.map((method) =>
    client.encode(method, {
      study_id: id,
      trial_id: trial,
      directions: ['MAXIMIZE'],
      study_name: 'fuzz',
      key: 'k',
      value: '1',
      param_name: 'x',
      distribution: float(0, 1),
      values: [1],
      template_trial: {
        state: 'COMPLETE',
        values: [1],
        params: { x: 1 },
        distributions: { x: float(0, 1) },
        intermediate_values: { 1: 2 },
        datetime_start: '2026-01-01 00:00:00.000000',
      },
    }),
  );
  const statuses = new Set<string>();
  for (let round = 0; round < 20; round++)
    await Promise.all(
      methodNames.map(async (method, index) => {
        if (method === 'DeleteStudy') return;
        const bytes = round % 3 === 0 ? Buffer.alloc(rng.int(40)) : Buffer.from(valid[index]!);
        for (let i = 0; i < (round % 3 === 0 ? bytes.length : 1 + rng.int(4)); i++)
          if (bytes.length > 0) bytes[rng.int(bytes.length)] = rng.int(256);
        statuses.add((await client.send(method, bytes)).status ?? 'OK');
      }),
    );
  const meant = ['OK', 'NOT_FOUND', 'ALREADY_EXISTS', 'FAILED_PRECONDITION', 'INVALID_ARGUMENT'];
  expect([...statuses].filter((status) => !meant.includes(status))).toEqual([]);
  expect(await client.call('GetStudyDirections', { study_id: id })).toEqual({ reply: { directions: ['MAXIMIZE'] } });
});

test('a database that is gone, or says nothing, is answered UNAVAILABLE in time', async () => {
  const slow = await connect({ databaseUrl: database.url, answerMs: 300, connectMs: 5000 });
  const other = await optunaServer(slow.db);
  const asking = optunaClient(other.port);
  const { id } = await newStudy();
  const lock = await database.pool.connect();
  try {
    // The statement waits for the row behind this lock: to its client the database is silent.
    await lock.query('begin');
    await lock.query('select from studies where id = $1 for update', [id]);
    expect(await asking.call('CreateNewTrial', { study_id: id, template_trial_is_none: true })).toMatchObject({ status: 'UNAVAILABLE' });
  } finally {
    await lock.query('rollback');
    lock.release();
  }
  expect(await asking.call('GetStudyDirections', { study_id: id })).toHaveProperty('reply');
  asking.close();
  await other.close();
  await slow.close();

  const gone = await optunaServer(drizzle('postgresql://127.0.0.1:1/none'));
  const last = optunaClient(gone.port);
  for (const [method, request] of [
    ['GetTrials', { study_id: id }],
    ['GetAllStudies', {}],
    ['SetTrialStateValues', { trial_id: '1', state: 'FAIL' }],
  ] as const)
    expect(await last.call(method, request)).toMatchObject({ status: 'UNAVAILABLE' });
  expect(gone.faults).toHaveLength(3);
  last.close();
  await gone.close();
});
