/**
 * What the gate policies promote, on studies whose true edge is known: `npm run proof [-- --studies 2000] [--searches 200] [--seed 1]`, and with
 * `--full` whole trained studies on generated markets, which take hours. `--strict` does nothing else than train one study, which is to earn the
 * gate policy `strict` with its vault: minutes.
 */
import { parseArgs } from 'node:util';
import { loadGatePolicy } from '../../src/trading/config/load.ts';
import type { Gate } from '../../src/validation/gates/gate.ts';
import { gatesOf } from '../../src/validation/gates/policy.ts';
import { mean } from '../../src/validation/moments.ts';
import { type PolicyRates, policyRates, studiesOf, vaultDays } from './policy-rates.ts';
import { type SearchedStudy, searchedStudy } from './searched-study.ts';
import { usualShape } from './simulated-study.ts';
import { strictPass } from './strict-pass.ts';
import { tailOf } from './tail.ts';
import { trainedStudies } from './trained-studies.ts';

const { values: flags } = parseArgs({
  options: {
    studies: { type: 'string', default: '2000' },
    searches: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    full: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    trained: { type: 'string', default: '40' },
  },
});
const count = (name: 'studies' | 'searches' | 'trained'): number => {
  const value = Number(flags[name]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`error: --${name} takes a whole number from 1, not ${flags[name]}`);
  process.exit(2);
};
const [studies, searches, trained] = [count('studies'), count('searches'), count('trained')];

const policies: Readonly<Record<string, readonly Gate[]>> = {
  default: gatesOf(loadGatePolicy('default')),
  strict: gatesOf(loadGatePolicy('strict')),
};
/** Largest shares of studies without any edge that may promote. */
const allowed: Readonly<Record<string, number>> = { default: 0.01, strict: 0.002 };
/** The gates of a study that passes the evidence rule take tenths of a second, so they are asked of fewer studies with an edge. */
const fewer = 10;

let failed = false;
const share = (value: number): string => value.toFixed(3).replace(/^0/, '').padStart(10);
const heading = ['evidence', ...Object.keys(policies)].map((name) => name.padStart(10)).join('');
const cells = ({ evidence, promoted }: PolicyRates): string => [evidence, ...Object.values(promoted)].map(share).join('');

/** The goal is a share of so large a sample; a smaller one passes it by chance, too. */
const sampleOfGoal = 2000;

const isAbove = (share: number, judged: number, most: number): boolean =>
  judged >= sampleOfGoal ? share > most : tailOf(share * judged, judged, most) < 0.01;

/** What refused models that passed the evidence rule most often, and whether more worthless studies promote than chance explains. */
function remarks(edge: number, judged: number, { promoted, refusedAfter }: PolicyRates): string {
  const often = Object.entries(refusedAfter).sort(([, x], [, y]) => y - x);
  const said = Object.keys(policies).flatMap((name) => often.find(([key]) => key.startsWith(`${name}: `)) ?? []);
  const refusals = said.length === 0 ? '' : `   then refused by ${said.filter((_, i) => i % 2 === 0).join('; ')}`;
  const broken = edge === 0 ? Object.entries(allowed).filter(([name, most]) => isAbove(promoted[name]!, judged, most)) : [];
  if (broken.length > 0) failed = true;
  return broken.length === 0 ? refusals : `${refusals}   MORE THAN ALLOWED under ${broken.map(([name]) => name).join(', ')}`;
}

const { looks, seeds, trials, innerDays } = usualShape;

/** Studies drawn from a distribution, without a search. */
function simulate(): void {
  console.log(
    `Returns: share of ${studies} simulated studies with evidence, and of those judged that promote; ${looks} models judged with ${seeds} seeds each (seed ${flags.seed})`,
  );
  console.log(`days  daily Sharpe  judged${heading}`);
  for (const days of [60, 250])
    for (const edge of [0, 0.1, 0.2, 0.3, 0.5]) {
      const judged = edge === 0 ? studies : Math.ceil(studies / fewer);
      const draw = studiesOf({ ...usualShape, days, edge }, `${flags.seed} ${days} ${edge}`);
      const rates = policyRates(policies, draw, { studies, judged });
      console.log(
        `${String(days).padStart(4)}  ${String(edge).padStart(12)}  ${String(judged).padStart(6)}${cells(rates)}${remarks(edge, judged, rates)}`,
      );
    }
}

/** Studies whose trials the product's own sampler and pruner choose. */
function search(): void {
  console.log(
    `\nSearch: ${searches} whole studies through the default sampler and pruner, ${trials} trials, 60 days judged (seed ${flags.seed})`,
  );
  console.log(`best true Sharpe${heading}   best-looking trial: inner Sharpe, true Sharpe; trials pruned`);
  for (const edge of [0, 0.3]) {
    const known: SearchedStudy[] = [];
    const draw = (study: number) => {
      const shape = { edge, trials, innerDays, days: 60 + vaultDays, judged: looks, seeds };
      known.push(searchedStudy(shape, `${flags.seed} search ${study} ${edge}`));
      return known.at(-1)!.returns;
    };
    const rates = policyRates(policies, draw, { studies: searches, judged: searches });
    const average = (of: (study: SearchedStudy) => number): string => mean(known.map(of)).toFixed(2);
    const seen = `${average(({ bestInner }) => bestInner)}, ${average(({ bestTrue }) => bestTrue)}; ${average(({ pruned }) => pruned)}`;
    console.log(`${String(edge).padStart(16)}${cells(rates)}   ${seen}${remarks(edge, searches, rates)}`);
  }
}

if (flags.strict) failed = !(await strictPass({ seed: Number(flags.seed) }));
else {
  simulate();
  search();
  if (flags.full) failed = !(await trainedStudies({ studies: trained, seed: Number(flags.seed) })) || failed;
}
process.exitCode = failed ? 1 : 0;
