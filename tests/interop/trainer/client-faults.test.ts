import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Any Python: the client has no dependencies. */
const python = process.env['ASSAY_TRAINERS'] ?? 'python3';
const isThere = spawnSync(python, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0;
if (!isThere) console.warn('skipped: faults of peers of assay-client, since there is no Python 3.10 or later');

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test.skipIf(!isThere)('assay-client names a peer that breaks off, and leaves no half of a file', () => {
  const { stdout, stderr } = spawnSync(python, ['-B', pathOf('client_faults.py')], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: pathOf('../../../src/interop/python') },
  });
  expect(stdout + stderr).toBe('ok\n');
});
