import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const executable = fileURLToPath(new URL('../../src/cli/assay.mjs', import.meta.url));

export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** `out` parsed. */
  readonly json: <Document = Record<string, unknown>>() => Document;
}

/** Runs the real executable to its end. */
export function assay(parameters: readonly string[], env: Readonly<Record<string, string>> = {}, cwd?: string): CommandResult {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [executable, ...parameters], {
    encoding: 'utf8',
    env: { ...inherited, NO_COLOR: '1', ...env },
    cwd,
  });
  return { code: status, out: stdout, err: stderr, json: () => JSON.parse(stdout) };
}
