import { join } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { parseTrialAddress } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { packageRoot } from '../../core/package-root.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf, withDatabase } from '../options.ts';
import { foldColumns, foldLines } from '../output/fold-table.ts';
import { formatDuration } from '../output/format.ts';
import { explainGates, gateColumns } from '../output/gate-table.ts';
import { sayCard } from '../output/kept-card.ts';
import { sayPower } from '../output/plan-lines.ts';
import { say } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { trialColumns } from '../output/trial-columns.ts';
import { sayWitnessed } from '../output/witnessed.ts';
import { runWithProgress } from './run.ts';
import { validateWithProgress } from './validate.ts';

/** A market, the study that searches on it, and how the story should end. */
interface Chapter {
  readonly title: string;
  readonly preset: string;
  /** Of the study file, the study and the data set. */
  readonly name: string;
  readonly seed: number;
  readonly trials: number;
  readonly validated: number;
  readonly expected: 'promoted' | 'refused';
}

const sessions = 212;
const seeds = 3;
const chapters: readonly Chapter[] = [
  {
    title: 'A market with a planted edge',
    preset: 'planted',
    name: 'quickstart-planted',
    seed: 1,
    trials: 24,
    validated: 3,
    expected: 'promoted',
  },
  {
    title: 'The same market without any edge',
    preset: 'no-edge',
    name: 'quickstart-no-edge',
    seed: 1,
    trials: 12,
    validated: 1,
    expected: 'refused',
  },
];

export function register(program: Command, io: Io): void {
  program
    .command('quickstart')
    .description('the whole story on generated market data: search, walk-forward, gates, promotion; minutes on two cores')
    .action(async (_flags, command: Command) => {
      const options = optionsOf(command);
      const startedAtMs = performance.now();
      const told: Told[] = [];
      for (const chapter of chapters) told.push(await tell(io, options, chapter));
      io.out.write(`\n${heading('What happened')}${told.map(({ ending }) => `  ${ending}\n`).join('')}`);
      io.out.write(
        `  ${formatDuration(performance.now() - startedAtMs)} in all\n\n${heading('Look further')}${furtherCommands(told[0]!.address)}`,
      );
    });
}

const heading = (text: string) => `${pc.bold(text)}\n`;

interface Told {
  readonly ending: string;
  /** The best trial of the search, which the gates judged. */
  readonly address: string;
}

async function tell(io: Io, options: GlobalOptions, chapter: Chapter): Promise<Told> {
  const { name } = chapter;
  const dataDir = dataDirOf(options.dataDir);
  io.out.write(`\n${heading(`${chapter.title} (${name})`)}`);

  const { generateDataset } = await import('../../market/store/generate-dataset.ts');
  const { manifest } = generateDataset(chapter.preset, { dataDir, name, seed: chapter.seed, sessions });
  say(io, options, `data set ${name}: ${manifest.rows} minute bars of ${manifest.symbols.join(' and ')}, ${manifest.hash.slice(0, 12)}`);

  const file = join(packageRoot, `studies/${name}.ts`);
  const { planStudy } = await import('../../runner/plan/plan-study.ts');
  const plan = await planStudy({ file, dataDir, models: chapter.validated, seeds, timed: false, params: {} });
  say(io, options, `before anything runs: ${sayPower(plan)}`);
  const { summary, best } = await runWithProgress(io, options, file, { trials: chapter.trials });
  if (summary.end !== 'finished') {
    throw new AssayError('trial_failed', `stopped by ${summary.by ?? 'request'}`, {
      hint: 'run the quickstart again: it goes on where it stopped',
    });
  }
  io.out.write(
    `\nThe best trials of the search, by daily net Sharpe ratio on its own validation part\n${formatTable(trialColumns(best), best, io.out.width())}\n`,
  );

  const { items } = await validateWithProgress(io, options, name, { top: chapter.validated, seeds, by: 'value' });
  io.out.write(
    `\nWalk-forward: ${seeds} fresh trainings each, on sessions that the search never saw, costs on\n${formatTable(foldColumns, foldLines(items, false), io.out.width())}`,
  );

  // The search's own best and no other: trying the next one when the gates refuse would be one more search.
  const { address } = best[0]!;
  const outcome = (await promoted(io, options, address)) ? 'promoted' : 'refused';
  return { ending: ending(chapter, outcome, address), address };
}

const alias = 'champion';
const modelName = 'quickstart';

async function promoted(io: Io, options: GlobalOptions, address: string): Promise<boolean> {
  const { promoteTrial } = await import('../../registry/trial-gates.ts');
  const { gateResults, policies, decision, card } = await withDatabase(options, ({ db }) =>
    promoteTrial(db, dataDirOf(options.dataDir), { trial: parseTrialAddress(address), model: modelName, alias, reason: 'quickstart' }),
  );
  const { passed, version, promotion, witnessed } = decision;
  sayWitnessed(io, witnessed);
  const kept = card === null ? '' : `\n${sayCard(card)}`;
  const outcome = passed ? pc.green(`promoted: ${modelName}@${version} is ${modelName}@${alias}`) : pc.red('refused');
  io.out.write(
    `\nThe gates, for ${address}\n${formatTable(gateColumns, gateResults, io.out.width())}${explainGates(gateResults, policies)}\n${outcome} (ledger record ${promotion.sequence})${kept}\n`,
  );
  return passed;
}

function ending({ title, expected }: Chapter, outcome: Chapter['expected'], what: string): string {
  const said = outcome === 'promoted' ? `${what} earned its promotion` : 'no model passed the gates';
  const surprise = outcome === expected ? '' : pc.yellow(' (unexpected; the gates decide on the evidence alone)');
  return `${title}: ${said}${surprise}`;
}

const furtherCommands = (address: string): string => `  npx assay study ls
  npx assay trial ls quickstart-planted --sort -value
  npx assay trial show '${address}'
  npx assay compare quickstart-planted quickstart-no-edge
  npx assay model history ${modelName}
  npx assay plot quickstart-planted history --out -
  npx assay serve      and then open http://127.0.0.1:4000/studies/quickstart-planted/validation
`;
