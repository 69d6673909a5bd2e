import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeTurningMarket } from '../fixtures/turning-market.ts';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const assay = join(root, 'src/cli/assay.mjs');
const study = fileURLToPath(new URL('../fixtures/studies/turning.ts', import.meta.url));

/** 60 sessions to search, four tests of 20, and a vault of 12. */
const sessions = 152;

interface Verdict {
  readonly gate: string;
  readonly severity: string;
  readonly passed: boolean;
  readonly because: string;
}

/**
 * The whole way of a study to `strict`, through the command line: a market whose edge no linear rule has, a search of 12 trials, a validation,
 * the look at the vault, the promotion, and the verdicts computed again from the ledger. Prints every verdict.
 * @returns whether `strict` promoted it, and the ledger is intact.
 */
export async function strictPass({ seed }: { readonly seed: number }): Promise<boolean> {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-strict-'));
  const { DATABASE_URL: _, ...env } = process.env;
  const run = (...args: readonly string[]) =>
    execute(process.execPath, [assay, ...args], { cwd: root, env: { ...env, ASSAY_DATA_DIR: dataDir, NO_COLOR: '1' }, maxBuffer: 1 << 28 });
  const answer = async <Answer>(...args: readonly string[]): Promise<Answer> =>
    JSON.parse((await run(...args, '--json').catch(answerOfRefusal)).stdout) as Answer;
  console.log(
    `\nStrict: one study of the market of seed ${seed}, searched, judged, shown the vault and promoted under the gate policy strict`,
  );
  try {
    writeTurningMarket(dataDir, 'turning', seed, sessions);
    await run('run', study);
    const { trials } = await answer<{ readonly trials: readonly { readonly address: string }[] }>('best', 'turning');
    const best = trials[0]!.address;
    await run('validate', best, '--seeds', '3');
    await answer('vault', 'open', best, '--reason', 'every other gate passed');
    const { verdicts } = await answer<{ readonly verdicts: readonly Verdict[] }>('promote', best, '--to', 'turning@champion');
    for (const { gate, severity, passed, because } of verdicts)
      console.log(`${passed ? 'pass' : severity === 'refuse' ? 'FAIL' : 'warn'}  ${gate.padEnd(16)}  ${because}`);
    const refused = verdicts.filter(({ passed, severity }) => !passed && severity === 'refuse');
    const { intact, recomputed } = await answer<{ readonly intact: boolean; readonly recomputed: number }>(
      'model',
      'verify',
      '--recompute',
    );
    console.log(
      `${best}: ${refused.length === 0 ? 'promoted' : 'refused'}; the ledger is ${intact ? '' : 'NOT '}intact, ${recomputed} verdicts computed again`,
    );
    return refused.length === 0 && intact;
  } finally {
    await run('db', 'down').catch(() => undefined);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A refusal ends with an exit code of its own and prints its answer. */
function answerOfRefusal(error: unknown): { readonly stdout: string } {
  const { stdout } = error as { readonly stdout?: string };
  if (stdout === undefined || stdout === '') throw error;
  return { stdout };
}
