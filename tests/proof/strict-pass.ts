import { fileURLToPath } from 'node:url';
import { writeTurningMarket } from '../fixtures/turning-market.ts';
import { type Verdict, withProduct } from './product.ts';

const study = fileURLToPath(new URL('../fixtures/studies/turning.ts', import.meta.url));

/** 60 sessions to search, four tests of 20, and a vault of 12. */
const sessions = 152;

/**
 * The whole way of a study to `strict`, through the command line: a market whose edge no linear rule has, a search of 12 trials, a validation,
 * the look at the vault, the promotion, and the verdicts computed again from the ledger. Prints every verdict.
 * @returns whether `strict` promoted it, and the ledger is intact.
 */
export function strictPass({ seed }: { readonly seed: number }): Promise<boolean> {
  console.log(
    `\nStrict: one study of the market of seed ${seed}, searched, judged, shown the vault and promoted under the gate policy strict`,
  );
  return withProduct(async ({ dataDir, run, answer }) => {
    writeTurningMarket(dataDir, 'turning', seed, sessions);
    await run('run', study);
    const { trials } = await answer<{ readonly trials: readonly { readonly address: string }[] }>('best', 'turning');
    const best = trials[0]!.address;
    await run('validate', best, '--seeds', '3');
    await answer('vault', 'open', best, '--reason', 'every other gate passed');
    const { passed, verdicts } = await answer<{ readonly passed: boolean; readonly verdicts: readonly Verdict[] }>(
      'promote',
      best,
      '--to',
      'turning@champion',
    );
    for (const { gate, severity, passed: holds, because } of verdicts)
      console.log(`${holds ? 'pass' : severity === 'refuse' ? 'FAIL' : 'warn'}  ${gate.padEnd(16)}  ${because}`);
    const { intact, recomputed } = await answer<{ readonly intact: boolean; readonly recomputed: number }>(
      'model',
      'verify',
      '--recompute',
    );
    console.log(
      `${best}: ${passed ? 'promoted' : 'refused'}; the ledger is ${intact ? '' : 'NOT '}intact, ${recomputed} verdicts computed again`,
    );
    return passed && intact;
  });
}
