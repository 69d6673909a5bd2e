import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { type Connection, connect } from '../../src/storage/connect.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { findStudy } from '../../src/storage/readers/find.ts';
import { listStudies } from '../../src/storage/readers/list-studies.ts';
import { pageTrials } from '../../src/storage/readers/page-trials.ts';
import { showTrial } from '../../src/storage/readers/show-trial.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { countLooks, recordLooks } from '../../src/storage/validations/looks.ts';
import { countTriedOnSameData } from '../../src/storage/validations/tried.ts';
import { clearUpAfterEach, dataDirWithDatabase } from '../fixtures/embedded.ts';

clearUpAfterEach();

const migrations = fileURLToPath(new URL('../../migrations/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'assay-migrations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The migrations up to this one, as an older release had them. */
function until(tag: string): string {
  cpSync(migrations, folder, { recursive: true });
  const journal = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')) as { entries: { tag: string }[] };
  const last = journal.entries.findIndex((entry) => entry.tag === tag);
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify({ ...journal, entries: journal.entries.slice(0, last + 1) }));
  return folder;
}

test('seeds of an older validation become those of each trial that it evaluated', async () => {
  const connection = await connect({ databaseUrl: '', dataDir: await dataDirWithDatabase() });
  try {
    await migrate(connection, until('0004_open_trials'));
    await connection.pool.query(`
      insert into studies (name, direction, space, space_hash, sampler_id, sampler_options, pruner_id, pruner_options, budget_trials, seed,
        max_attempts, module_url, source_hash, git_dirty, next_number)
        values ('old', 'maximize', '{}', 'h', 'random', '{}', 'nop', '{}', 3, 1, 3, 'file:///x.ts', 's', false, 2);
      insert into trials (study_id, number, params, seed, revision) values (1, 0, '{}', 1, 1), (1, 1, '{}', 1, 1);
      insert into validations (study_id, definition_hash, definition, seeds) values (1, 'd', '{}', '{7,3}');
      insert into validation_folds select 1, fold, '2018-01-01', '2018-02-01', '2018-02-02', '2018-02-09', 1 from generate_series(0, 1) fold;
      insert into artifacts (hash, bytes) values (repeat('a', 64), 1);
      insert into judgements (validation_id, fold, subject, trial_id, seed, policy_hash, metric_names, metric_values, daily_returns,
        step_returns_hash, early_terminations, transaction_bp, impact_bp, friction_paid)
        select 1, fold, 'policy', 2, seed, repeat('a', 64), '{}', '{}', '{}', repeat('a', 64), 0, 1, 0.5, 1
        from generate_series(0, 1) fold, unnest('{7,3}'::int[]) seed`);
    await migrate(connection, migrations);
    const { rows } = await connection.pool.query('select validation_id, trial_id, seeds from validation_trials');
    expect(rows).toEqual([{ validation_id: 1, trial_id: 2, seeds: ['7', '3'] }]);
    // What an older release did not keep is unknown and passes no gate.
    const kept = await connection.pool.query('select distinct drawdown_limit, data_hashes from judgements');
    expect(kept.rows).toEqual([{ drawdown_limit: Number.NaN, data_hashes: [] }]);
  } finally {
    await connection.close();
  }
});

test('looks that were taken before they were counted are looks, those of removed studies too', async () => {
  const connection = await connect({ databaseUrl: '', dataDir: await dataDirWithDatabase() });
  try {
    await migrate(connection, until('0028_inner_returns'));
    await connection.pool.query(`
      insert into studies (name, direction, space, space_hash, sampler_id, sampler_options, pruner_id, pruner_options, budget_trials, seed,
        max_attempts, module_url, source_hash, git_dirty, next_number)
        values ('old', 'maximize', '{}', 'h', 'random', '{}', 'nop', '{}', 3, 1, 3, 'file:///x.ts', 's', false, 2);
      insert into trials (study_id, number, params, seed, revision) values (1, 0, '{"a":1}', 1, 1), (1, 1, '{"a":2}', 1, 1);
      insert into validations (study_id, definition_hash, definition) values (1, 'd', '{"data":[{"name":"bars","hash":"h"}],"source":"s"}');
      insert into validation_folds select 1, fold, '2018-01-01', '2018-02-01', date '2018-02-02' + fold, date '2018-02-03' + fold, 1 from generate_series(0, 1) fold;
      insert into validation_trials values (1, 1, '{7}'), (1, 2, '{7}');
      insert into removed_studies (name, trials_tried, trial_sharpes, trial_turnovers) values ('gone', 3, '{}', '{}');
      insert into removed_study_data values (1, 'bars', 'h');
      insert into removed_looks values (1, 'e', '{h,i}', '2018-02-02', '2018-02-03', 3)`);
    await migrate(connection, migrations);
    const first = [{ testStart: Date.UTC(2018, 1, 2, 12), testEnd: Date.UTC(2018, 1, 2, 13) }];
    const second = [{ testStart: Date.UTC(2018, 1, 3, 12), testEnd: Date.UTC(2018, 1, 3, 13) }];
    const { db } = connection;
    expect([await countLooks(db, ['h'], first), await countLooks(db, ['h'], second), await countLooks(db, ['i'], first)]).toEqual([
      5, 2, 3,
    ]);
    // The same validation, continued by this release, looks at nothing new.
    await recordLooks(db, { kind: 'validation', validation: 1, trials: [0, 1] });
    expect((await connection.pool.query('select from looks')).rowCount).toBe(10);
    await connection.pool.query(`insert into study_data values (1, 'bars', 'h')`);
    expect(await countTriedOnSameData(db, 1)).toBe(3);
  } finally {
    await connection.close();
  }
});

const journal = JSON.parse(readFileSync(join(migrations, 'meta/_journal.json'), 'utf8')) as {
  entries: readonly { readonly tag: string }[];
};

/** Inserts what a release knew of two studies: `name` may go on, `name-ended` has come to its budget without a complete trial. */
const studiesOfThen = (name: string) => `
  insert into studies (name, direction, space, space_hash, sampler_id, sampler_options, pruner_id, pruner_options, budget_trials, seed,
    max_attempts, module_url, source_hash, git_dirty, next_number)
    select each, 'minimize', '{"lr":{"type":"float","low":0,"high":1}}', 'h', 'random', '{}', 'nop', '{}', 4, 1, 3, 'file:///x.ts', 's', false, 3
    from unnest('{${name},${name}-ended}'::text[]) each;
  insert into trials (study_id, number, params, seed, revision, state, attempt, worker, started_at, finished_at, value, metric_names, metric_values)
    select id, n, json_build_object('lr', 0.5 - n * 0.1), n, n + 2, 'complete', 1, 'w', now(), now() + n * interval '1 s', n, '{sharpe}', array[-n]
    from studies, generate_series(0, 2) n where name = '${name}';
  insert into attempts (trial_id, attempt, token, worker, started_at, ended_at, ending)
    select trials.id, 1, gen_random_uuid(), 'w', now(), now(), 'complete' from trials join studies on studies.id = study_id where name = '${name}';
  insert into reports (trial_id, attempt, step, value, metric_names, metric_values)
    select trials.id, 1, 1, 7, '{}', '{}' from trials join studies on studies.id = study_id where name = '${name}';
  update studies set revision = 4 where name = '${name}';
  insert into trials (study_id, number, params, seed, revision, state, finished_at, error)
    select id, n, '{}', n, 2, 'failed', now(), '{}' from studies, generate_series(0, 1) n where name = '${name}-ended';
  insert into trials (study_id, number, params, seed, revision, state, attempt, worker, started_at, finished_at, at_step, reason)
    select id, 2, '{}', 2, 2, 'pruned', 1, 'w', now(), now(), 1, 'r' from studies where name = '${name}-ended'`;

test('a study of any earlier release continues: its trials are unchanged and sorted, and the next one is taken', {
  timeout: 180_000,
}, async () => {
  const dataDir = await dataDirWithDatabase();
  /** With sessions of its own: a statement that was prepared does not outlive its tables. */
  const connected = async (work: (connection: Connection) => Promise<void>): Promise<void> => {
    const connection = await connect({ databaseUrl: '', dataDir });
    try {
      await work(connection);
    } finally {
      await connection.close();
    }
  };
  // One database grows through all releases, and each leaves its studies there.
  for (const { tag } of journal.entries)
    await connected(async (connection) => {
      await migrate(connection, until(tag));
      await connection.pool.query(studiesOfThen(tag));
    });

  await connected(async ({ pool, db }) => {
    const { items } = await listStudies(db, { limit: 200 });
    const counts = new Map(items.map(({ name, counts: { complete, pruned, failed } }) => [name, [complete, pruned, failed]]));
    expect(counts.size).toBe(2 * journal.entries.length);
    for (const { tag } of journal.entries) {
      expect([counts.get(tag), counts.get(`${tag}-ended`)], tag).toEqual([
        [3, 0, 0],
        [0, 1, 2],
      ]);
      for (const [sort, numbers] of [
        ['value', [0, 1, 2]],
        ['param:lr', [2, 1, 0]],
        ['-metric:sharpe', [0, 1, 2]],
        ['-duration', [2, 1, 0]],
      ] as const)
        expect(
          (await pageTrials(db, tag, { sort })).items.map(({ number }) => number),
          tag,
        ).toEqual(numbers);
      const shown = await showTrial(db, `${tag}#2`);
      expect(shown, tag).toMatchObject({ value: 2, params: { lr: 0.3 }, metrics: { sharpe: -2 }, reports: [{ step: 1, value: 7 }] });
      const { id } = await findStudy(db, tag);
      const taken = await createStorage(db).take({ studies: [id], worker: 'w', leaseMs: 1000 });
      expect(taken, tag).toMatchObject({ kind: 'taken', claimed: { number: 3 } });
      if (taken.kind === 'taken') await createStorage(db).pause(taken.claimed.lease, { atStep: 1, reason: 'missed' });
      expect(await showTrial(db, `${tag}#3`), tag).toMatchObject({ state: 'paused', reason: 'missed' });
      await expect(pool.query('update trials set seed = 2 where number = 2 and study_id = $1', [id]), tag).rejects.toThrow(
        'refuses UPDATE',
      );
    }
  });
});
