import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test.skipIf(process.platform === 'win32').each(['journal', 'sqlite'])(
  'a %s that has room for a part only is refused, and no part of it stays',
  (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-journal-'));
    const program = `
    import { ${kind}Sink } from ${JSON.stringify(new URL(`${kind}.ts`, import.meta.url).href)};
    const sink = ${kind}Sink(${JSON.stringify(join(folder, 'study'))}, (time) => time);
    const study = { study_id: '0', study_name: 'much', directions: [0], system_attributes: {}, user_attributes: { text: JSON.stringify('x'.repeat(3_000_000)) } };
    try { await sink.begin(study); await sink.end(); console.log('kept'); }
    catch (error) { await sink.abort(); console.log(error.code ?? error.name); }`;
    // The limit is some ten kilobytes; the write that crosses it is cut short, as on a full disk.
    const limited = `trap '' XFSZ; ulimit -f 20; exec "$@"`;
    const parameters = [
      '-c',
      limited,
      'sh',
      process.execPath,
      '--import',
      './tests/tools/typescript.mjs',
      '--input-type=module',
      '--eval',
      program,
    ];
    const { stdout, stderr } = spawnSync('sh', parameters, { encoding: 'utf8' });
    expect(stdout, stderr).toBe('unavailable\n');
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  },
);
