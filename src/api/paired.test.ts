import { expect, test } from 'vitest';
import { answersOf, apiClient } from '../../tests/fixtures/api.ts';
import { useArtifacts } from '../../tests/fixtures/artifacts.ts';
import { useDatabase } from '../../tests/fixtures/database.ts';
import { judgeTrial, windows } from '../../tests/fixtures/evaluations.ts';
import { bars, complete, sourceHash, studyWith } from '../../tests/fixtures/trials.ts';
import { importanceSchema } from './routes/importance.ts';
import { ablationsSchema, pairedSchema } from './routes/paired.ts';

const database = useDatabase();
const store = useArtifacts();
const get = answersOf(database);
const pathOf = (reference: string, challenger: string) =>
  `/v1/compare/paired?reference=${encodeURIComponent(reference)}&challenger=${encodeURIComponent(challenger)}`;

test('two judged trials are compared in pairs; what was judged on other days is a conflict that says what to run', async () => {
  const { id, name } = await studyWith(database.db, [{ outcome: complete(1) }, { outcome: complete(2) }, { outcome: complete(3) }]);
  await judgeTrial(database.db, store, id, 0, 0);
  await judgeTrial(database.db, store, id, 1, 0.01);
  const compared = await get(pathOf(`${name}#0`, `${name}#1`), pairedSchema);
  expect(compared).toMatchObject({ arm: `${name}#1`, reference: `${name}#0`, days: 20, foldsAbove: 4, pairsAbove: 8, pairsBelow: 0 });
  expect(compared.low).toBeGreaterThan(0);
  expect(compared.folds[0]!.seeds.map(({ seed }) => seed)).toEqual([1, 2]);

  const api = apiClient({ db: database.db });
  const refused = await api.request(pathOf(`${name}#0`, `${name}#2`));
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({
    code: 'conflict',
    detail: `${name}#2 has no finished validation`,
    hint: `assay validate '${name}#2'`,
  });
  expect((await api.request(pathOf('nothing#0', `${name}#2`))).status).toBe(404);
  expect((await api.request(pathOf(name, `${name}#2`))).status).toBe(400);
});

test('the arms of each ablation of a study are compared with the arm that was evaluated first, over what all have in common', async () => {
  const { id, name } = await studyWith(database.db, [{ outcome: complete(1) }, { outcome: complete(2) }]);
  expect(await get(`/v1/studies/${name}/ablations`, ablationsSchema)).toEqual({ items: [] });
  const arm = (arm: string, settings: object, edge: number, seeds = [1, 2]) =>
    judgeTrial(database.db, store, id, 1, edge, { arm, seeds, definition: { data: [bars], source: sourceHash, arm: settings as never } });
  await arm('environment.overnight=flat', { 'environment.overnight': 'flat' }, 0, [1, 2, 3]);
  await arm('environment.overnight=hold', { 'environment.overnight': 'hold' }, 0.01);
  await arm('with', {}, 0);
  for (const how of ['zero', 'shuffle']) await arm(how, { withhold: { features: ['ofi'], how } }, how === 'zero' ? -0.01 : 0);
  await arm('without', { withhold: { features: ['vwap'], how: 'zero' } }, 0);
  // Neither evidence nor an arm of these folds.
  await judgeTrial(database.db, store, id, 1, 1);
  await judgeTrial(database.db, store, id, 1, 1, {
    arm: 'other',
    folds: windows(2),
    definition: { data: [bars], source: sourceHash, arm: { 'agent.tau': 1 } },
  });

  const { items } = await get(`/v1/studies/${name}/ablations`, ablationsSchema);
  expect(
    items.map(({ varied, reference, trials, seeds, items }) => [varied, reference, trials, seeds, items.map(({ arm }) => arm)]),
  ).toEqual([
    [['environment.overnight'], 'environment.overnight=flat', [1], [1, 2], ['environment.overnight=hold']],
    [['withhold ofi'], 'with', [1], [1, 2], ['zero', 'shuffle']],
    [['withhold vwap'], 'with', [1], [1, 2], ['without']],
  ]);
  expect(items[0]!.items[0]).toMatchObject({ foldsAbove: 4, days: 20 });
  expect(items[1]!.items.map(({ foldsBelow, foldsEqual }) => [foldsBelow, foldsEqual])).toEqual([
    [4, 0],
    [0, 4],
  ]);
});

test('the importance of the parameters of a study is what the command shows', async () => {
  const trial = (lr: number) => ({ params: { lr, layers: 2 }, outcome: complete(lr) });
  const { name } = await studyWith(database.db, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map(trial));
  const shown = await get(`/v1/studies/${name}/importance`, importanceSchema);
  expect(shown).toMatchObject({
    study: name,
    evaluator: 'ped-anova',
    objective: null,
    trials: 6,
    items: [{ param: 'lr' }, { param: 'layers' }],
  });
  expect((await apiClient({ db: database.db }).request(`/v1/studies/${name}/importance?objective=risk`)).status).toBe(400);
});
