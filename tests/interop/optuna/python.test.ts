import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OptunaServing } from '../../../src/interop/optuna/server.ts';
import { useDatabase } from '../../fixtures/database.ts';
import { optunaPython, optunaServer, runPython } from '../../fixtures/optuna.ts';

const required = process.env['ASSAY_REQUIRE_OPTUNA'] === '1';
if (optunaPython === '') console.warn('skipped: the real client of Optuna, since ASSAY_OPTUNA names no Python that has it');

test.runIf(required)('CI has a Python with Optuna', () => {
  expect(optunaPython).not.toBe('');
});

describe.skipIf(optunaPython === '')("Optuna's own client", () => {
  const database = useDatabase();
  let server: OptunaServing & { readonly faults: readonly unknown[] };
  beforeAll(async () => {
    server = await optunaServer(database.db);
  });
  afterAll(async () => {
    await server.close();
    expect(server.faults).toEqual([]);
  });

  test("passes every case of Optuna's storage kit but those about the order of a protobuf map", async () => {
    const { out } = await runPython(['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--tb=short', 'kit_test.py'], {
      ASSAY_OPTUNA_PORT: String(server.port),
    });
    const failed = [...out.matchAll(/^FAILED \S+::(\S+)/gm)].map(([, name]) => name);
    expect(
      failed.filter((name) => !name?.startsWith('test_get_all_trials_params_order')),
      out,
    ).toEqual([]);
    const passed = Number(/(\d+) passed/.exec(out)?.[1]);
    expect(passed + failed.length, out).toBe(59);
  });
});
