import { afterAll, afterEach } from 'vitest';
import { killLeftRuns } from './fixtures/supervised-run.ts';

// For a thorough run of properties: those that name no number of their own.
const runs = process.env['ASSAY_PROPERTY_RUNS'];
if (runs !== undefined) (await import('fast-check')).default.configureGlobal({ numRuns: Number(runs) });

// A test that fails leaves its run behind, which would work on with the database of the tests that follow.
afterEach(killLeftRuns);

// Files share processes, and the programs that they start inherit the environment.
const environment = { ...process.env };
afterAll(() => {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
});
