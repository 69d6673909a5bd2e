import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { connect } from '../../src/storage/connect.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { clearUpAfterEach, freshDataDir } from '../fixtures/embedded.ts';

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

test('seeds of an older validation become those of each trial that it judged', async () => {
  const connection = await connect({ databaseUrl: '', dataDir: freshDataDir() });
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
    const judged = await connection.pool.query('select distinct drawdown_limit, data_hashes from judgements');
    expect(judged.rows).toEqual([{ drawdown_limit: Number.NaN, data_hashes: [] }]);
  } finally {
    await connection.close();
  }
});
