import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { apiClient } from '../../tests/fixtures/api.ts';
import { useArtifacts } from '../../tests/fixtures/artifacts.ts';
import { untilRow, useDatabase } from '../../tests/fixtures/database.ts';
import { validateTrial, windows } from '../../tests/fixtures/evaluations.ts';
import { complete, studyWith } from '../../tests/fixtures/trials.ts';
import type { DataRef } from '../search/study/storage.ts';
import { removeStudy } from '../storage/commands/remove-study.ts';
import { createStorage } from '../storage/storage.ts';

const database = useDatabase();
const store = useArtifacts();

async function poll(path: string, tag?: string) {
  const headers = tag === undefined ? {} : { 'If-None-Match': tag };
  const response = await apiClient({ db: database.db }).request(path, { headers });
  return { status: response.status, tag: response.headers.get('etag') ?? '', text: await response.text(), headers: response.headers };
}

const resources = [
  '',
  '/trials',
  '/trials/0',
  '/trials/0/reports',
  '/trials/0/validation',
  '/trials/0/returns',
  '/best',
  '/recommendation',
];

test.each(resources)('a study that stands still is 304 with an empty body at /v1/studies/{study}%s', async (resource) => {
  const { name, id, revision } = await studyWith(database.db, [{ outcome: complete(1) }, {}]);
  const first = await poll(`/v1/studies/${name}${resource}`);
  expect(first).toMatchObject({
    status: 200,
    tag: expect.stringMatching(new RegExp(`^W/"${name}-${revision}\\.s${id}("|\\.l)`)) as string,
  });
  const second = await poll(`/v1/studies/${name}${resource}`, first.tag);
  expect(second).toMatchObject({ status: 304, tag: first.tag, text: '' });
  expect(second.headers.get('cache-control')).toBe('private, no-cache');
});

test('a change of the study brings the resource and a new tag', async () => {
  const { name, id } = await studyWith(database.db, [{ outcome: complete(1) }, {}]);
  const { tag } = await poll(`/v1/studies/${name}`);
  await createStorage(database.db).claim({ studies: [id], worker: 'w', leaseMs: 60_000 });
  const next = await poll(`/v1/studies/${name}`, tag);
  expect(next.status).toBe(200);
  expect(next.tag).not.toBe(tag);
});

test('a report of a running trial is seen although the revision stays', async () => {
  const { name, id } = await studyWith(database.db, [{}]);
  const storage = createStorage(database.db);
  const claimed = await storage.claim({ studies: [id], worker: 'w', leaseMs: 60_000 });
  const path = `/v1/studies/${name}/trials/0/reports`;
  let { tag } = await poll(path);
  // The second step is smaller: the newest report of the trial does not change, its curve does.
  for (const step of [5, 3]) {
    expect((await poll(path, tag)).status).toBe(304);
    await storage.report(claimed!.lease, { step, value: 1 });
    const next = await poll(path, tag);
    expect(next.status).toBe(200);
    tag = next.tag;
  }
});

test('an evaluated fold is seen although the revision stays', async () => {
  const { name, id } = await studyWith(database.db, [{ outcome: complete(1) }]);
  const path = `/v1/studies/${name}/trials/0/validation`;
  const { tag } = await poll(path);
  await validateTrial(database.db, store, id, 0);
  expect((await poll(path, tag)).status).toBe(200);
});

describe('a look of another study at days with the same bars', () => {
  const day = 86_400_000;
  const two = async () => {
    const sessions = [0, 1, 2].map((at) => ({ startsMs: windows(1)[0]!.testStart + at * day, hash: randomBytes(32).toString('hex') }));
    const storage = createStorage(database.db);
    const [data, longer] = [0, 1].map(() => ({ name: 'bars', hash: randomBytes(32).toString('hex') }));
    await storage.recordDataDays(data!.hash, sessions.slice(0, 2));
    await storage.recordDataDays(longer!.hash, sessions);
    const own = await studyWith(database.db, [{ outcome: complete(1) }], {}, data);
    const other = await studyWith(database.db, [{ outcome: complete(1) }, {}], {}, longer);
    return { data: data!, longer: longer!, own, other, storage, sessions };
  };
  const validate = (id: number, data: DataRef) =>
    validateTrial(database.db, store, id, 0, { definition: { data: [data], source: 'b'.repeat(64) } });

  test.each(['/trials/0/validation', '/trials/0', '/charts/luck', '/charts/same-data?param=lr&metric=sharpe'])(
    'brings %s, before this study has an evaluation and after',
    async (resource) => {
      const { data, longer, own, other } = await two();
      const path = `/v1/studies/${own.name}${resource}`;
      const status = async (tag: string) => (await poll(path, tag)).status;
      const first = (await poll(path)).tag;
      expect(await status(first)).toBe(304);
      await validate(other.id, longer);
      expect(await status(first)).toBe(200);
      await validate(own.id, data);
      const { tag } = await poll(path);
      expect(await status(tag)).toBe(304);
      const folds = windows(2).map((fold) => ({ ...fold, trainStart: fold.trainStart + 1 }));
      await validateTrial(database.db, store, other.id, 0, { folds, definition: { data: [longer], source: 'c'.repeat(64) } });
      expect(await status(tag)).toBe(200);
    },
  );

  test('changes the looks that a validation shows, and so does a content that turns out to have the same bars', async () => {
    const { data, longer, own, other, storage, sessions } = await two();
    await validate(own.id, data);
    const path = `/v1/studies/${own.name}/trials/0/validation`;
    const looks = async (tag?: string) => {
      const { status, text, tag: next } = await poll(path, tag);
      return { status, looks: status === 304 ? null : (JSON.parse(text) as { items: { looks: number }[] }).items[0]!.looks, next };
    };
    const before = await looks();
    expect(before.looks).toBe(1);
    await validate(other.id, longer);
    const after = await looks(before.next);
    expect(after).toMatchObject({ status: 200, looks: 2 });
    const unknown = { name: 'bars', hash: randomBytes(32).toString('hex') };
    const third = await studyWith(database.db, [{ outcome: complete(1) }], {}, unknown);
    await validate(third.id, unknown);
    const still = await looks(after.next);
    expect(still).toMatchObject({ status: 200, looks: 2 });
    await storage.recordDataDays(unknown.hash, sessions.slice(1));
    expect(await looks(still.next)).toMatchObject({ status: 200, looks: 3 });
  });

  test('is no more than what a study on such data does: its trials change the luck of this one', async () => {
    const { own, other, storage } = await two();
    const path = `/v1/studies/${own.name}/charts/luck`;
    const changed = async (act: () => Promise<unknown>) => {
      const { tag } = await poll(path);
      expect((await poll(path, tag)).status).toBe(304);
      await act();
      return (await poll(path, tag)).status;
    };
    const claimed = (await storage.claim({ studies: [other.id], worker: 'w', leaseMs: 60_000 }))!;
    expect(await changed(() => storage.report(claimed.lease, { step: 1, value: 1 }))).toBe(200);
    expect(await changed(() => storage.finish(claimed.lease, complete(1)))).toBe(200);
    expect(await changed(() => removeStudy(database.db, other.id))).toBe(200);
  });

  test('that is committed after a later one is seen as well', async () => {
    const { data, own } = await two();
    await validate(own.id, data);
    const path = `/v1/studies/${own.name}/trials/0/validation`;
    const look = (model: string) => `insert into looks (data_hash, test_start, test_end, model_hash, kind, study)
      select data_hash, test_start, test_end, '${model}', kind, 'another' from looks where data_hash = '${data.hash}' and study = '${own.name}'`;
    const slow = await database.pool.connect();
    try {
      await slow.query('begin');
      await slow.query(look('slow'));
      const fast = database.pool.query(look('fast'));
      await Promise.race([fast, untilRow(database, `select from pg_locks where locktype = 'advisory' and not granted`)]);
      const { tag } = await poll(path);
      await slow.query('commit');
      await fast;
      expect((await poll(path, tag)).status).toBe(200);
    } finally {
      slow.release();
    }
  });
});

test('If-None-Match takes lists, strong forms and *; other tags bring the resource', async () => {
  const { name, id, revision } = await studyWith(database.db, [{ outcome: complete(1) }]);
  const path = `/v1/studies/${name}`;
  const now = `${name}-${revision}.s${id}`;
  for (const tag of [`"other", W/"${now}"`, `"${now}"`, '*']) expect((await poll(path, tag)).status).toBe(304);
  for (const tag of [`W/"${name}-${revision + 1}.s${id}"`, now, '']) expect((await poll(path, tag)).status).toBe(200);
});

test('a study that had the name and the revision of this one has another tag, and no command to it is carried out here', async () => {
  const old = await studyWith(database.db, [{ outcome: complete(1) }], { name: 'twice' });
  const { tag } = await poll('/v1/studies/twice');
  await removeStudy(database.db, old.id);
  const made = await studyWith(database.db, [{ outcome: complete(2) }], { name: 'twice' });
  expect(made.revision).toBe(old.revision);
  const now = await poll('/v1/studies/twice', tag);
  expect([now.status, JSON.parse(now.text)]).toMatchObject([200, { best: 2 }]);
  const pause = async (given: string) =>
    (await apiClient({ db: database.db }).request('/v1/studies/twice/pause', { method: 'POST', headers: { 'if-match': given } })).status;
  expect(await pause(tag)).toBe(412);
  expect(await pause(now.tag)).toBe(200);
});

test('errors carry no tag, and a bad query is refused whatever the client has', async () => {
  const { name } = await studyWith(database.db, [{ outcome: complete(1) }]);
  const missing = await poll(`/v1/studies/${name}/trials/99`);
  expect([missing.status, missing.tag, missing.headers.get('cache-control')]).toEqual([404, '', 'no-store']);
  expect((await poll(`/v1/studies/${name}/trials?limit=0`, '*')).status).toBe(400);
});
