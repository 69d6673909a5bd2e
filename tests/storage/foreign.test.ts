import { beforeAll, expect, test } from 'vitest';
import { useDatabase } from '../fixtures/database.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();

/** Runs a statement; answers what the database says against it (null: nothing). */
const refusal = async (statement: string): Promise<string | null> =>
  database.pool.query(statement).then(
    () => null,
    (error: Error) => error.message,
  );

let open: number;
let ended: number;

beforeAll(async () => {
  await database.pool.query(`
    insert into studies (name, direction, space, space_hash, sampler_id, sampler_options, pruner_id, pruner_options, budget_trials, seed,
      max_attempts, module_url, source_hash, git_dirty, next_number, foreign_kind)
      values ('theirs', 'maximize', '{}', 'h', 'external', '{}', 'nop', '{}', 9, 1, 1, 'optuna:', '', false, 2, 'optuna');
    insert into foreign_names values ('optuna', 'Theirs / Ü', (select id from studies where name = 'theirs'))`);
  const add = async (number: number): Promise<number> => {
    const { rows } = await database.pool.query<{ id: string }>(`
      insert into trials (study_id, number, state, params, seed, revision, attempt, worker, started_at, lease_token, lease_ms, lease_expires_at)
      select id, ${number}, 'running', '{}', 1, 1, 1, 'optuna:x', now(), gen_random_uuid(), 1, '9999-12-31' from studies where name = 'theirs' returning id`);
    const id = Number(rows[0]?.id);
    await database.pool.query(`
      insert into attempts (trial_id, attempt, token, worker, started_at) values (${id}, 1, gen_random_uuid(), 'optuna:x', now());
      insert into reports (trial_id, attempt, step, value, metric_names, metric_values) values (${id}, 1, 9007199254740993, 'NaN', '{}', '{}');
      insert into foreign_attributes select study_id, id, 'user', 'note', 'NaN' from trials where id = ${id};
      insert into foreign_attributes select study_id, id, 'param', 'lr', '0.1' from trials where id = ${id};
      insert into trial_distributions values (${id}, 0, 'x', '{}', 1)`);
    return id;
  };
  open = await add(0);
  ended = await add(1);
  await database.pool.query(`
    update trials set state = 'pruned', at_step = 9007199254740993, reason = 'x', finished_at = now(), objective_values = '{Infinity}',
      lease_token = null, lease_ms = null, lease_expires_at = null where id = ${ended}`);
});

test('a trial is foreign if its study is, whatever the statement says, and stays so', async () => {
  const native = await studyWith(database.db, [{}]);
  const kinds = await database.pool.query('select distinct foreign_kind from trials order by 1');
  expect(kinds.rows).toEqual([{ foreign_kind: 'optuna' }, { foreign_kind: null }]);
  await database.pool.query(`
    insert into trials (study_id, number, params, seed, revision, foreign_kind) values (${native.id}, 7, '{}', 1, 1, 'optuna')`);
  const { rows } = await database.pool.query(`select foreign_kind from trials where study_id = ${native.id} and number = 7`);
  expect(rows).toEqual([{ foreign_kind: null }]);
  expect(await refusal(`update trials set foreign_kind = 'optuna' where study_id = ${native.id}`)).toContain('refuses UPDATE');
  expect(await refusal(`update studies set foreign_kind = 'optuna' where id = ${native.id}`)).toContain('refuses UPDATE');
  expect(await refusal(`update studies set foreign_kind = null where name = 'theirs'`)).toContain('refuses UPDATE');
});

test('a report of an open foreign trial is replaced; of an ended or a native one it is not', async () => {
  expect(await refusal(`update reports set value = 2 where trial_id = ${open}`)).toBeNull();
  expect(await refusal(`update reports set step = 2 where trial_id = ${open}`)).toContain('refuses UPDATE');
  expect(await refusal(`update reports set value = 2 where trial_id = ${ended}`)).toContain('refuses UPDATE');
  const native = await studyWith(database.db, [{ reports: [[1, 0.5]], outcome: complete(1) }]);
  expect(await refusal(`update reports set value = 2 where trial_id in (select id from trials where study_id = ${native.id})`)).toContain(
    'refuses UPDATE',
  );
});

test.each([
  ['an attribute is added', `insert into foreign_attributes select study_id, id, 'system', 'k', '1' from trials where id = $`],
  ['an attribute changes', `update foreign_attributes set value = '1' where space = 'user' and trial_id = $`],
  ['a distribution is added', "insert into trial_distributions values ($, 1, 'y', '{}', 1)"],
  ['a distribution changes', 'update trial_distributions set internal = 2 where trial_id = $'],
])('%s while the trial is open, and never after', async (_, statement) => {
  expect(await refusal(statement.replace('$', String(open)))).toBeNull();
  expect(await refusal(statement.replace('$', String(ended)))).toContain('the trial has ended');
});

test('a tag may be written after the end and deleted; a parameter of MLflow never changes', async () => {
  const add = `insert into foreign_attributes select study_id, id, 'tag', 'k', '1' from trials where id = ${ended}`;
  expect(await refusal(add)).toBeNull();
  expect(await refusal(`update foreign_attributes set value = '2' where space = 'tag' and trial_id = ${ended}`)).toBeNull();
  expect(await refusal(`delete from foreign_attributes where space = 'tag' and trial_id = ${ended}`)).toBeNull();
  expect(await refusal(`update foreign_attributes set value = '2' where space = 'param' and trial_id = ${open}`)).toContain(
    'refuses UPDATE',
  );
  expect(await refusal(`delete from foreign_attributes where trial_id = ${open}`)).toContain('refuses DELETE');
  for (const table of ['foreign_names', 'study_distributions', 'trial_distributions'])
    expect(await refusal(`delete from ${table}`)).toContain('refuses DELETE');
  for (const table of ['foreign_names', 'foreign_attributes', 'study_distributions', 'trial_distributions'])
    expect(await refusal(`truncate ${table}`)).toContain('refuses TRUNCATE');
});

test('values in another state than complete are for foreign trials alone', async () => {
  const native = await studyWith(database.db, [{}]);
  expect(await refusal(`update trials set objective_values = '{1}' where study_id = ${native.id}`)).toContain('trials_result');
  expect(await refusal(`update trials set objective_values = '{1}' where id = ${open}`)).toBeNull();
  expect(await refusal(`update trials set objective_values = '{NaN}' where id = ${open}`)).toContain('trials_result');
});

test('parameters that are set one by one are figures that trials are sorted by', async () => {
  for (const params of ['{"x": 1}', '{"x": 1, "y": "a"}', '{"x": 2, "y": "a", "z": true}', '{"x": 2, "z": true}'])
    await database.pool.query(`update trials set params = $1 where id = ${open}`, [params]);
  const { rows } = await database.pool.query(`
    select trial_figures.name, figure, label from trial_figures join studies on studies.id = study_id
    where studies.name = 'theirs' and number = 0 order by 1`);
  expect(rows).toEqual([
    { name: 'param:x', figure: 2, label: null },
    { name: 'param:z', figure: null, label: 'true' },
  ]);
});
