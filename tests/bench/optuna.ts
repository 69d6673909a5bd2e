/** Measures the storage for Optuna's clients on PostgreSQL: `npm run bench:optuna [-- --json] [-- --peers] [-- --trials 10000]`. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type OptunaServing, serveOptuna } from '../../src/interop/optuna/server.ts';
import { stopEmbedded } from '../../src/storage/embedded/server.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { type OptunaClient, optunaClient } from '../fixtures/optuna-client.ts';
import { costOf, costOnce } from './measure.ts';
import { runPeerBeside } from './peers/python.ts';
import { type BenchRow, goalRow, printRows, withPeer } from './row.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    trials: { type: 'string', default: '10000' },
  },
});
const parameters = 5;
const clients = 8;
/** Ended trials of the study that is read. */
const many = Number(flags.trials);
const distribution = '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}';

interface Rates {
  readonly one: number;
  readonly many: number;
}

async function newStudy(client: OptunaClient): Promise<string> {
  const { reply } = await client.call('CreateNewStudy', { directions: ['MINIMIZE'], study_name: crypto.randomUUID() });
  return reply.study_id;
}

async function newTrial(client: OptunaClient, study: string): Promise<string> {
  return (await client.call('CreateNewTrial', { study_id: study, template_trial_is_none: true })).reply.trial_id;
}

/** The calls of one trial of the random sampler. */
async function oneTrial(client: OptunaClient, study: string): Promise<void> {
  const trial = await newTrial(client, study);
  for (let i = 0; i < parameters; i++) await setParameter(client, trial, `x${i}`);
  await client.call('SetTrialStateValues', { trial_id: trial, state: 'COMPLETE', values: [1] });
}

function setParameter(client: OptunaClient, trial: string, name: string) {
  return client.call('SetTrialParameter', { trial_id: trial, param_name: name, param_value_internal: Math.random(), distribution });
}

async function rateOf(port: number, processes: number, trials: number): Promise<number> {
  const open = Array.from({ length: processes }, () => optunaClient(port));
  const study = await newStudy(open[0]!);
  const began = performance.now();
  await Promise.all(
    open.map(async (client) => {
      for (let i = 0; i < trials; i++) await oneTrial(client, study);
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  for (const client of open) client.close();
  return (processes * trials) / seconds;
}

/** Fills a study with ended trials through the wire, several at a time. */
async function filled(client: OptunaClient): Promise<string> {
  const study = await newStudy(client);
  const names = Array.from({ length: parameters }, (_, i) => `x${i}`);
  const template = {
    state: 'COMPLETE',
    values: [1],
    datetime_start: '2026-01-01 00:00:00.000000',
    datetime_complete: '2026-01-01 00:00:01.000000',
    params: Object.fromEntries(names.map((name, i) => [name, i / parameters])),
    distributions: Object.fromEntries(names.map((name) => [name, distribution])),
    intermediate_values: Object.fromEntries(Array.from({ length: 10 }, (_, step) => [step, step])),
  };
  let left = many;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (left-- > 0) await client.call('CreateNewTrial', { study_id: study, template_trial: template });
    }),
  );
  return study;
}

async function measure(port: number, restart: () => Promise<number>): Promise<readonly BenchRow[]> {
  const client = optunaClient(port);
  const study = await filled(client);
  const trial = await newTrial(client, study);
  const news = { study_id: study, included_trial_ids: [trial], trial_id_greater_than: String(Number(trial) - 1) };
  await client.call('GetTrials', news);
  const idle = await costOf(() => client.call('GetTrials', news), 100);
  const parameter = await costOf(() => setParameter(client, trial, 'x0'), 50);
  let step = 0;
  const report = await costOf(
    () => client.call('SetTrialIntermediateValue', { trial_id: trial, step: String(step++), intermediate_value: 0.5 }),
    50,
  );
  const one = await rateOf(port, 1, 60);
  const eight = await rateOf(port, clients, 40);
  client.close();
  const anew = optunaClient(await restart());
  const first = await costOnce(() => anew.call('GetTrials', { study_id: study, trial_id_greater_than: '-1' }));
  anew.close();
  return [
    goalRow(`GetTrials without news, ${many.toLocaleString('en')} trials`, 'ms', idle.wallMs, { most: 1 }),
    goalRow('a parameter', 'ms', parameter.wallMs, { most: 3 }),
    goalRow('a report', 'ms', report.wallMs, { most: 3 }),
    goalRow('trials, 1 client of Node', '/s', one, {}),
    goalRow(`trials, ${clients} clients of Node`, '/s', eight, { least: 150 }),
    goalRow(`first GetTrials of ${many.toLocaleString('en')} trials`, 'ms', first.wallMs, { most: 1000 }),
  ];
}

/** The real client, in processes of its own, at our server and at Optuna's own on sqlite. */
async function beside(port: number, folder: string): Promise<readonly BenchRow[]> {
  const ask = (of: number | null): Promise<Rates> => {
    mkdirSync(folder, { recursive: true });
    return runPeerBeside<Rates>('optuna_storage.py', JSON.stringify({ port: of, folder, trials: 40, clients: 4 }));
  };
  // One behind the other: they share the machine.
  const ours = await ask(port);
  const theirs = await ask(null);
  const name = 'Optuna 5.0 on sqlite';
  return [
    withPeer(goalRow("trials, 1 client of Optuna's", '/s', ours.one, { least: 40 }), name, theirs.one, 'more'),
    withPeer(goalRow("trials, 4 clients of Optuna's", '/s', ours.many, {}), name, theirs.many, 'more'),
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-optuna-'));
const connection = await openDatabase({ databaseUrl: process.env['DATABASE_URL'], dataDir: folder });
const start = (): Promise<OptunaServing> =>
  serveOptuna({ db: connection.db, host: '127.0.0.1', port: 0, staleMs: null, onFault: (error) => console.error(error) });
let server = await start();
try {
  const rows = await measure(server.port, async () => {
    // A new one knows no trial yet.
    await server.close();
    server = await start();
    return server.port;
  });
  printRows([...rows, ...(flags.peers ? await beside(server.port, join(folder, 'peer')) : [])], flags.json);
} finally {
  await server.close();
  await connection.close();
  if (process.env['DATABASE_URL'] === undefined) await stopEmbedded({ dataDir: folder });
  rmSync(folder, { recursive: true, force: true });
}
