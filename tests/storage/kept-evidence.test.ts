import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { Claimed } from '../../src/search/study/storage.ts';
import { collectGarbage } from '../../src/storage/artifacts/collect.ts';
import { removeStudy } from '../../src/storage/commands/remove-study.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { countLooks } from '../../src/storage/validations/looks.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { countTried, countTriedOnSameData } from '../../src/storage/validations/tried.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useArtifacts } from '../fixtures/artifacts.ts';
import { useDatabase } from '../fixtures/database.ts';
import { validateTrial, windows } from '../fixtures/evaluations.ts';
import { attempt, useRoles } from '../fixtures/roles.ts';
import { bars, complete, searchEndMs, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const store = useArtifacts();
const urlAs = useRoles(database);

/** One trial that said everything an attempt can say and ended; a second one that is paused, a third one that runs. */
async function begin(): Promise<{ readonly id: number; readonly running: Claimed }> {
  const storage = createStorage(database.db);
  const { id } = await storage.open(describeStudy({ budget: { trials: 3 } }));
  const take = async (): Promise<Claimed> => {
    const taken = await storage.take({ studies: [id], worker: 'w', leaseMs: 600_000 });
    if (taken.kind !== 'taken') throw new Error('nothing to take');
    const { lease } = taken.claimed;
    await storage.report(lease, { step: 1, value: 0.5, metrics: { loss: 1 } });
    await storage.recordDataRead(lease, { ...bars, searchedUntilMs: searchEndMs });
    const policy = await store.put(randomBytes(8));
    await storage.attach(lease, { role: 'policy', ...policy });
    return taken.claimed;
  };
  await storage.finish((await take()).lease, complete(1, { sharpeDaily: 0.1 }));
  await storage.pause((await take()).lease, { atStep: 1, reason: 'below the bar' });
  return { id, running: await take() };
}

/** Whatever type a column has, a value that it does not hold. */
const forged: Readonly<Record<string, string>> = {
  integer: '4711',
  bigint: '4711',
  text: `'${'f'.repeat(64)}'`,
  uuid: 'gen_random_uuid()',
  jsonb: `'{"forged":true}'`,
  json: `'{"forged":true}'`,
  'double precision': '4711',
  'timestamp with time zone': `'2020-01-01'`,
  ARRAY: 'null',
  attempt_ending: `'lost'`,
  trial_state: `'queued'`,
};

/** The rows of the finished trial in each table that evidence lies in. */
const evidenceOf = (id: number): Readonly<Record<string, string>> => {
  const trial = `(select id from trials where study_id = ${id} and number = 0)`;
  return {
    trials: `study_id = ${id} and number = 0`,
    attempts: `trial_id = ${trial}`,
    attempt_data: `trial_id = ${trial}`,
    reports: `trial_id = ${trial}`,
    trial_artifacts: `trial_id = ${trial}`,
    trial_figures: `study_id = ${id} and number = 0`,
    study_data: `study_id = ${id}`,
  };
};

const refused = /refuses|permission denied/;

describe.each(['worker', 'owner'] as const)('as the %s', (who) => {
  const urlOf = async (): Promise<string> => (who === 'owner' ? database.url : urlAs('worker'));

  test('no column of an ended attempt can be changed and no row removed', async () => {
    const { id } = await begin();
    const url = await urlOf();
    const { rows: columns } = await database.pool.query<{ table_name: string; column_name: string; type: string }>(`
      select table_name, column_name, case data_type when 'USER-DEFINED' then udt_name else data_type end as type
      from information_schema.columns where table_schema = 'public' and is_generated = 'NEVER'`);
    for (const [table, where] of Object.entries(evidenceOf(id))) {
      const own = columns.filter((column) => column.table_name === table && !(table === 'trials' && column.column_name === 'id'));
      expect(own.length).toBeGreaterThan(3);
      for (const { column_name: column, type } of own) {
        const statement = `update ${table} set ${column} = ${forged[type] ?? `no value for ${type}`} where ${where}`;
        expect(await attempt(url, statement), statement).toMatch(refused);
      }
      expect(await attempt(url, `delete from ${table} where ${where}`), table).toMatch(refused);
      expect(await attempt(url, `truncate ${table} cascade`), table).toMatch(/refuses|permission denied/);
    }
  });

  test.each([
    `update attempt_data set searched_until = '2024-12-31'`,
    `update attempt_data set searched_until = '2020-01-01'`,
    `update attempt_data set searched_until = null`,
    `update attempt_data set hash = repeat('0', 64)`,
    `update attempts set source_hash = 'forged'`,
    `update attempts set source_hash = null`,
    `update study_data set hash = 'forged'`,
    'update reports set value = 99',
    'delete from reports',
    `update trial_figures set figure = 99`,
    `update trial_artifacts set hash = (select min(hash) from artifacts)`,
    `update attempts set note = '{"forged":true}'`,
  ])('%s is refused', async (statement) => {
    await begin();
    expect(await attempt(await urlOf(), statement)).toMatch(refused);
  });

  test('the source, data and search window of a running attempt cannot be changed', async () => {
    const { running } = await begin();
    const url = await urlOf();
    const its = `where (trial_id, attempt) = (${running.lease.trial.split('/')[1]}, 1)`;
    for (const statement of [
      `update attempts set source_hash = 'forged' ${its}`,
      `update attempts set token = gen_random_uuid() ${its}`,
      `update attempt_data set searched_until = '2000-01-01' ${its}`,
      `update attempt_data set searched_until = null ${its}`,
      `update attempt_data set hash = 'forged' ${its}`,
      `update reports set value = 9 ${its}`,
      `delete from reports ${its}`,
    ])
      expect(await attempt(url, statement), statement).toMatch(refused);
    expect(await attempt(url, `update attempt_data set searched_until = '2030-01-01' ${its}`)).toBe('done');
  });
});

test('a worker can add nothing to an ended attempt, and no attempt to a finished trial', async () => {
  const { id } = await begin();
  const url = await urlAs('worker');
  const ofEnded = `from attempts join trials on trials.id = trial_id where study_id = ${id} and ended_at is not null`;
  for (const statement of [
    `insert into reports (trial_id, attempt, step, value, metric_names, metric_values) select trial_id, attempts.attempt, 9, 9, '{}', '{}' ${ofEnded}`,
    `insert into attempt_data (trial_id, attempt, name, hash) select trial_id, attempts.attempt, 'more', 'x' ${ofEnded}`,
    `insert into trial_artifacts (trial_id, attempt, role, hash) select trial_id, attempts.attempt, 'more', (select min(hash) from artifacts) ${ofEnded}`,
    `insert into attempts (trial_id, attempt, token, worker, started_at) select id, 9, gen_random_uuid(), 'w', now() from trials where study_id = ${id} and number = 0`,
    `insert into trial_figures (study_id, name, number, figure) values (${id}, 'metric:sharpe', 0, 9)`,
    // A table of the session's own must not take the place of the real one.
    `create temp table attempts as select * from public.attempts limit 0;
     insert into public.reports (trial_id, attempt, step, value, metric_names, metric_values)
       select id, 1, 9, 9, '{}', '{}' from trials where study_id = ${id} and number = 0`,
  ])
    expect(await attempt(url, statement), statement).toMatch(/violates row-level security|permission denied/);
});

test('a worker can write down what sessions are, and neither changes nor removes what is written', async () => {
  const row = { data: 'd'.repeat(64), at: '2018-01-02', bars: 'b'.repeat(64) };
  const columns = 'insert into data_days (data_hash, starts_at, bars_hash)';
  const values = `values ('${row.data}', '${row.at}', '${row.bars}')`;
  await database.pool.query(`${columns} ${values}`);
  const url = await urlAs('worker');
  expect(await attempt(url, `${columns} values ('another', now(), 'x')`)).toBe('done');
  const changes = ['data_hash', 'bars_hash'].map((column) => `update data_days set ${column} = 'forged'`);
  const statements = [
    ...changes,
    `update data_days set starts_at = '2030-01-01'`,
    'update data_days set id = 9',
    `${columns} ${values} on conflict (data_hash, starts_at, bars_hash) do update set bars_hash = 'forged'`,
    `${columns.replace(')', ', id)')} overriding system value values ('another', now(), 'x', 9223372036854775807)`,
    'delete from data_days',
    'truncate data_days',
    'alter table data_days disable trigger all',
    'drop table data_days',
  ];
  for (const statement of statements) {
    expect(await attempt(url, statement), statement).toMatch(/permission denied|must be owner|can only be updated/);
    if (!/^(insert|alter|drop)/.test(statement))
      expect(await attempt(database.url, statement), statement).toMatch(/refuses|GENERATED ALWAYS|can only be updated/);
  }
  expect(await attempt(await urlAs('reader'), `${columns} values ('another', now(), 'x')`)).toContain('permission denied');
});

test('a worker cannot run the functions that write trial_figures as triggers of a table of its own', async () => {
  await begin();
  const url = await urlAs('worker');
  for (const name of ['write_params', 'rewrite_params', 'write_results']) {
    const statement = `create temp table own (study_id int, number int, params json);
      create trigger forge after insert on own for each row execute function ${name}()`;
    expect(await attempt(url, statement)).toBe(`permission denied for function ${name}`);
  }
});

test('every function that runs with the rights of the owner is closed to other roles', async () => {
  const { rows } = await database.pool.query(`
    select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
      and has_function_privilege('public', oid, 'execute')`);
  expect(rows).toEqual([]);
});

test('a worker cannot change the parameters of a queued trial', async () => {
  await begin();
  const url = await urlAs('worker');
  for (const column of [`params = '{}'`, 'seed = 9', 'number = 9', 'forked_from = 0'])
    expect(await attempt(url, `update trials set ${column} where state = 'running'`)).toBe('permission denied for table trials');
});

test('evaluations, folds and requested seeds cannot be changed, not even by the owner', async () => {
  const { id } = await studyWith(database.db, [{ outcome: complete(1) }]);
  await validateTrial(database.db, store, id, 0);
  for (const statement of [
    `update judgements set daily_returns = '{1}'`,
    'delete from judgements',
    `update validation_folds set test_start = test_start + interval '1 day'`,
    `update validations set definition = '{}'`,
    `update validation_trials set seeds = '{2,1}'`,
    `update validation_trials set seeds = '{1}'`,
    'delete from validation_trials',
    'truncate judgements',
  ])
    expect(await attempt(database.url, statement), statement).toContain('refuses');
});

test('garbage collection deletes attachments, and removing the study deletes its evidence', async () => {
  const { id, running } = await begin();
  const storage = createStorage(database.db);
  const attachments = () => database.pool.query(`select from trial_artifacts join trials on trials.id = trial_id where study_id = ${id}`);
  await storage.finish(running.lease, complete(2));
  expect((await attachments()).rowCount).toBe(3);
  await collectGarbage(database.db, store, { keepTop: 1, olderThanMs: 0, dryRun: false });
  // The best trial's and that of the paused one, which has not ended.
  expect((await attachments()).rowCount).toBe(2);
  await removeStudy(database.db, id);
  for (const table of ['reports', 'attempts', 'attempt_data', 'trial_artifacts'])
    expect((await database.pool.query(`select from ${table} where trial_id = ${running.lease.trial.split('/')[1]}`)).rowCount).toBe(0);
  expect((await database.pool.query(`select from trial_figures where study_id = ${id}`)).rowCount).toBe(0);
});

describe('a study that is removed', () => {
  /** Data that no other test reads. */
  const freshData = () => ({ name: 'bars', hash: randomBytes(32).toString('hex') });
  const outcomes = [
    { outcome: complete(1, { sharpeDaily: 0.1 }) },
    { outcome: complete(1, { sharpeDaily: Number.NaN, turnover: 0 }) },
    { outcome: complete(1) },
    { outcome: { kind: 'pruned', atStep: 1, reason: 'worse' } },
    { outcome: { kind: 'failed', error: { code: 'x', message: 'y' } } },
    { outcome: { kind: 'cancelled', by: 'ada' }, reports: [[1, 0.5]] },
    { outcome: { kind: 'cancelled', by: 'ada' } },
    {},
  ] as const;

  test('still counts in the bar for luck: the same n before and after, for every study on the same data, and for a gate', async () => {
    const data = freshData();
    const own = await studyWith(database.db, [{ outcome: complete(1, { sharpeDaily: 0.2 }) }], { seed: 2 }, data);
    const other = await studyWith(database.db, outcomes, {}, data);
    const unrelated = await studyWith(database.db, [{ outcome: complete(1) }], {}, freshData());
    await validateTrial(database.db, store, own.id, 0, { definition: { data: [data], source: 'b'.repeat(64) } });
    const counted = async () => (await readEvidence(database.db, store, `${own.name}#0`)).evidence.search.trialsOnSameData;
    expect(await countTried(database.db, other.id)).toBe(6);
    expect(await counted()).toBe(7);
    await removeStudy(database.db, other.id);
    expect(await counted()).toBe(7);
    await database.db.execute(sql`delete from studies where id = ${unrelated.id}`);
    expect(await counted()).toBe(7);
    const again = await studyWith(database.db, [{ outcome: complete(1) }], { name: other.name, seed: 3 }, data);
    expect(await countTriedOnSameData(database.db, again.id)).toBe(8);
  });

  test('leaves its trials’ Sharpe ratios and its looks at test days, which cannot be changed', async () => {
    const data = freshData();
    const { id, name } = await studyWith(database.db, outcomes, {}, data);
    await validateTrial(database.db, store, id, 0, { definition: { data: [data], source: 'b'.repeat(64) } });
    const looks = () => countLooks(database.db, [data.hash], windows(2));
    expect(await looks()).toBe(1);
    await removeStudy(database.db, id);
    expect(await looks()).toBe(1);
    const { rows } = await database.pool.query('select * from removed_studies where name = $1', [name]);
    expect(rows).toMatchObject([
      { trials_tried: 6, trial_sharpes: [0.1, Number.NaN, Number.NaN], trial_turnovers: [Number.NaN, 0, Number.NaN] },
    ]);
    for (const statement of [
      'update removed_studies set trials_tried = 0',
      'delete from removed_study_data',
      'truncate removed_studies cascade',
      'update removed_trials set definition = null',
      'delete from removed_trials',
      'truncate removed_trials',
      `update looks set model_hash = 'another'`,
      'delete from looks',
      'truncate looks',
    ])
      expect(await attempt(database.url, statement)).toContain('refuses');
    const worker = await urlAs('worker');
    expect(await attempt(worker, `update removed_studies set trials_tried = 0`)).toContain('permission denied');
    for (const statement of [
      'delete from looks',
      `update looks set study = 'x'`,
      `insert into looks (data_hash, test_start, test_end, model_hash, kind, study) values ('d', now(), 'infinity', 'm', 'vault', 's')`,
      'truncate looks',
    ])
      expect(await attempt(worker, statement)).toContain('permission denied');
    for (const table of ['removed_studies', 'removed_trials', 'looks']) expect(await attempt(worker, `select from ${table}`)).toBe('done');
  });
});
