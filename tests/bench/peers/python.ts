import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirOf } from '../../../src/core/data-dir.ts';
import { AssayError, messageOf } from '../../../src/core/errors.ts';

const packages = ['torch==2.13.0', 'stable-baselines3==2.9.0', 'optuna==5.0.0', 'scipy==1.17.1'];

/** The interpreter of a Python environment with the peers, made under the data directory at the first call. */
export function peerPython(): string {
  const directory = join(dataDirOf(), 'peers', 'python');
  const python = join(directory, 'bin', 'python');
  try {
    if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', directory], { stdio: ['ignore', 'inherit', 'inherit'] });
    const installed = execFileSync(python, ['-m', 'pip', 'freeze'], { encoding: 'utf8' }).replaceAll('_', '-');
    const missing = packages.filter((wanted) => !installed.includes(wanted));
    if (missing.length > 0) {
      console.error(`installing ${missing.join(' and ')} (about 200 MB) into ${directory}`);
      execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...missing], { stdio: ['ignore', 'inherit', 'inherit'] });
    }
    return python;
  } catch (cause) {
    throw new AssayError('unavailable', `the Python peers cannot be set up: ${messageOf(cause)}`, {
      cause,
      hint: 'needs python3 with venv, and a package index that pip can reach; without --peers only our own figures are measured',
    });
  }
}

/** Runs a peer's script on one thread and reads the JSON document it prints. `input` is what it finds on stdin. */
export function runPeer<Result>(script: string, args: readonly string[], input = ''): Result {
  const threads = { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OMP_WAIT_POLICY: 'passive' };
  const output = execFileSync(peerPython(), [join(import.meta.dirname, script), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...threads },
    input,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return JSON.parse(output) as Result;
}
