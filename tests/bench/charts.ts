/**
 * What a chart costs at 100,000 trials, beside the same done by the database: `npm run bench:charts [-- --json] [-- --trials n]`.
 * The study is put there by SQL once and kept in the data directory (`data/bench-charts`).
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import { createApi } from '../../src/api/app.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import { longAnswerMs, withAnswerLimit } from '../../src/storage/answer-limit.ts';
import type { Connection } from '../../src/storage/connect.ts';
import { stopEmbedded } from '../../src/storage/embedded/server.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { costOf } from './measure.ts';
import { type BenchRow, goalRow, printRows, withPeer } from './row.ts';
import { searchDescription } from './storage/load.ts';

const { values: flags } = parseArgs({
  options: { json: { type: 'boolean', default: false }, trials: { type: 'string', default: '100000' } },
});
const trials = Number(flags.trials);
const name = `charts-${trials}`;
const params = Array.from({ length: 10 }, (_, i) => `x${i}`);
const peerName = 'SQL';

const space = compileSpace(
  Object.fromEntries(params.map((param) => [param, { type: 'float' as const, low: -5, high: 5, log: false, step: null }])),
);

/** Ten parameters, one in a hundred pruned, an attempt each, five reports for one in twenty. */
async function fill({ db }: Connection): Promise<void> {
  const { rowCount } = await db.execute(sql`select from studies where name = ${name} and next_number = ${trials}`);
  if (rowCount !== 0) return;
  const { id } = await createStorage(db).open({
    ...searchDescription(name, 'random', 'nop', trials + 1000),
    space: space.json,
    spaceHash: space.hash,
  });
  const drawn = sql.join(
    params.map((param) => sql`${param}::text, round((random() * 10 - 5)::numeric, 6)`),
    sql`, `,
  );
  await withAnswerLimit(longAnswerMs, () =>
    db.transaction(async (tx) => {
      await tx.execute(sql`update studies set next_number = ${trials}, revision = ${trials + 2} where id = ${id}`);
      await tx.execute(sql`
    insert into trials (study_id, number, state, params, seed, attempt, revision, worker, started_at, finished_at, last_step, last_value, value, metric_names, metric_values, at_step, reason)
    select ${id}, n, (case when n % 100 = 99 then 'pruned' else 'complete' end)::trial_state, json_build_object(${drawn}), n, 1, n + 2, 'host:' || n % 8 || ':cpu',
      now() - (${trials}::int - n) * interval '1 second', now() - (${trials}::int - n) * interval '1 second' + random() * interval '8 seconds',
      case when n % 20 = 0 then 5 end, case when n % 20 = 0 then random() end,
      case when n % 100 < 99 then random() + 100.0 / (n + 1000) end, case when n % 100 < 99 then '{}'::text[] end, case when n % 100 < 99 then '{}'::float8[] end,
      case when n % 100 = 99 then 5 end, case when n % 100 = 99 then 'worse' end
    from generate_series(0, ${trials - 1}::int) as n`);
      await tx.execute(sql`
    insert into attempts (trial_id, attempt, token, worker, started_at, ended_at, ending)
    select id, 1, gen_random_uuid(), worker, started_at, finished_at, state::text::attempt_ending from trials where study_id = ${id}`);
      await tx.execute(sql`
    insert into reports (trial_id, attempt, step, value, metric_names, metric_values)
    select id, 1, step, random(), '{}', '{}' from trials, generate_series(1, 5) as step where study_id = ${id} and number % 20 = 0`);
    }),
  );
  await withAnswerLimit(longAnswerMs, () => db.execute(sql`vacuum analyze`));
}

/** The work of a chart as one statement. */
const statements = {
  history: sql`select width_bucket(number, 0, ${trials}, 200) as bin, count(*), min(value), max(value),
      percentile_cont(array[0.25, 0.5, 0.75]) within group (order by value) from trials join studies on studies.id = study_id
    where name = ${name} and state = 'complete' group by bin`,
  edf: sql`select percentile_disc(array(select i / 200.0 from generate_series(0, 200) as i)) within group (order by value)
    from trials join studies on studies.id = study_id where name = ${name} and state = 'complete'`,
  'slice?params=x0': sql`select width_bucket((params ->> 'x0')::float8, -5, 5, 16) as bin, count(*),
      percentile_cont(array[0.25, 0.5, 0.75]) within group (order by value) from trials join studies on studies.id = study_id
    where name = ${name} and state = 'complete' group by bin`,
  'contour?pair=x0,x1': sql`select width_bucket((params ->> 'x0')::float8, -5, 5, 32) as x, width_bucket((params ->> 'x1')::float8, -5, 5, 32) as y, count(*), avg(value)
    from trials join studies on studies.id = study_id where name = ${name} and state = 'complete' group by x, y`,
  timeline: sql`select attempts.worker, width_bucket(extract(epoch from attempts.started_at), 0, 4e9, 200) as bin, count(*)
    from attempts join trials on trials.id = trial_id join studies on studies.id = study_id where name = ${name} group by 1, 2`,
} as const;

/** Least of several by the clock: what else the machine does comes on top. */
async function leastMs(call: () => Promise<unknown>, times: number, before?: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    await before?.();
    const startedAt = performance.now();
    await call();
    least = Math.min(least, performance.now() - startedAt);
  }
  return least;
}

/** The same in processor time of this process, which other work does not change much. */
async function leastCpuMs(call: () => Promise<unknown>, times: number, before: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    await before();
    const startedAt = process.cpuUsage();
    await call();
    const { user, system } = process.cpuUsage(startedAt);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

async function measure(connection: Connection): Promise<readonly BenchRow[]> {
  const { db } = connection;
  await fill(connection);
  const path = `/v1/studies/${name}`;
  const ask = async (resource: string, api = createApi({ db }), headers: Record<string, string> = {}) => {
    const answer = await api.request(`${path}${resource}`, { headers });
    const text = await answer.text();
    if (answer.status !== 200 && answer.status !== 304) throw new Error(`${resource}: ${answer.status} ${text}`);
    return { text, tag: answer.headers.get('etag') ?? '' };
  };
  const rows: BenchRow[] = [];
  rows.push(
    goalRow(`first chart of a study of ${trials.toLocaleString('en')} trials`, 'ms', await leastMs(() => ask('/charts/history'), 3), {
      most: 600,
    }),
  );
  const api = createApi({ db });
  await ask('/charts/history', api);
  for (const param of params.slice(2, 5))
    rows.push(
      goalRow(`a further column, ${param}`, 'ms', await leastMs(() => ask(`/charts/slice?params=${param}`, api), 1), { most: 300 }),
    );
  const charts = [
    'history',
    'history?x=time',
    'edf',
    'slice?params=x0',
    'slice?params=x0,x1,x2,x3,x4,x5',
    'contour?pair=x0,x1',
    'parallel',
    'importance',
    'curves',
    'timeline',
  ];
  // Nothing has ended, but the answers that are kept are of an older revision.
  const touch = () => db.execute(sql`update studies set revision = revision + 1 where name = ${name}`);
  for (const chart of charts) {
    const { text } = await ask(`/charts/${chart}`, api);
    const ours = goalRow(`chart ${chart}`, 'ms', await leastMs(() => ask(`/charts/${chart}`, api), 7, touch), { most: 20 });
    const statement = statements[chart as keyof typeof statements];
    rows.push(withPeer(ours, peerName, statement === undefined ? null : await leastMs(() => db.execute(statement), 3), 'less'));
    rows.push(goalRow('  processor time of the API', 'ms', await leastCpuMs(() => ask(`/charts/${chart}`, api), 7, touch), {}));
    rows.push(goalRow('  again, as it is kept', 'ms', await leastMs(() => ask(`/charts/${chart}`, api), 7), { most: 20 }));
    rows.push(goalRow('  processor time of the API', 'ms', (await costOf(() => ask(`/charts/${chart}`, api), 3, 5)).cpuMs, {}));
    rows.push(goalRow('  bytes before compression', 'kB', text.length / 1000, { most: 60 }));
  }
  const { tag } = await ask('/charts/history', api);
  rows.push(goalRow('304 of a chart', 'ms', await leastMs(() => ask('/charts/history', api, { 'If-None-Match': tag }), 20), { most: 5 }));
  const where = `where=${encodeURIComponent('x0>1 and x1<2')}`;
  rows.push(goalRow('a chart with a filter, the first time', 'ms', await leastMs(() => ask(`/charts/history?${where}`, api), 1), {}));
  rows.push(goalRow('  then', 'ms', await leastMs(() => ask(`/charts/history?${where}`, api), 5, touch), { most: 20 }));
  rows.push(goalRow('the study', 'ms', await leastMs(() => ask('', api), 7), { most: 20 }));
  rows.push(goalRow('the first page of its trials', 'ms', await leastMs(() => ask('/trials', api), 7), { most: 30 }));
  rows.push(goalRow('a page with a filter of two conditions', 'ms', await leastMs(() => ask(`/trials?${where}`, api), 5), { most: 60 }));
  return rows;
}

const dataDir = join(packageRoot, 'data/bench-charts');
const connection = await openDatabase({ databaseUrl: process.env['DATABASE_URL'], dataDir, poolSize: 4 });
try {
  printRows(await measure(connection), flags.json);
} finally {
  await connection.close();
  if (process.env['DATABASE_URL'] === undefined) await stopEmbedded({ dataDir });
}
