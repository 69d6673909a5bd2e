import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listStudies } from '../../../src/storage/readers/list-studies.ts';
import { pageTrials } from '../../../src/storage/readers/page-trials.ts';
import { untilRow, useDatabase } from '../../fixtures/database.ts';
import { optunaPython, optunaServer, runPython } from '../../fixtures/optuna.ts';
import { complete, studyWith } from '../../fixtures/trials.ts';

const required = process.env['ASSAY_REQUIRE_OPTUNA'] === '1';
if (optunaPython === '') console.warn('skipped: the real client of Optuna, since ASSAY_OPTUNA names no Python that has it');

test.runIf(required)('CI has a Python with Optuna', () => {
  expect(optunaPython).not.toBe('');
});

describe.skipIf(optunaPython === '')("Optuna's own client", () => {
  // The kit deletes every study, so it has a database of its own.
  const [kit, database] = [useDatabase(), useDatabase()];
  let server: Awaited<ReturnType<typeof optunaServer>>;

  beforeAll(async () => {
    server = await optunaServer(database.db);
  });
  afterAll(async () => {
    await server.close();
    expect(server.faults).toEqual([]);
  });

  const run = (...args: readonly string[]) => runPython(args, { ASSAY_OPTUNA_PORT: String(server.port) });

  test.concurrent("passes every case of Optuna's storage kit but those about the order of a protobuf map", async () => {
    const own = await optunaServer(kit.db);
    const { out } = await runPython(['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--tb=short', 'kit_test.py'], {
      ASSAY_OPTUNA_PORT: String(own.port),
    });
    await own.close();
    const failed = [...out.matchAll(/^FAILED \S+::(\S+)/gm)].map(([, name]) => name ?? '');
    expect(
      failed.filter((name) => !name.startsWith('test_get_all_trials_params_order')),
      out,
    ).toEqual([]);
    // 57, and two about the order in which Python's protobuf reads a map.
    expect(Number(/(\d+) passed/.exec(out)?.[1]) + failed.length, out).toBe(59);
    expect(own.faults).toEqual([]);
  });

  test.concurrent('suggests with a seed what it suggests in memory, bit by bit', async () => {
    const { out, err } = await run('samplers.py');
    const searched = JSON.parse(out || `"${err}"`) as Readonly<Record<string, { readonly memory: unknown[]; readonly served: unknown[] }>>;
    expect(Object.keys(searched)).toEqual(['random', 'tpe', 'multivariate tpe']);
    for (const [name, { memory, served }] of Object.entries(searched)) expect(served, name).toEqual(memory);
  });

  test.concurrent('four processes share a study; one that is killed leaves a trial that a person can see, and costs the others nothing', async () => {
    const killer = new AbortController();
    const work = [
      run('worker.py', 'shared', '6'),
      run('worker.py', 'shared', '6'),
      run('worker.py', 'shared', '6'),
      runPython(['worker.py', 'shared', '6', 'hang'], { ASSAY_OPTUNA_PORT: String(server.port) }, killer.signal),
    ];
    await untilRow(database, "select from foreign_attributes where key = 'hangs'");
    killer.abort();
    for (const { code, err } of (await Promise.all(work)).slice(0, 3)) expect(code, err).toBe(0);
    const { items } = await pageTrials(database.db, 'shared', { limit: 100 });
    expect(items.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, number) => number));
    const states = items.map(({ state }) => state);
    expect(states.filter((state) => state === 'complete')).toHaveLength(20);
    expect(states.filter((state) => state === 'running')).toHaveLength(1);
  });

  test.concurrent('reads a native study: names, trials, best, importance; a write is refused with a hint', async () => {
    const native = await studyWith(
      database.db,
      Array.from({ length: 12 }, (_, i) => ({ params: { lr: 10 ** -(2 + (i % 3)), layers: 1 + (i % 4) }, outcome: complete(i) })),
    );
    const { out, err } = await run('native.py', native.name);
    expect(JSON.parse(out || `"${err}"`)).toMatchObject({
      names: expect.arrayContaining([native.name]),
      trials: 12,
      best: [0, 0, { lr: 0.01, layers: 1 }],
      importances: ['layers', 'lr'],
      refused: expect.stringContaining('Run it with `assay run`'),
    });
  });

  test.concurrent('runs the example, which is as short as it says', async () => {
    const example = fileURLToPath(new URL('../../../examples/python/optuna_study.py', import.meta.url));
    expect(readFileSync(example, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    const { out, err } = await run(example, '12', String(server.port));
    expect(out, err).toMatch(/^best -?\d\.\d+ of 12 trials: \{.*'rate': /);
    const { items } = await listStudies(database.db, { limit: 50 });
    expect(items.find(({ name }) => name === 'optuna-example')).toMatchObject({ direction: 'maximize' });
  });
});
