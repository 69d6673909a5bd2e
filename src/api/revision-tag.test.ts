import { expect, test } from 'vitest';
import { apiClient } from '../../tests/fixtures/api.ts';
import { useArtifacts } from '../../tests/fixtures/artifacts.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { validateTrial } from '../../tests/fixtures/evaluations.ts';
import { complete, studyWith } from '../../tests/fixtures/trials.ts';
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
  expect(first).toMatchObject({ status: 200, tag: `W/"${name}-${revision}.s${id}"` });
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
