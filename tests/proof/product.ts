import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const assay = join(root, 'src/cli/assay.mjs');

/** What a promotion says of a gate. */
export interface Verdict {
  readonly gate: string;
  readonly severity: string;
  readonly passed: boolean;
  readonly because: string;
}

/** The command line on a data directory of its own. */
export interface Product {
  readonly dataDir: string;
  /** Rejects where the command fails. */
  readonly run: (...args: readonly string[]) => Promise<{ readonly stdout: string }>;
  /** The document that a command prints with `--json`; that of a refusal, too, which ends with an exit code of its own. */
  readonly answer: <Answer>(...args: readonly string[]) => Promise<Answer>;
}

/** Calls `use` with the product on an empty data directory, which goes afterwards with its server. */
export async function withProduct<Result>(use: (product: Product) => Promise<Result>): Promise<Result> {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-proof-'));
  const { DATABASE_URL: _, ...inherited } = process.env;
  const env = { ...inherited, ASSAY_DATA_DIR: dataDir, NO_COLOR: '1' };
  const run: Product['run'] = (...args) => execute(process.execPath, [assay, ...args], { cwd: root, env, maxBuffer: 1 << 28 });
  const answer = async <Answer>(...args: readonly string[]): Promise<Answer> =>
    JSON.parse((await run(...args, '--json').catch(answerOfRefusal)).stdout) as Answer;
  try {
    return await use({ dataDir, run, answer });
  } finally {
    // Where it never started there is nothing to stop.
    await run('db', 'down').catch(() => undefined);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Names of the gates that refuse. */
export function refusalsOf(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts.filter(({ passed, severity }) => !passed && severity === 'refuse').map(({ gate }) => gate);
}

function answerOfRefusal(error: unknown): { readonly stdout: string } {
  const { stdout } = error as { readonly stdout?: string };
  if (stdout === undefined || stdout === '') throw error;
  return { stdout };
}
