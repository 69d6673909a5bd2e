import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const assay = join(root, 'src/cli/assay.mjs');

/** A kind of generated market, the study that searches on it, and how many of its studies may or must promote. */
interface TrainedCase {
  readonly preset: string;
  readonly study: string;
  readonly share: number;
  readonly holds: (promoted: number, studies: number) => boolean;
  readonly asks: string;
}

const cases: readonly TrainedCase[] = [
  { preset: 'no-edge', study: 'quickstart-no-edge', share: 1, holds: (promoted) => promoted === 0, asks: 'none' },
  {
    preset: 'planted',
    study: 'quickstart-planted',
    share: 0.5,
    holds: (promoted, studies) => promoted >= 0.8 * studies,
    asks: 'at least 4 of 5',
  },
];

/**
 * Trains whole studies of the quickstart's size on markets with fresh seeds, through the command line: generate, run, validate, promote the
 * search's best. Prints a line for each study.
 * @returns whether every case held.
 */
export async function trainedStudies({ studies, seed }: { readonly studies: number; readonly seed: number }): Promise<boolean> {
  let held = true;
  for (const { preset, study, share, holds, asks } of cases) {
    const wanted = Math.ceil(share * studies);
    console.log(`\nTraining: ${wanted} studies on markets of the preset ${preset}, ${asks} promoted (seeds from ${1000 * seed})`);
    let promoted = 0;
    for (let i = 0; i < wanted; i++) {
      const marketSeed = 1000 * seed + i;
      const { passed, refusals } = await promotesOne(preset, study, marketSeed);
      if (passed) promoted++;
      console.log(`${study}  market seed ${marketSeed}  ${passed ? 'promoted' : `refused by ${refusals.join(', ')}`}`);
    }
    const ok = holds(promoted, wanted);
    held &&= ok;
    console.log(`${promoted} of ${wanted} promoted${ok ? '' : `: NOT ${asks}`}`);
  }
  return held;
}

interface Told {
  readonly passed: boolean;
  readonly refusals: readonly string[];
}

async function promotesOne(preset: string, study: string, marketSeed: number): Promise<Told> {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-proof-'));
  const { DATABASE_URL: _, ...env } = process.env;
  const run = (...args: readonly string[]) =>
    execute(process.execPath, [assay, ...args], { cwd: root, env: { ...env, ASSAY_DATA_DIR: dataDir, NO_COLOR: '1' }, maxBuffer: 1 << 28 });
  try {
    await run('data', 'generate', preset, '--name', study, '--seed', String(marketSeed), '--sessions', '212');
    await run('run', `studies/${study}.ts`);
    await run('validate', study, '--top', '1');
    const best = JSON.parse((await run('best', study, '--json')).stdout) as { readonly trials: readonly { readonly address: string }[] };
    const answer = await run('promote', best.trials[0]!.address, '--to', 'proof@champion', '--json').catch(answerOfRefusal);
    const { verdicts } = JSON.parse(answer.stdout) as {
      readonly verdicts: readonly { readonly gate: string; readonly severity: string; readonly passed: boolean }[];
    };
    const refusals = verdicts.filter(({ passed, severity }) => !passed && severity === 'refuse').map(({ gate }) => gate);
    return { passed: refusals.length === 0, refusals };
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
