import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failStale } from '../../../src/interop/optuna/store/fail-stale.ts';
import { cancelTrial } from '../../../src/storage/commands/cancel-trial.ts';
import { controlStudy } from '../../../src/storage/commands/control-study.ts';
import { enqueue } from '../../../src/storage/commands/enqueue-trial.ts';
import { pauseTrial } from '../../../src/storage/commands/pause-trial.ts';
import { bestTrials } from '../../../src/storage/readers/best-trials.ts';
import { readImportance } from '../../../src/storage/readers/importance.ts';
import { listStudies } from '../../../src/storage/readers/list-studies.ts';
import { pageTrials } from '../../../src/storage/readers/page-trials.ts';
import { readRecommendations } from '../../../src/storage/readers/recommendations.ts';
import { showTrial } from '../../../src/storage/readers/show-trial.ts';
import { createStorage } from '../../../src/storage/storage.ts';
import { describeStudy } from '../../../src/testing/storage/subject.ts';
import { useDatabase } from '../../fixtures/database.ts';
import { optunaServer } from '../../fixtures/optuna.ts';
import { type OptunaClient, optunaClient } from '../../fixtures/optuna-client.ts';
import { complete, studyWith } from '../../fixtures/trials.ts';

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
const choices = (text: string): string => `{"name": "CategoricalDistribution", "attributes": {"choices": [${text}]}}`;

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
const set = (trial: string, name: string, value: number, distribution: string) =>
  client.call('SetTrialParameter', { trial_id: trial, param_name: name, param_value_internal: value, distribution });
const finish = (trial: string, state: string, values: readonly number[] = []) =>
  client.call('SetTrialStateValues', { trial_id: trial, state, values });
const trialsOf = async (study: string) => {
  const { reply } = await client.call('GetTrials', { study_id: study, trial_id_greater_than: '-1' });
  return (reply.trials ?? []) as readonly (typeof reply)[];
};

describe('a study of Optuna', () => {
  test('is in every list here: studies, trials, best, recommendation, importance', async () => {
    const { id, name } = await newStudy();
    for (let i = 0; i < 12; i++) {
      const trial = await newTrial(id);
      await set(trial, 'lr', 10 ** -(1 + (i % 4)), float(1e-5, 0.1 * (i + 1), { log: true }));
      await set(trial, 'act', i % 3, choices('"relu", null, 3'));
      await client.call('SetTrialIntermediateValue', { trial_id: trial, step: '1', intermediate_value: i / 2 });
      await client.call('SetTrialUserAttribute', { trial_id: trial, key: 'turnover', value: String(i) });
      await client.call('SetTrialUserAttribute', { trial_id: trial, key: 'note', value: '"text"' });
      await finish(trial, 'COMPLETE', [i]);
    }
    const { items } = await listStudies(database.db, { limit: 200 });
    expect(items.find((item) => item.name === name)).toMatchObject({ best: 11, counts: { complete: 12 }, state: 'idle' });
    const page = await pageTrials(database.db, name, { sort: '-param:lr', limit: 1 });
    expect(page.items[0]).toMatchObject({ params: { lr: 0.1, act: 3 }, metrics: { turnover: 8 }, lastReport: { step: 1, value: 4 } });
    expect((await bestTrials(database.db, name)).trials[0]).toMatchObject({ number: 11, value: 11, params: { act: 3 } });
    expect((await readRecommendations(database.db, name)).items.length).toBe(1);
    const importance = await readImportance(database.db, name, { evaluator: 'ped-anova' });
    expect(importance.items.map((item) => item.param).toSorted()).toEqual(['act', 'lr']);
    expect((await showTrial(database.db, `${name}#3`)).reports).toHaveLength(1);
  });

  test('has the union of what its trials declared as its space; names that no space can have get a similar one', async () => {
    const { id, name } = await newStudy();
    const [first, second] = [await newTrial(id), await newTrial(id)];
    await set(first, 'x', 0.5, float(0, 1, { step: 0.25 }));
    await set(second, 'x', 7, float(-3, 9));
    await set(first, 'two words', 1, choices('NaN, Infinity, "NaN", 1, 1.0'));
    await set(first, 'huge', 1e308, float(-1.7e308, 1.7e308));
    const { rows } = await database.pool.query('select space from studies where name = $1', [name]);
    const space = rows[0].space as Record<string, unknown>;
    expect(space['x']).toEqual({ type: 'float', low: -3, high: 9 });
    const renamed = Object.keys(space).find((key) => key.startsWith('two_words_')) ?? '';
    expect(space[renamed]).toEqual({ type: 'choice', choices: ['NaN', 'Infinity', '"NaN" (2)', 1, '1 (4)'] });
    expect(Object.keys(space)).toHaveLength(2);
    const { items } = await pageTrials(database.db, name, { limit: 5 });
    expect(items.find(({ number }) => number === 0)?.params).toEqual({ x: 0.5, [renamed]: 'Infinity', huge: 1e308 });
    const [wire] = await trialsOf(id);
    expect(wire.distributions['two words']).toBe(choices('NaN, Infinity, "NaN", 1, 1.0'));
    for (const other of [float(0, 1, { log: true }), choices('1'), float(0, 1).replace('Float', 'Int')])
      expect(await set(second, 'x', 1, other)).toMatchObject({ status: 'INVALID_ARGUMENT' });
    expect(await set(second, 'two words', 0, choices('NaN, Infinity'))).toMatchObject({ status: 'INVALID_ARGUMENT' });
  });

  test('keeps NaN, infinities and 64-bit steps, and a pruned value without a report', async () => {
    const { id, name } = await newStudy();
    const trial = await newTrial(id);
    for (const [step, value] of [
      ['0', 'NaN'],
      ['4294967296', 'Infinity'],
      ['9223372036854775807', '-Infinity'],
    ] as const)
      await client.call('SetTrialIntermediateValue', { trial_id: trial, step, intermediate_value: Number(value) });
    await client.call('SetTrialSystemAttribute', { trial_id: trial, key: '', value: '[NaN, -Infinity]' });
    expect(await finish(trial, 'COMPLETE', [Number.NaN])).toMatchObject({ status: 'INVALID_ARGUMENT' });
    await finish(trial, 'PRUNED', [Number.NEGATIVE_INFINITY]);
    const bare = await newTrial(id);
    await finish(bare, 'PRUNED', [0.25]);
    const valueless = await newTrial(id);
    await finish(valueless, 'COMPLETE');
    expect(await trialsOf(id)).toMatchObject([
      {
        state: 'PRUNED',
        values: ['-Infinity'],
        intermediate_values: { 0: 'NaN', 4294967296: 'Infinity', '9223372036854775807': '-Infinity' },
        system_attributes: { '': '[NaN, -Infinity]' },
      },
      { state: 'PRUNED', values: [0.25] },
      { state: 'COMPLETE' },
    ]);
    expect(await showTrial(database.db, `${name}#0`)).toMatchObject({ state: 'pruned', reportsTotal: 3 });
    expect(await showTrial(database.db, `${name}#1`)).toMatchObject({ state: 'pruned', lastReport: { step: 0, value: 0.25 } });
    expect(await showTrial(database.db, `${name}#2`)).toMatchObject({ state: 'failed', error: { code: 'no_value' } });
  });

  test('becomes visible in the order of ids, with dense numbers, whoever creates trials meanwhile', async () => {
    const { id } = await newStudy();
    const others = Array.from({ length: 4 }, () => optunaClient(server.port));
    let creating = true;
    const work = Promise.all(
      others.map(async (other) => {
        for (let i = 0; i < 15; i++) {
          const { reply } = await other.call('CreateNewTrial', { study_id: id, template_trial_is_none: true });
          await other.call('SetTrialStateValues', { trial_id: reply.trial_id, state: 'COMPLETE', values: [i] });
        }
      }),
    ).finally(() => {
      creating = false;
    });
    while (creating) {
      const seen = (await trialsOf(id)).toSorted((a, b) => Number(a.trial_id) - Number(b.trial_id));
      expect(seen.map(({ number = '0' }) => Number(number))).toEqual(seen.map((_, index) => index));
    }
    await work;
    expect(await trialsOf(id)).toHaveLength(60);
    for (const other of others) other.close();
  });

  test('gives a waiting trial to one of many', async () => {
    const { id } = await newStudy();
    const waiting: string[] = [];
    for (let i = 0; i < 8; i++) waiting.push(await newTrial(id, { state: 'WAITING', system_attributes: { fixed_params: '{"x": 1}' } }));
    const asked = await Promise.all([...waiting, ...waiting, ...waiting].map((trial) => finish(trial, 'RUNNING')));
    expect(asked.filter(({ reply }) => reply.trial_updated === true)).toHaveLength(8);
    expect((await trialsOf(id)).every(({ state = 'RUNNING', datetime_start }) => state === 'RUNNING' && datetime_start !== '')).toBe(true);
  });

  test('is deleted with running trials, and its id never comes back', async () => {
    const { id, name } = await newStudy();
    await newTrial(id);
    expect(await client.call('DeleteStudy', { study_id: id })).toEqual({ reply: {} });
    expect(await client.call('GetTrials', { study_id: id })).toMatchObject({ status: 'NOT_FOUND' });
    const again = await client.call('CreateNewStudy', { directions: ['MAXIMIZE'], study_name: name });
    expect(Number(again.reply.study_id)).toBeGreaterThan(Number(id));
  });

  test('ends a trial that a person cancels at once; the client is told at its next write', async () => {
    const { id, name } = await newStudy();
    const [first, second] = [await newTrial(id), await newTrial(id)];
    expect(await cancelTrial(database.db, Number(id), 0, 'operator')).toBe('cancelled');
    expect(await client.call('SetTrialIntermediateValue', { trial_id: first, step: '1', intermediate_value: 1 })).toMatchObject({
      status: 'FAILED_PRECONDITION',
    });
    expect(await finish(first, 'COMPLETE', [1])).toMatchObject({ status: 'FAILED_PRECONDITION' });
    await controlStudy(database.db, Number(id), 'cancel', 'operator');
    expect(await finish(second, 'COMPLETE', [1])).toMatchObject({ status: 'FAILED_PRECONDITION' });
    expect((await trialsOf(id)).map(({ state }) => state)).toEqual(['FAIL', 'FAIL']);
    expect((await showTrial(database.db, `${name}#1`)).state).toBe('cancelled');
    const refused = await client.call('CreateNewTrial', { study_id: id, template_trial_is_none: true });
    expect(refused).toMatchObject({ status: 'FAILED_PRECONDITION', details: expect.stringContaining(`assay study resume ${name}`) });
    await controlStudy(database.db, Number(id), 'resume', 'operator');
    expect(await newTrial(id)).toBeDefined();
  });

  test('fails a trial to which nothing was written for long, and no other', async () => {
    const { id } = await newStudy();
    const [old, fresh] = [await newTrial(id), await newTrial(id)];
    await database.pool.query(`update trials set lease_expires_at = lease_expires_at - interval '2 hours' where id = any($1)`, [
      [old, fresh],
    ]);
    await client.call('SetTrialUserAttribute', { trial_id: fresh, key: 'alive', value: 'true' });
    expect(await failStale(database.db, 3_600_000)).toBe(1);
    expect(await failStale(database.db, 3_600_000)).toBe(0);
    expect((await trialsOf(id)).map(({ trial_id, state = 'RUNNING' }) => [trial_id, state])).toEqual(
      expect.arrayContaining([
        [old, 'FAIL'],
        [fresh, 'RUNNING'],
      ]),
    );
  });

  test('leaves queueing and pausing to its clients, and its name to it', async () => {
    const { id, name } = await newStudy();
    await newTrial(id);
    const refused = { code: 'conflict', message: expect.stringContaining('client') };
    await expect(enqueue(database.db, Number(id), { params: {}, idempotencyKey: crypto.randomUUID() })).rejects.toMatchObject(refused);
    await expect(pauseTrial(database.db, Number(id), 0, 'operator')).rejects.toMatchObject(refused);
    await expect(createStorage(database.db).open(describeStudy({ name }))).rejects.toMatchObject(refused);
  });

  test.each([
    ['My Study / 1', 'my-study-1'],
    ['Über-Größe', 'uber-gro-e'],
    ['研究', 'study'],
    ['', 'study-2'],
  ])('named %o is %s here', async (study_name, own) => {
    const { reply } = await client.call('CreateNewStudy', { directions: ['MINIMIZE'], study_name });
    expect((await client.call('GetStudyNameFromId', { study_id: reply.study_id })).reply.study_name ?? '').toBe(study_name);
    const { rows } = await database.pool.query('select name from studies where id = $1', [reply.study_id]);
    expect(rows).toEqual([{ name: own }]);
  });

  test('takes the names that Optuna gives its objectives', async () => {
    const { id } = await newStudy({ directions: ['MAXIMIZE', 'MINIMIZE'] });
    await client.call('SetStudySystemAttribute', { study_id: id, key: 'study:metric_names', value: '["sharpe", "drawdown"]' });
    const trial = await newTrial(id);
    expect(await finish(trial, 'COMPLETE', [1])).toMatchObject({ status: 'INVALID_ARGUMENT' });
    await client.call('SetTrialSystemAttribute', { trial_id: trial, key: 'constraints', value: '[0.5, -1]' });
    await finish(trial, 'COMPLETE', [1, 2]);
    const { rows } = await database.pool.query(
      'select objectives, objective_values, constraints, feasible from studies join trials on study_id = studies.id where studies.id = $1',
      [id],
    );
    expect(rows).toMatchObject([
      { objectives: [{ name: 'sharpe' }, { name: 'drawdown' }], objective_values: [1, 2], constraints: [0.5, -1], feasible: false },
    ]);
  });
});

describe('a native study', () => {
  test('can be read, with its parameters as distributions, and refuses every write with a hint', async () => {
    const native = await studyWith(database.db, [
      { params: { lr: 1e-3, layers: 2 }, reports: [[1, Number.NaN]], outcome: complete(0.5, { sharpe: Number.POSITIVE_INFINITY }) },
      {},
    ]);
    const { reply } = await client.call('GetStudyIdFromName', { study_name: native.name });
    const study = reply.study_id as string;
    const [done, open] = await trialsOf(study);
    expect(done).toMatchObject({
      state: 'COMPLETE',
      values: [0.5],
      params: { lr: 1e-3, layers: 2 },
      distributions: { layers: '{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}' },
      user_attributes: { sharpe: 'Infinity' },
      intermediate_values: { 1: 'NaN' },
    });
    expect(open.state).toBe('WAITING');
    expect((await client.call('GetTrial', { trial_id: done.trial_id })).reply.trial).toEqual(done);
    const { studies: all } = (await client.call('GetAllStudies')).reply;
    expect(all).toContainEqual(expect.objectContaining({ study_name: native.name }));
    const trial = open.trial_id;
    const writes: readonly (readonly [string, object])[] = [
      ['CreateNewTrial', { study_id: study, template_trial_is_none: true }],
      ['CreateNewTrial', { study_id: study, template_trial: { state: 'WAITING' } }],
      ['DeleteStudy', { study_id: study }],
      ['SetStudyUserAttribute', { study_id: study, key: 'k', value: '1' }],
      ['SetTrialParameter', { trial_id: trial, param_name: 'x', param_value_internal: 1, distribution: float(0, 1) }],
      ['SetTrialStateValues', { trial_id: trial, state: 'RUNNING' }],
      ['SetTrialStateValues', { trial_id: trial, state: 'COMPLETE', values: [9] }],
      ['SetTrialStateValues', { trial_id: trial, state: 'WAITING' }],
      ['SetTrialIntermediateValue', { trial_id: trial, step: '1', intermediate_value: 1 }],
      ['SetTrialUserAttribute', { trial_id: trial, key: 'k', value: '1' }],
    ];
    for (const [method, request] of writes)
      expect(await client.call(method, request), method).toMatchObject({
        status: 'FAILED_PRECONDITION',
        details: expect.stringContaining('assay run'),
      });
    expect(await client.call('CreateNewStudy', { directions: ['MINIMIZE'], study_name: native.name })).toMatchObject({
      status: 'ALREADY_EXISTS',
    });
    expect(await trialsOf(study)).toEqual([done, open]);
  });
});
