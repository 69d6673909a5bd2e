import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { useDatabase } from '../fixtures/database.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();

const constraintOf = async (statement: string): Promise<string | undefined> => {
  const error: unknown = await database.pool.query(statement).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error === undefined ? undefined : ((error as { constraint?: string }).constraint ?? (error as Error).message);
};

/** Columns that make a row of the state; each case below breaks one. */
const valid: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  queued: {},
  running: {
    attempt: '1',
    worker: "'w'",
    started_at: 'now()',
    lease_token: 'gen_random_uuid()',
    lease_ms: '1000',
    lease_expires_at: 'now()',
  },
  paused: { paused_by: "'operator'" },
  complete: {
    attempt: '1',
    worker: "'w'",
    started_at: 'now()',
    finished_at: 'now()',
    value: '1',
    metric_names: "'{a}'",
    metric_values: "'{NaN}'",
  },
  pruned: { attempt: '1', worker: "'w'", started_at: 'now()', finished_at: 'now()', at_step: '3', reason: "'worse'" },
  failed: { finished_at: 'now()', error: `'{"code":"x","message":"y"}'` },
  cancelled: { finished_at: 'now()', cancelled_by: "'operator'" },
};

let nextNumber = 100;
const insert = async (state: string, change: Readonly<Record<string, string>>): Promise<string | undefined> => {
  const columns: Record<string, string> = {
    number: String(nextNumber++),
    state: `'${state}'`,
    params: "'{}'",
    seed: '1',
    revision: '1',
    ...valid[state],
    ...change,
  };
  const study = `(select min(id) from studies)`;
  await database.db.execute(sql`update studies set next_number = ${nextNumber}`);
  return constraintOf(
    `insert into trials (study_id, ${Object.keys(columns).join(', ')}) values (${study}, ${Object.values(columns).join(', ')})`,
  );
};

test.each(Object.keys(valid))('a row that is %s is accepted', async (state) => {
  await studyWith(database.db, []);
  expect(await insert(state, {})).toBeUndefined();
});

test.each([
  ['queued', { worker: "'w'", started_at: 'now()' }],
  ['queued', { lease_token: 'gen_random_uuid()' }],
  ['queued', { value: '1' }],
  ['queued', { last_step: '1', last_value: '1' }],
  ['paused', { paused_by: 'null' }],
  ['paused', { lease_token: 'gen_random_uuid()' }],
  ['paused', { at_step: '3' }],
  ['paused', { finished_at: 'now()' }],
  ['running', { lease_token: 'null' }],
  ['running', { lease_expires_at: 'null' }],
  ['running', { attempt: '0' }],
  ['running', { finished_at: 'now()' }],
  ['complete', { value: 'null' }],
  ['complete', { value: "'NaN'" }],
  ['complete', { metric_values: "'{1,2}'" }],
  ['complete', { reason: "'pruned after all'" }],
  ['complete', { lease_token: 'gen_random_uuid()' }],
  ['pruned', { at_step: 'null' }],
  ['pruned', { reason: 'null' }],
  ['pruned', { value: '1' }],
  ['failed', { error: 'null' }],
  ['failed', { worker: "'w'" }],
  ['cancelled', { cancelled_by: 'null' }],
  ['cancelled', { finished_at: 'null' }],
])('the database refuses a %s trial with %o', async (state, change) => {
  await studyWith(database.db, []);
  expect(await insert(state, change)).toBe(`trials_${state}`);
});

test('the database refuses a second trial of the same number', async () => {
  await studyWith(database.db, [{}]);
  const number = { number: String(nextNumber) };
  expect(await insert('queued', number)).toBeUndefined();
  expect(await insert('queued', number)).toBe('trials_study_number');
});

test('a finished trial cannot be changed by any role; a queued one can', async () => {
  const study = await studyWith(database.db, [{ outcome: complete(1) }, {}]);
  expect(await constraintOf(`update trials set value = 2 where study_id = ${study.id} and number = 0`)).toContain('refuses UPDATE');
  expect(await constraintOf(`update trials set seed = 2 where study_id = ${study.id} and number = 1`)).toBeUndefined();
});

test('every new revision is announced when it is committed', async () => {
  const client = await database.pool.connect();
  try {
    const heard: unknown[] = [];
    client.on('notification', ({ payload }) => heard.push(JSON.parse(payload ?? 'null')));
    await client.query('listen assay_study');
    const study = await studyWith(database.db, [{ outcome: complete(1) }]);
    // A round trip on the listening session: notifications that were sent before it arrive before its answer.
    await client.query('select 1');
    expect(heard).toEqual([1, 2, 3, 4].map((revision) => ({ study: study.id, revision })));
    expect(study.revision).toBe(4);
  } finally {
    await client.query('unlisten *');
    client.removeAllListeners('notification');
    client.release();
  }
});

test('the claim finds the oldest queued trial behind thousands of finished ones by its index, without sorting', async () => {
  const study = await studyWith(database.db, []);
  await database.db.execute(sql`
    insert into trials (study_id, number, state, params, seed, revision, finished_at, cancelled_by)
    select ${study.id}, i, 'cancelled', '{}', 1, 1, now(), 'operator' from generate_series(0, 3000) as i`);
  await database.db.execute(
    sql`insert into trials (study_id, number, params, seed, revision) select ${study.id}, i, '{}', 1, 1 from generate_series(4000, 4020) as i`,
  );
  await database.db.execute(sql`analyze trials`);
  const { rows } = await database.db.execute(sql`
    explain select id from trials where study_id = any(array[${study.id}::int]) and state = 'queued' order by priority desc, id limit 1 for no key update skip locked`);
  const plan = rows.map((row) => Object.values(row)[0]).join('\n');
  expect(plan).toContain('trials_queue');
  expect(plan).not.toContain('Sort');
});
