import { spawnSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

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

/**
 * The same command line in the calling process, which takes a tenth of the time: for what is refused or answered without processes and threads.
 * Relative paths would be those of the tests.
 * @param input what the command reads from its standard input
 */
export async function assayHere(
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<CommandResult> {
  const [out, err]: [string[], string[]] = [[], []];
  const sink = (into: string[]) => ({
    write: (text: string) => void into.push(text),
    isTerminal: false,
    width: () => Number.POSITIVE_INFINITY,
  });
  vi.stubEnv('DATABASE_URL', undefined);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  try {
    const code = await main(parameters, { out: sink(out), err: sink(err), in: Readable.from([input]), env: { NO_COLOR: '1', ...env } });
    return { code, out: out.join(''), err: err.join(''), json: () => JSON.parse(out.join('')) };
  } finally {
    vi.unstubAllEnvs();
  }
}
