import { expect, test } from 'vitest';
import { answersOf, apiClient } from '../../tests/fixtures/api.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { freezeGroup, recordVerdict } from '../storage/commands/freeze.ts';
import { createStorage } from '../storage/storage.ts';
import { describeStudy } from '../testing/storage/subject.ts';
import { freezesSchema } from './routes/freezes.ts';
import { studiesPageSchema, studyDetailSchema } from './routes/studies.ts';

const database = useDatabase();
const get = answersOf(database);

test('the freeze of a group is shown with its history, in the studies and by itself', async () => {
  const storage = createStorage(database.db);
  for (const name of ['row-works', 'row-waits']) await storage.open(describeStudy({ name, group: 'row' }));
  const request = { group: 'row', policy: 'dual-ticker', by: 'ann' };
  await freezeGroup(database.db, { ...request, study: 'row-works' });
  const verdict = { trial: 'row-works#0', passed: false, reason: 's1-return: 0 < 0.01', verdicts: [{ gate: 's1-return', passed: false }] };
  await recordVerdict(database.db, { ...request, ...verdict, next: null });
  const frozen = { state: 'frozen', holds: ['row-waits'], verdicts: [{ colour: 'red', trial: 'row-works#0', opened: null }], lifted: null };
  expect(await get('/v1/freezes', freezesSchema)).toMatchObject({ items: [frozen] });
  expect(await get('/v1/freezes/row', freezesSchema)).toMatchObject({ items: [frozen] });
  expect(await get('/v1/studies/row-waits', studyDetailSchema)).toMatchObject({
    state: 'frozen',
    freeze: { holds: true, study: 'row-works' },
  });
  expect((await get('/v1/studies?state=frozen', studiesPageSchema)).items).toMatchObject([{ name: 'row-waits', group: 'row' }]);
  expect((await apiClient({ db: database.db }).request('/v1/freezes/raw')).status).toBe(404);
  expect((await apiClient({ db: database.db }).request('/v1/studies/row-waits/resume', { method: 'POST' })).status).toBe(409);
});
