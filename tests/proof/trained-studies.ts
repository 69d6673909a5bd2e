import { refusalsOf, type Verdict, withProduct } from './product.ts';

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

function promotesOne(preset: string, study: string, marketSeed: number): Promise<Told> {
  return withProduct(async ({ run, answer }) => {
    await run('data', 'generate', preset, '--name', study, '--seed', String(marketSeed), '--sessions', '212');
    await run('run', `studies/${study}.ts`);
    await run('validate', study, '--top', '1', '--by', 'value');
    const { trials } = await answer<{ readonly trials: readonly { readonly address: string }[] }>('best', study);
    const { passed, verdicts } = await answer<{ readonly passed: boolean; readonly verdicts: readonly Verdict[] }>(
      'promote',
      trials[0]!.address,
      '--to',
      'proof@champion',
    );
    return { passed, refusals: refusalsOf(verdicts) };
  });
}
