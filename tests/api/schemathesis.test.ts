import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createApi } from '../../src/api/app.ts';
import { listenOptions, serve } from '../../src/api/serve.ts';
import { promote } from '../../src/registry/promote.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { readEvidence } from '../../src/storage/validations/read-evidence.ts';
import { describeStudy } from '../../src/testing/storage/subject.ts';
import { useArtifacts } from '../fixtures/artifacts.ts';
import { useDatabase } from '../fixtures/database.ts';
import { askedBy, gateResult, validateTrial } from '../fixtures/evaluations.ts';
import { complete, studyWith } from '../fixtures/trials.ts';

const database = useDatabase();
const store = useArtifacts();

/** The program that reads the published document and sends what it allows, and what it does not: pip install schemathesis==4.32.5. */
const program = process.env['ASSAY_SCHEMATHESIS'] ?? 'schemathesis';
const there = spawnSync(program, ['--version']).status === 0;
if (!there) console.warn('skipped: schemathesis is neither on the PATH nor named in ASSAY_SCHEMATHESIS');

/** Cases of each operation; ASSAY_SCHEMATHESIS_CASES for more than a test run has time for. */
const cases = process.env['ASSAY_SCHEMATHESIS_CASES'] ?? '10';

/** What a quickstart leaves behind: a study that ended, with a validated and promoted trial, and one that is under way. */
async function seed(): Promise<void> {
  const failure = { kind: 'failed', error: { code: 'trial_failed', message: 'boom' } } as const;
  const ended = [complete(3, { sharpe: 1 }), complete(1, { sharpe: Number.NaN }), failure];
  const { id } = await studyWith(
    database.db,
    ended.map((outcome, i) => ({
      outcome,
      reports: [
        [1, i],
        [2, i + 1],
      ],
    })),
    { name: 'quickstart' },
  );
  await createStorage(database.db).open({ ...describeStudy({ name: 'quickstart' }), budget: { trials: 100_000 } });
  await studyWith(database.db, [{ outcome: complete(2) }, {}], { name: 'second' });
  await validateTrial(database.db, store, id, 1);
  const evidence = await readEvidence(database.db, store, 'quickstart#1');
  const { hash } = await store.put(new TextEncoder().encode('a policy'));
  await promote(database.db, store, {
    model: 'pairs',
    alias: 'champion',
    address: 'quickstart#1',
    gateResults: [gateResult()],
    policies: askedBy('default'),
    evidence,
    policyHash: hash,
    data: [],
    by: { user: 'ada', host: 'engine' },
    code: { gitCommit: null, gitDirty: false, lockfileHash: 'e'.repeat(64), node: 'v20' },
  });
}

test.skipIf(!there)('schemathesis finds nothing that the published document does not say', { timeout: 600_000 }, async () => {
  await seed();
  const server = await serve(listenOptions({ port: 0 }), createApi({ db: database.db }).fetch);
  // It writes its examples where it runs.
  const folder = mkdtempSync(join(tmpdir(), 'assay-schemathesis-'));
  try {
    const config = fileURLToPath(new URL('./schemathesis.toml', import.meta.url));
    const run = ['run', `${server.url}/openapi.json`, '--max-examples', cases, '--seed', '1', '--continue-on-failure'];
    const child = spawn(program, ['--no-color', '--config-file', config, ...run], { cwd: folder });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part: Buffer) => {
        said += part.toString();
      });
    }
    onTestFinished(() => void child.kill());
    const [status] = (await once(child, 'exit')) as [number | null];
    if (process.env['ASSAY_SCHEMATHESIS_CASES'] !== undefined) console.log(said);
    expect(status, said).toBe(0);
  } finally {
    await server.close(0);
    rmSync(folder, { recursive: true, force: true });
  }
});
