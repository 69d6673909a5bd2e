/** Measures what clients of MLflow get from PostgreSQL: `npm run bench:mlflow [-- --json] [-- --peers]`. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createApi } from '../../src/api/app.ts';
import { serve } from '../../src/api/serve.ts';
import { stopEmbedded } from '../../src/storage/embedded/server.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { costOf } from './measure.ts';
import { runPeerBeside } from './peers/python.ts';
import { type BenchRow, goalRow, printRows, withPeer } from './row.ts';

const { values: flags } = parseArgs({ options: { json: { type: 'boolean', default: false }, peers: { type: 'boolean', default: false } } });
const connections = 8;
const runs = 1000;
/** What the real client does at each of the two servers. */
const work = { single: 200, batches: 40, runs: 100, pages: 20 };

interface Rates {
  readonly single: number;
  readonly batched: number;
  readonly pageMs: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: connections });

/** Asks over one of the connections. @throws Error unless it is answered with 200 */
function post<Result>(port: number, path: string, body: object): Promise<Result> {
  return new Promise((resolve, reject) => {
    const options = {
      port,
      host: '127.0.0.1',
      agent,
      method: 'POST',
      path: `/api/2.0/mlflow/${path}`,
      headers: { 'content-type': 'application/json' },
    };
    const sent = request(options, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text) as Result);
        else reject(new Error(text));
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

async function newRun(port: number, experiment: string): Promise<string> {
  const { run } = await post<{ readonly run: { readonly info: { readonly run_id: string } } }>(port, 'runs/create', {
    experiment_id: experiment,
  });
  return run.info.run_id;
}

/** Calls a second, over all connections at a time. */
async function rateOf(calls: number, call: (i: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < calls) await call(next++);
    }),
  );
  return calls / ((performance.now() - began) / 1000);
}

async function measure(port: number): Promise<readonly BenchRow[]> {
  const { experiment_id: experiment } = await post<{ readonly experiment_id: string }>(port, 'experiments/create', {
    name: crypto.randomUUID(),
  });
  const run = await newRun(port, experiment);
  const single = (i: number) => post(port, 'runs/log-metric', { run_id: run, key: 'single', value: i, step: i, timestamp: 1 });
  await rateOf(500, single);
  const singles = await rateOf(4000, single);
  const batches = await rateOf(200, (i) =>
    post(port, 'runs/log-batch', {
      run_id: run,
      metrics: Array.from({ length: 1000 }, (_, j) => ({ key: `m${j % 10}`, value: j, step: 1000 * i + j, timestamp: 1 })),
    }),
  );
  await rateOf(runs, async (i) =>
    post(port, 'runs/log-batch', { run_id: await newRun(port, experiment), metrics: [{ key: 'value', value: i, step: 1, timestamp: 1 }] }),
  );
  const page = await costOf(
    () =>
      post(port, 'runs/search', {
        experiment_ids: [experiment],
        filter: 'metrics.value >= 0',
        max_results: 50,
        order_by: ['metrics.value DESC'],
      }),
    10,
  );
  return [
    goalRow(`single metrics, ${connections} connections`, '/s', singles, { least: 2000 }),
    goalRow(`metrics in batches of 1,000, ${connections} connections`, '/s', 1000 * batches, { least: 20_000 }),
    goalRow(`a page of 50 of ${runs.toLocaleString('en')} runs`, 'ms', page.wallMs, { most: 20 }),
  ];
}

/** The real client, in a process of its own, at our server and at MLflow's own on sqlite. */
async function beside(port: number, folder: string): Promise<readonly BenchRow[]> {
  mkdirSync(folder);
  const ask = (of: number | null) => runPeerBeside<Rates>('mlflow_tracking.py', JSON.stringify({ port: of, folder, ...work }));
  // One behind the other: they share the machine.
  const ours = await ask(port);
  const theirs = await ask(null);
  const name = 'MLflow 3.17 on sqlite';
  return [
    withPeer(goalRow("single metrics, MLflow's client", '/s', ours.single, { least: 200 }), name, theirs.single, 'more'),
    withPeer(goalRow("metrics in batches of 100, MLflow's client", '/s', ours.batched, { least: 12_000 }), name, theirs.batched, 'more'),
    withPeer(goalRow(`a page of 50 of ${work.runs} runs, MLflow's client`, 'ms', ours.pageMs, { most: 40 }), name, theirs.pageMs, 'less'),
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-mlflow-'));
const connection = await openDatabase({ databaseUrl: process.env['DATABASE_URL'], dataDir: folder });
const app = createApi({ db: connection.db, dataDir: folder, onFault: (error) => console.error(error) });
const server = await serve({ host: '127.0.0.1', port: 0, token: undefined }, app.fetch);
try {
  const rows = await measure(server.port);
  printRows([...rows, ...(flags.peers ? await beside(server.port, join(folder, 'peer')) : [])], flags.json);
} finally {
  agent.destroy();
  await server.close();
  await connection.close();
  if (process.env['DATABASE_URL'] === undefined) await stopEmbedded({ dataDir: folder });
  rmSync(folder, { recursive: true, force: true });
}
