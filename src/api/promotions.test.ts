import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { apiClient } from '../../tests/fixtures/api.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { judgeTrial } from '../../tests/fixtures/evaluations.ts';
import { useFolder } from '../../tests/fixtures/ledger.ts';
import { complete, studyWith } from '../../tests/fixtures/trials.ts';
import { verifyModels } from '../registry/verify.ts';
import { createFileStore } from '../storage/artifacts/files.ts';
import { problemSchema } from './problem.ts';
import { boardSchema } from './routes/board.ts';
import { gatesSchema } from './routes/gates.ts';
import { historyPageSchema, modelDetailSchema } from './routes/models.ts';
import { promotedSchema, rolledBackSchema } from './routes/promotions.ts';

const database = useDatabase();
const folder = useFolder();
afterEach(() => vi.unstubAllEnvs());
const storeOf = () => createFileStore(folder());
const api = () => apiClient({ db: database.db, dataDir: folder() });

interface Sending {
  readonly body: object;
  readonly key?: string;
  readonly ifMatch?: string;
}

let keys = 0;

async function post(path: string, { body, key = `request-${++keys}`, ifMatch }: Sending): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': key,
    ...(ifMatch !== undefined && { 'if-match': ifMatch }),
  };
  return api().request(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function get<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.infer<Schema>> {
  const answer: unknown = await (await api().request(path)).json();
  expect(schema.parse(answer), JSON.stringify(answer)).toEqual(answer);
  return answer as z.infer<Schema>;
}

async function done<Schema extends z.ZodType>(schema: Schema, path: string, sending: Sending): Promise<z.infer<Schema>> {
  const response = await post(path, sending);
  const answer: unknown = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(200);
  expect(schema.parse(answer)).toEqual(answer);
  return answer as z.infer<Schema>;
}

async function refused(path: string, sending: Sending): Promise<z.infer<typeof problemSchema>> {
  return problemSchema.parse(await (await post(path, sending)).json());
}

let models = 0;

/** A study with judged trials, which the gates refuse, and a model without a decision. */
async function judged(trials = 2) {
  const numbers = Array.from({ length: trials }, (_, number) => number);
  const study = await studyWith(
    database.db,
    numbers.map((number) => ({ outcome: complete(number + 1) })),
  );
  for (const number of numbers) await judgeTrial(database.db, storeOf(), study.id, number, 0.01 * number);
  const model = `model-${++models}`;
  const promote = (number: number) => `/v1/studies/${study.name}/trials/${number}/promote`;
  const target = { model, alias: 'champion' };
  const gates = () => get(gatesSchema, `/v1/studies/${study.name}/trials/1/gates?to=${model}@champion`);
  const history = async () => (await get(historyPageSchema, `/v1/models/${model}/history`)).items;
  /** Promotes past the refusal of another. */
  const override = async (number: number) => {
    await done(promotedSchema, promote(number), { body: { ...target, as: 'ada' } });
    return done(promotedSchema, promote(number), { body: { ...target, as: 'bob', override: 'the days are few by design' } });
  };
  return { ...study, model, promote, target, gates, history, override, rollback: `/v1/models/${model}/aliases/champion/rollback` };
}

describe('a promotion over HTTP', () => {
  test('is asked every gate; a refusal is an answer, and a record with its reason', async () => {
    const { promote, target, name, history } = await judged();
    const answer = await done(promotedSchema, promote(0), { body: { ...target, reason: 'looks good', as: 'ada' } });
    expect(answer).toMatchObject({
      address: `${name}#0`,
      passed: false,
      version: null,
      promotion: { kind: 'refused', reason: 'looks good' },
    });
    const shown = await get(gatesSchema, `/v1/studies/${name}/trials/0/gates`);
    expect(answer.verdicts).toEqual(shown.verdicts);
    expect(answer.verdicts.some(({ observed }) => observed === null)).toBe(true);
    expect(await history()).toHaveLength(1);
  });

  test('past a refusal needs another principal and a reason, and moves the alias', async () => {
    const { promote, target, override, history } = await judged();
    await done(promotedSchema, promote(0), { body: { ...target, as: 'ada' } });
    expect(await refused(promote(0), { body: { ...target, as: 'Ada', override: 'I insist' } })).toMatchObject({
      status: 409,
      detail: expect.stringContaining('which is the same principal'),
    });
    expect(await refused(promote(0), { body: { ...target, as: 'bob', override: '' } })).toMatchObject({ status: 400 });
    expect(await override(0)).toMatchObject({
      passed: false,
      version: 1,
      promotion: { kind: 'override', override: { refusal: expect.any(Number) } },
    });
    expect(await history()).toHaveLength(3);
    expect(await verifyModels(database.db, {})).toMatchObject({ intact: true });
  });

  test('past a refusal keeps its own reason beside that of the override', async () => {
    const { model, promote, target, history } = await judged();
    await done(promotedSchema, promote(0), { body: { ...target, as: 'ada' } });
    const sending = { body: { ...target, as: 'bob', reason: 'the old one drifts', override: 'few days by design' }, key: `both-${model}` };
    const answer = await done(promotedSchema, promote(0), sending);
    expect(answer.promotion).toMatchObject({ reason: 'few days by design', override: { promotionReason: 'the old one drifts' } });
    expect(await done(promotedSchema, promote(0), sending)).toEqual(answer);
    for (const reason of ['another', undefined])
      expect(await refused(promote(0), { ...sending, body: { ...sending.body, reason } })).toMatchObject({ status: 409 });
    expect((await history())[0]).toEqual(answer.promotion);
    const standing = { overrides: [{ reason: 'few days by design', promotionReason: 'the old one drifts' }] };
    expect(await get(modelDetailSchema, `/v1/models/${model}`)).toMatchObject({ aliases: [standing], versions: [standing] });
    expect(await verifyModels(database.db, {})).toMatchObject({ intact: true });
  });

  test('that is sent again reaches the witness once, also if the first could not', async () => {
    const witness = join(folder(), 'witness');
    const lines = () => readFileSync(witness, 'utf8').trim().split('\n');
    vi.stubEnv('ASSAY_LEDGER_WITNESS', witness);
    const { promote, target } = await judged();
    const sending = { body: target, key: `witnessed-${target.model}` };
    const answers = await Promise.all([1, 2, 3].map(() => done(promotedSchema, promote(0), sending)));
    for (const answer of [...answers, await done(promotedSchema, promote(0), sending)])
      expect(answer).toMatchObject({ promotion: answers[0]!.promotion, witnessed: { place: witness, failure: null } });
    expect(lines()).toHaveLength(1);
    rmSync(witness);
    expect((await done(promotedSchema, promote(0), sending)).witnessed).toEqual({ place: witness, failure: null });
    expect(lines()).toEqual([`${answers[0]!.promotion.sequence} ${answers[0]!.promotion.hash} ${answers[0]!.promotion.at}`]);
  });

  test('is decided on the results that were seen, and on no others', async () => {
    const { promote, target, gates, override, history } = await judged();
    const seen = await gates();
    expect(seen).toMatchObject({ to: { ...target, version: null }, tag: expect.any(String) });
    expect(seen.verdicts.map(({ gate }) => gate)).not.toContain('champion');
    await override(0);
    // There was no rival then.
    expect(await refused(promote(1), { body: target, ifMatch: `"${seen.tag}"` })).toMatchObject({ status: 412, code: 'changed' });
    expect(await history()).toHaveLength(2);
    const now = await gates();
    expect(now.to).toEqual({ ...target, version: 1 });
    expect(now.verdicts.at(-1)).toMatchObject({ gate: 'champion' });
    const answer = await done(promotedSchema, promote(1), { body: target, ifMatch: `"${now.tag}"` });
    expect(answer.verdicts).toEqual(now.verdicts);
  });

  test('that is sent again is decided once; another request with its key is refused', async () => {
    const { promote, target, history, gates } = await judged();
    const { tag } = await gates();
    const sending = { body: { ...target, reason: 'once', as: 'ada' }, key: 'the-same-key', ifMatch: `"${tag}"` };
    const answers = await Promise.all([1, 2, 3].map(() => done(promotedSchema, promote(1), sending)));
    expect(new Set(answers.map(({ promotion }) => promotion.sequence)).size).toBe(1);
    expect(await done(promotedSchema, promote(1), sending)).toEqual(answers[0]);
    for (const body of [{ reason: 'twice' }, { as: 'bob' }, { alias: 'other' }, { override: 'once' }, { policy: 'go-live' }])
      expect(await refused(promote(1), { ...sending, body: { ...sending.body, ...body } })).toMatchObject({
        status: 409,
        code: 'conflict',
      });
    expect(await refused(promote(0), sending)).toMatchObject({ status: 409 });
    expect(await history()).toHaveLength(1);
    const named = { body: { ...target, policy: 'strict' }, key: 'a-named-policy' };
    const first = await done(promotedSchema, promote(1), named);
    expect(await done(promotedSchema, promote(1), named)).toEqual(first);
    expect(await refused(promote(1), { ...named, body: target })).toMatchObject({ status: 409 });
  });

  test.each([
    ['a number as alias', { model: 'm', alias: '7' }, 400],
    ['an unknown policy', { model: 'm', alias: 'champion', policy: 'nope' }, 400],
    ['a zero character', { model: 'm', alias: 'champion', reason: '\0' }, 400],
    ['an unknown member', { model: 'm', alias: 'champion', force: true }, 400],
    ['a policy that promotes nothing', { model: 'm', alias: 'champion', policy: 'go-live' }, 200],
  ])('with %s answers %s', async (_what, body, status) => {
    const { promote } = await judged();
    expect((await post(promote(0), { body })).status).toBe(status);
  });
});

describe('a rollback over HTTP', () => {
  test('goes to the version before, on the ledger that was seen', async () => {
    const witness = join(folder(), 'witness');
    vi.stubEnv('ASSAY_LEDGER_WITNESS', witness);
    const { model, override, rollback } = await judged();
    expect(await refused(rollback, { body: {} })).toMatchObject({ status: 404 });
    await override(0);
    expect(await refused(rollback, { body: {} })).toMatchObject({ status: 409, detail: expect.stringContaining('never named another') });
    const seen = (await api().request(`/v1/models/${model}`)).headers.get('etag')!;
    expect((await api().request(`/v1/models/${model}`, { headers: { 'if-none-match': seen } })).status).toBe(304);
    await override(1);
    for (const ifMatch of [seen, '"nothing"', `W/"${model}x@4"`])
      expect(await refused(rollback, { body: {}, ifMatch })).toMatchObject({ status: 412, code: 'changed' });
    const now = (await api().request(`/v1/models/${model}`)).headers.get('etag')!;
    const sending = { body: { reason: 'drawdown', as: 'bob' }, ifMatch: now, key: `back-${model}` };
    const answer = await done(rolledBackSchema, rollback, sending);
    expect(answer).toMatchObject({
      model,
      alias: 'champion',
      version: 1,
      previousVersion: 2,
      record: { kind: 'rollback', reason: 'drawdown' },
    });
    expect(await done(rolledBackSchema, rollback, sending)).toEqual(answer);
    expect(readFileSync(witness, 'utf8').trim().split('\n').at(-1)).toContain(answer.record.hash);
    expect(readFileSync(witness, 'utf8').split(answer.record.hash)).toHaveLength(2);
    expect(await refused(rollback, { ...sending, body: { reason: 'another' } })).toMatchObject({ status: 409 });
    expect((await get(modelDetailSchema, `/v1/models/${model}`)).aliases).toMatchObject([{ alias: 'champion', version: 1 }]);
    expect(await verifyModels(database.db, {})).toMatchObject({ intact: true });
  });

  test('is what the board says that it would be, after a rollback too', async () => {
    const { model, override, rollback } = await judged(3);
    const previous = async () => (await get(boardSchema, `/v1/models/${model}/board`)).columns.map((column) => column.previous);
    await override(0);
    expect(await previous()).toEqual([null]);
    await override(1);
    expect(await previous()).toEqual([1]);
    await override(2);
    expect(await previous()).toEqual([2]);
    for (const expected of [1, null]) {
      const before = await previous();
      expect(await done(rolledBackSchema, rollback, { body: {} })).toMatchObject({ version: before[0] });
      expect(await previous()).toEqual([expected]);
    }
  });
});
