import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useDatabase } from '../../fixtures/database.ts';
import { mlflowClient } from '../../fixtures/mlflow.ts';

interface Exchange {
  readonly call: string;
  readonly method: string;
  readonly path: string;
  readonly contentType: string | null;
  readonly request: unknown;
  readonly status: number;
  readonly responseType: string | null;
  readonly response: unknown;
}

const { exchanges } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../fixtures/golden/interop/mlflow-traffic.json', import.meta.url)), 'utf8'),
) as { readonly exchanges: readonly Exchange[] };

const database = useDatabase();
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-mlflow-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Fields of MLflow's that are its server's own, times of it, or texts that the record leaves out of its requests. */
const ownFields = new Set([
  'schema',
  'source',
  'workspace',
  'sqlstate',
  'error_class',
  'message',
  'creation_time',
  'last_update_time',
  'creation_timestamp_ms',
  'last_updated_timestamp_ms',
]);

/** The largest double is what MLflow makes of infinity. */
const infinite = (value: unknown): unknown => (value === Number.MAX_VALUE ? 'Infinity' : value);

/** A body without what is absent by default, with keys, and runs that began at the same placeholder, in one order. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    const list = value.map(plain);
    return list.every((one) => typeof one === 'object' && one !== null && ('key' in one || 'info' in one))
      ? list.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
      : list;
  }
  if (typeof value !== 'object' || value === null) return infinite(value);
  const kept = Object.entries(value)
    .filter(([key]) => !ownFields.has(key))
    .map(([key, one]) => [key, plain(one)] as const)
    .filter(([, one]) => one !== '' && !(typeof one === 'object' && one !== null && Object.keys(one).length === 0));
  return Object.fromEntries(kept.toSorted(([a], [b]) => a.localeCompare(b)));
}

test("answers the recorded calls of MLflow's client as MLflow's server does", async () => {
  const client = mlflowClient(database.db, folder);
  // Ids of the record and ours.
  const ours = new Map<string, string>([['RUN_3', 'f'.repeat(32)]]);
  const learn = (recorded: string, given: string): void => void ours.set(recorded, given);
  const theirs = (text: string): string => [...ours].reduce((changed, [recorded, given]) => changed.replaceAll(recorded, given), text);
  const back = (text: string): string => [...ours].reduce((changed, [recorded, given]) => changed.replaceAll(given, recorded), text);

  for (const [n, { call, method, path, contentType, request, status, response }] of exchanges.entries()) {
    const where = `${n} ${call}: ${method} ${path}`;
    const bytes = path.endsWith('f.bin') ? 'x'.repeat(1000) : 'bytes';
    const body = request === null ? null : request === '<bytes>' ? bytes : theirs(JSON.stringify(request));
    const answer = await client.send(
      method,
      theirs(path),
      body === null ? {} : { body, headers: { 'content-type': contentType ?? 'text/plain' } },
    );
    const text = await answer.text();
    expect(answer.status, `${where}: ${text} ${String((client.faults[0] as Error | undefined)?.cause ?? client.faults[0])}`).toBe(status);
    if (response === '<bytes>') expect(text).toBe(bytes);
    if (typeof response !== 'object' || response === null || path.endsWith('server-info')) continue;
    const parsed = JSON.parse(text) as { run?: { info: { run_id: string } }; model?: { info: { model_id: string } } };
    const recorded = response as typeof parsed;
    if (path.endsWith('runs/create')) learn(recorded.run!.info.run_id, parsed.run!.info.run_id);
    if (path.endsWith('logged-models')) learn(recorded.model!.info.model_id, parsed.model!.info.model_id);
    expect(plain(JSON.parse(back(text))), where).toEqual(plain(response));
  }
  expect(client.faults).toEqual([]);
});
