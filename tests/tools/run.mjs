// `npm test`: TensorFlow's setup, then every test and meanwhile the static checks; closes with the line `N passed, N failed` that counts both.
// With arguments (`npm test -- src/search`, `npm test -- --changed`), which go to vitest: types and the tests that they select. `--changed` takes
// those that load a file changed since the last commit, without the tests that start whole programs: those take minutes, and what a test starts
// as a process does not count as loaded.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChecks } from './check.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const selection = process.argv.slice(2);
const whole = selection.length === 0;

/** TensorFlow is tested for real where it can be set up (once, in the data directory); where it cannot, its tests say that they are skipped. */
async function setUpTensorflow() {
  const setup = spawn(process.execPath, [`${root}src/cli/assay.mjs`, 'tensorflow', 'setup'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 300_000,
  });
  await once(setup, 'close');
}

// Many tests wait for leases and other processes; the checks have that time.
const checking = runChecks({ onlyTypes: !whole });
if (whole) await setUpTensorflow();

const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
const reportFile = join(folder, 'report.json');
const vitest = spawn(
  process.execPath,
  [
    `${root}node_modules/vitest/vitest.mjs`,
    'run',
    '--config',
    'tests/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
    ...selection,
    ...(selection.includes('--changed') ? ['--project=!programs'] : []),
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
);
const [checks, [status]] = await Promise.all([checking, once(vitest, 'close')]);

/** A run that dies before it writes its report, or a file that does not load, is a failure even with no test failed. */
function countTests() {
  try {
    const report = JSON.parse(readFileSync(reportFile, 'utf8'));
    const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + unloaded,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch (error) {
    console.error(`no test report: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const tests = countTests();
rmSync(folder, { recursive: true, force: true });
if (status !== 0 && tests.failed === 0) tests.failed = 1;

const passed = checks.passed + tests.passed;
const failed = checks.failed.length + tests.failed;
// What they found was printed among the tests.
if (checks.failed.length > 0) console.log(`static checks failed: ${checks.failed.join(', ')}`);
if (tests.skipped > 0) console.log(`${tests.skipped} skipped`);
console.log(
  `${tests.passed + tests.failed} tests and ${checks.passed + checks.failed.length} ${whole ? 'static checks' : 'check of the types'}, together:`,
);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
