import { Command, CommanderError, Option } from 'commander';
import { AssayError, exitCodeOf, messageOf } from '../core/errors.ts';
import { packageVersion } from '../core/version.ts';
import * as askTell from './commands/ask-tell.ts';
import * as best from './commands/best.ts';
import * as compare from './commands/compare.ts';
import * as data from './commands/data.ts';
import * as db from './commands/db.ts';
import * as doctor from './commands/doctor.ts';
import * as gate from './commands/gate.ts';
import * as gc from './commands/gc.ts';
import * as importance from './commands/importance.ts';
import * as model from './commands/model.ts';
import * as promote from './commands/promote.ts';
import * as quickstart from './commands/quickstart.ts';
import * as run from './commands/run.ts';
import * as serve from './commands/serve.ts';
import * as study from './commands/study.ts';
import * as tensorflow from './commands/tensorflow.ts';
import * as trial from './commands/trial.ts';
import * as validate from './commands/validate.ts';
import * as work from './commands/work.ts';
import { type Io, processIo } from './io.ts';
import type { GlobalOptions } from './options.ts';

/** In the order of `assay --help`. A command's heavy imports happen inside its action, so that `--help` stays quick. */
const commands = [
  quickstart,
  run,
  work,
  study,
  trial,
  best,
  compare,
  importance,
  askTell,
  validate,
  gate,
  promote,
  model,
  data,
  serve,
  db,
  gc,
  tensorflow,
  doctor,
];

/** Parse and run one command line; resolves to the exit code and never throws. */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  try {
    const program = buildProgram(io);
    program.hook('preAction', async (_, command) => {
      if (command.optsWithGlobals<GlobalOptions>().log !== 'json') return;
      const { createEventLog } = await import('./output/event-log.ts');
      io.log = createEventLog(io.err.write);
    });
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const known = await knownError(error);
    reportError(io, known);
    return exitCodeOf(known);
  }
}

function buildProgram(io: Io): Command {
  const program = new Command('assay')
    .description('Hyperparameter optimization and experiment tracking for trading agents.')
    .version(packageVersion)
    .option('--json', 'print one JSON document')
    .option('--jsonl', 'print one JSON value a line')
    .option('--csv', 'print comma-separated values with all digits, for spreadsheets')
    .option('--quiet', 'say nothing but the data')
    .addOption(new Option('--log <format>', 'how to talk on stderr').choices(['text', 'json']).env('ASSAY_LOG').default('text'))
    .option('--database-url <url>', 'PostgreSQL to use (else DATABASE_URL, else the embedded server)')
    .option(
      '--data-dir <folder>',
      'where data sets, artifacts and the embedded server live (else ASSAY_DATA_DIR, else data/ of the checkout)',
    )
    .configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => io.err.write(text),
      outputError: (text, write) => write(text.replace(/\n?$/, '\nhint: see `assay --help` or `assay <command> --help`\n')),
    })
    .showSuggestionAfterError()
    .exitOverride();
  for (const { register } of commands) register(program, io);
  return program;
}

/** What the database refused is said in our own words, as the API does. Loaded only then: the driver is slow to load. */
async function knownError(error: unknown): Promise<unknown> {
  if (error instanceof AssayError) return error;
  const { databaseFault } = await import('../storage/database-fault.ts');
  return databaseFault(error) ?? error;
}

function reportError(io: Io, error: unknown): void {
  if (io.log !== undefined) {
    io.log.fault(error);
    return;
  }
  if (!(error instanceof AssayError)) {
    io.err.write(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return;
  }
  io.err.write(`error: ${error.place === undefined ? '' : `${error.place}: `}${error.message}\n`);
  if (error.cause !== undefined) io.err.write(`cause: ${messageOf(error.cause)}\n`);
  if (error.hint !== undefined) io.err.write(`hint: ${error.hint}\n`);
}
