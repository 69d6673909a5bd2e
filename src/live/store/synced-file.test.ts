import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSynced } from './synced-file.ts';

test.skipIf(process.platform === 'win32')('what there is no room for leaves the content of before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-synced-'));
  const path = join(folder, 'state.json');
  writeSynced(path, 'before');
  const program = `
    import { writeSynced } from ${JSON.stringify(new URL('synced-file.ts', import.meta.url).href)};
    try { writeSynced(${JSON.stringify(path)}, 'x'.repeat(100_000)); console.log('written'); }
    catch (error) { console.log(error.code); }`;
  // The limit is some ten kilobytes; the write that crosses it is cut short, as on a full disk.
  const limited = `trap '' XFSZ; ulimit -f 20; exec "$@"`;
  const node = [process.execPath, '--import', './tests/tools/typescript.mjs', '--input-type=module', '--eval', program];
  const { stdout, stderr } = spawnSync('sh', ['-c', limited, 'sh', ...node], { encoding: 'utf8' });
  expect(stdout, stderr).toBe('EFBIG\n');
  expect(readFileSync(path, 'utf8')).toBe('before');
  rmSync(folder, { recursive: true });
});
