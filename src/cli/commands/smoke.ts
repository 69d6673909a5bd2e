import type { Command } from 'commander';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { SmokeCheck } from '../../search/study/smoke.ts';
import { finiteAll, nonFiniteFlag } from '../../storage/readers/finite.ts';
import { type ConfigFlags, withConfigOptions } from '../config-options.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, wholeNumber } from '../options.ts';
import { formatParams } from '../output/format.ts';
import { printAnswer } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { paramValue } from '../param-values.ts';

interface Flags extends ConfigFlags {
  readonly steps: number;
  readonly seconds: number;
  readonly seed: number;
  readonly param: FlatParams;
}

export function register(program: Command, io: Io): void {
  withConfigOptions(
    program
      .command('smoke <file>')
      .description('try a study out for a few seconds, without a database: what is finite, what moves, and how long a trial takes'),
  )
    .option('--steps <n>', 'environment steps of a trading study', positiveWholeNumber, 5000)
    .option('--seconds <n>', 'limit of time of an objective of your own', positiveWholeNumber, 20)
    .option('-p, --param <name=value>', 'a parameter under its flat name (repeatable; default: the middle of its range)', paramValue, {})
    .option('--seed <n>', 'of the trial', wholeNumber, 0)
    .action(async (file: string, { param: params, config, set, ...flags }: Flags, command: Command) => {
      const options = optionsOf(command);
      const { smokeStudy } = await import('../../runner/smoke/smoke-study.ts');
      const { stillRunning, checks, ...about } = await smokeStudy({
        ...flags,
        file,
        params,
        dataDir: dataDirOf(options.dataDir),
        overrides: { files: config, set },
      });
      // Nothing else can end an objective that looks at neither its signal nor its reports; the timer keeps no process alive.
      if (stillRunning) setTimeout(() => process.exit(), 100).unref();
      const items = checks.map(({ facts, ...check }) => ({ ...check, facts: finiteAll(facts), ...nonFiniteFlag(facts) }));
      printAnswer(io, options, {
        document: { ...about, seed: flags.seed, checks: items },
        columns,
        rows: checks,
        items,
        footer: `${about.study} with ${formatParams(about.params)}`,
      });
      const broken = checks.filter(({ verdict }) => verdict === 'broken');
      if (broken.length > 0)
        throw new AssayError('trial_failed', `broken: ${broken.map(({ check }) => check).join(', ')}`, {
          place: about.study,
          hint: broken[0]!.advice,
        });
    });
}

const columns: readonly Column<SmokeCheck>[] = [
  { title: 'check', cell: ({ check }) => check },
  { title: 'verdict', cell: ({ verdict }) => verdict },
  { title: 'found', cell: ({ found }) => found, wrap: true },
  { title: 'what to do', cell: ({ advice }) => advice, wrap: true },
];
