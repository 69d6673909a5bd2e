import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assay } from '../../e2e/assay.ts';
import { useDatabase } from '../../fixtures/database.ts';
import { writeQuarterHours } from '../../fixtures/quarter-hours.ts';

/** A Python with torch, stable-baselines3 and build ('': none). */
const python = process.env['ASSAY_TRAINERS'] ?? '';
if (python === '') console.warn('skipped: trainers in Python, since ASSAY_TRAINERS names no Python with .ci/requirements-trainers.txt');

const pathOf = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const executable = pathOf('src/cli/assay.mjs');

describe.skipIf(python === '')('assay-client', { timeout: 600_000 }, () => {
  const database = useDatabase();
  let folder: string;
  let env: Record<string, string>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-client-'));
    env = { DATABASE_URL: database.url, ASSAY_DATA_DIR: join(folder, 'data'), PYTHON: python, PYTHONPATH: join(folder, 'installed') };
    writeQuarterHours(env['ASSAY_DATA_DIR']!, 'trained', 161);
    // Built from a copy, as building leaves files behind; the tests below use what was built.
    cpSync(pathOf('src/interop/python'), join(folder, 'source'), { recursive: true });
    const build = spawnSync(python, ['-m', 'build', '--no-isolation', '--outdir', join(folder, 'built'), join(folder, 'source')], {
      encoding: 'utf8',
    });
    expect(build.status, build.stdout + build.stderr).toBe(0);
    const wheel = readdirSync(join(folder, 'built')).find((name) => name.endsWith('.whl'))!;
    const install = ['-m', 'pip', 'install', '--quiet', '--no-index', '--target', join(folder, 'installed'), join(folder, 'built', wheel)];
    expect(spawnSync(python, install, { encoding: 'utf8' }).stderr).not.toContain('ERROR');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = <Document>(...parameters: readonly string[]): Document => {
    const answer = assay([...parameters, '--json'], env);
    expect(answer.code, answer.err).toBe(0);
    return answer.json<Document>();
  };

  test('is built as a wheel for every Python 3 and as a source archive, with types', () => {
    expect(readdirSync(join(folder, 'built')).sort()).toEqual(['assay_client-0.1.0-py3-none-any.whl', 'assay_client-0.1.0.tar.gz']);
    expect(readdirSync(join(folder, 'installed/assay'))).toContain('py.typed');
  });

  test('searches, and reads what it searched from the server', async () => {
    const server = spawn(process.execPath, [executable, 'serve', '--port', '0'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      let said = '';
      for await (const piece of server.stderr) {
        said += String(piece);
        if (/http:\/\/[\d.]+:\d+/.test(said)) break;
      }
      const [url = ''] = /http:\/\/[\d.]+:\d+/.exec(said) ?? [];
      const program = [pathOf('examples/python/client.py'), 'python-example', url, process.execPath, executable];
      const searched = spawnSync(python, program, { encoding: 'utf8', env: { ...process.env, ...env } });
      expect(searched.status, searched.stderr).toBe(0);
      expect(searched.stdout).toMatch(/^python-example#\d+ [\d.]+ \{'layers': \d, 'rate'|^python-example#\d+ [\d.]+ \{'rate'/m);
      expect(searched.stdout).toMatch(/best: python-example#\d+/);
      const checked = spawnSync(python, [fileURLToPath(new URL('client_cases.py', import.meta.url)), url, process.execPath, executable], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      });
      expect(checked.stdout + checked.stderr).toBe('ok\n');
    } finally {
      server.kill();
      await once(server, 'close');
    }
  });

  test.each(['torch_mamba', 'sb3_sac'])('%s: search, validation by the gates for programs, and promotion', (file) => {
    const name = file.replace('_', '-');
    run('run', pathOf(`examples/python/trainers/${file}.ts`), '--workers', '1');
    const [best] = run<{ trials: readonly { address: string; value: number }[] }>('best', name).trials;
    run('validate', best!.address, '--seeds', '3', '--workers', '1');
    const { promotion } = run<{ promotion: { version: number; kind: string } }>('promote', best!.address, '--to', `${name}@champion`);
    expect(promotion).toMatchObject({ kind: 'promoted', version: 1 });
    const policy = join(folder, `${name}.tar`);
    run('model', 'export', `${name}@champion`, '--out', policy);
    const { stdout } = spawnSync('tar', ['tf', policy], { encoding: 'utf8' });
    expect(stdout.trim().split('\n')).toEqual(['assay-trainer.json', 'policy', `sources/${file}.py`]);
  });
});
