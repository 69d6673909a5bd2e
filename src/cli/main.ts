import { readFileSync } from 'node:fs';
import { Command, CommanderError, Help, Option } from 'commander';
import { AssayError, exitCodeOf, messageOf } from '../core/errors.ts';
import { packageVersion } from '../core/version.ts';
import * as ablate from './commands/ablate.ts';
import * as askTell from './commands/ask-tell.ts';
import * as best from './commands/best.ts';
import * as compare from './commands/compare.ts';
import * as completion from './commands/completion.ts';
import * as config from './commands/config.ts';
import * as data from './commands/data.ts';
import * as db from './commands/db.ts';
import * as doctor from './commands/doctor.ts';
import * as exportStudy from './commands/export.ts';
import * as freeze from './commands/freeze.ts';
import * as gate from './commands/gate.ts';
import * as gc from './commands/gc.ts';
import * as importSpace from './commands/import.ts';
import * as importance from './commands/importance.ts';
import * as init from './commands/init.ts';
import * as live from './commands/live.ts';
import * as model from './commands/model.ts';
import * as plan from './commands/plan.ts';
import * as plot from './commands/plot.ts';
import * as promote from './commands/promote.ts';
import * as quickstart from './commands/quickstart.ts';
import * as report from './commands/report.ts';
import * as run from './commands/run.ts';
import * as serve from './commands/serve.ts';
import * as smoke from './commands/smoke.ts';
import * as study from './commands/study.ts';
import * as tensorflow from './commands/tensorflow.ts';
import * as trial from './commands/trial.ts';
import * as validate from './commands/validate.ts';
import * as vault from './commands/vault.ts';
import * as work from './commands/work.ts';
import { type Io, maskedIo, processIo } from './io.ts';
import type { GlobalOptions } from './options.ts';
import { documentOf, knownError, reportError, usageErrorOf, usageHint, watchedOut } from './report-error.ts';

/**
 * What a person may want to do, in the order of `assay --help`. A command's heavy imports happen inside its action, so that `--help` stays quick.
 */
const groups = {
  'Begin:': [quickstart, init, importSpace, config, smoke, plan],
  'Search:': [run, work, study, trial, askTell],
  'Understand a search:': [best, compare, importance, plot, report, exportStudy],
  'Judge and promote:': [validate, vault, ablate, gate, promote, freeze, model],
  'Markets:': [data, live],
  'Run the platform:': [serve, db, gc, tensorflow, doctor, completion],
};

const examples = `
Examples:
  assay quickstart                        the whole story, in minutes
  assay smoke studies/mine.ts             is the study sound, and how long does a trial take?
  assay run studies/mine.ts               search until the budget is used up
  assay study watch mine                  how far it is, live
  assay best mine --robust                what can be expected to bring it again
  assay validate mine --top 5             on folds that the search never saw
  assay gate 'mine#12'                    what speaks against it
  assay promote 'mine#12' --to nvda@champion   make it a model version, if every gate passes
  assay serve                             the dashboard
`;

/** Parse and run one command line; resolves to the exit code and never throws. `given` is what tests read and write by; else the process. */
export async function main(argv: readonly string[], given?: Io): Promise<number> {
  const { io, hasWritten } = watchedOut(maskedIo(given ?? processIo()));
  const fail = (error: unknown): number => {
    if (!(error instanceof CommanderError)) reportError(io, error);
    const known = error instanceof CommanderError ? usageErrorOf(error) : error;
    if (argv.includes('--json') && !hasWritten()) io.out.write(`${JSON.stringify(documentOf(known))}\n`);
    return exitCodeOf(known);
  };
  if (given === undefined) endOnStrayErrors(fail);
  try {
    const program = buildProgram(io);
    program.hook('preAction', async (_, command) => {
      const { log, databaseUrl, databaseUrlFile } = command.optsWithGlobals<GlobalOptions & { readonly databaseUrlFile?: string }>();
      if (log === 'json') {
        const { createEventLog } = await import('./output/event-log.ts');
        io.log = createEventLog(io.err.write);
      }
      if (databaseUrlFile !== undefined) program.setOptionValue('databaseUrl', urlIn(databaseUrlFile, databaseUrl));
    });
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : fail(error);
    return fail(await knownError(error));
  }
}

/** @internal */
export function buildProgram(io: Io): Command {
  const program = new Command('assay')
    .description('Hyperparameter optimization and experiment tracking for trading agents.')
    .version(packageVersion)
    .option('--json', 'print one JSON document')
    .option('--jsonl', 'print one JSON value a line')
    .option('--csv', 'print comma-separated values with all digits, for spreadsheets')
    .option('--quiet', 'say nothing but the data')
    .addOption(new Option('--log <format>', 'how to talk on stderr').choices(['text', 'json']).env('ASSAY_LOG').default('text'))
    .option(
      '--database-url <url>',
      'PostgreSQL to use (else DATABASE_URL, else the embedded server); other users of the machine see it while the command runs',
    )
    .option('--database-url-file <file>', 'the same, read from a file, which keeps a password out of the list of processes')
    .option(
      '--data-dir <folder>',
      'where data sets, artifacts and the embedded server live (else ASSAY_DATA_DIR, else data/ of the checkout or project)',
    )
    .configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => io.err.write(text),
      outputError: (text, write) => write(text.replace(/\n?$/, `\nhint: ${usageHint}\n`)),
    })
    .configureHelp({ optionDescription: describedOption })
    .addHelpCommand(
      new Command('help').argument('[command]').description('the same for one command').helpOption(false).helpGroup('Run the platform:'),
    )
    .addHelpText('after', examples)
    .showSuggestionAfterError()
    .exitOverride();
  for (const [heading, commands] of Object.entries(groups)) {
    program.commandsGroup(heading);
    for (const { register } of commands) register(program, io);
  }
  return program;
}

/** As commander writes it, without a default that is an empty list or map: nothing was given yet. */
function describedOption(option: Option): string {
  const isEmpty = typeof option.defaultValue === 'object' && option.defaultValue !== null && Object.keys(option.defaultValue).length === 0;
  return new Help().optionDescription(isEmpty ? Object.assign(Object.create(option), { defaultValue: undefined }) : option);
}

/** Errors without a handler, from a callback or a promise, end the process like those of a command. */
function endOnStrayErrors(fail: (error: unknown) => number): void {
  const end = (error: unknown): void => {
    const leave = (known: unknown): void => process.exit(fail(known));
    knownError(error).then(leave, () => leave(error));
  };
  process.on('uncaughtException', end).on('unhandledRejection', end);
}

/** @throws AssayError `usage` where a URL is given as well, `config_invalid` for a file that cannot be read or is empty. */
function urlIn(file: string, given: string | undefined): string {
  if (given !== undefined)
    throw new AssayError('usage', '--database-url and --database-url-file are given', { hint: 'give one of the two' });
  try {
    const url = readFileSync(file, 'utf8').trim();
    if (url !== '') return url;
  } catch (cause) {
    throw new AssayError('config_invalid', `the file of --database-url-file cannot be read: ${messageOf(cause)}`, {
      place: file,
      hint: 'write the URL into it, readable by you alone (chmod 600)',
      cause,
    });
  }
  throw new AssayError('config_invalid', 'the file of --database-url-file is empty', {
    place: file,
    hint: 'write postgresql://user:password@host:5432/database into it',
  });
}
