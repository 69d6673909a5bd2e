import { type Command, Option } from 'commander';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { CsvImport, ImportSource } from '../../market/store/import-csv.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber } from '../options.ts';
import { printWritten } from '../output/dataset.ts';
import { say } from '../output/print.ts';
import { addDbnOptions, areDbnFiles, importDbnFiles, refuseDbnOptions } from './data-dbn.ts';

interface ImportFlags {
  readonly name: string;
  readonly symbols?: string;
  readonly layout?: string;
  readonly columns?: string;
  readonly column: Readonly<Record<string, string>>;
  readonly symbolColumn?: string;
  readonly only?: string;
  readonly extra?: string;
  readonly calendar: string;
  readonly zone?: string;
  readonly stamp?: 'start' | 'end';
  readonly order?: 'ascending' | 'descending';
  readonly dates?: 'dmy' | 'mdy';
  readonly decimal?: 'point' | 'comma';
  readonly volume?: 'none';
  readonly bar?: string;
  readonly gaps: 'refuse' | 'allow';
  readonly outside: 'refuse' | 'drop';
  readonly jumps: 'refuse' | 'allow';
  readonly missing: 'refuse' | 'allow';
  readonly lag: 'refuse' | 'allow';
  readonly auction: 'print' | 'bar';
  readonly roll?: string;
  readonly align?: string;
  readonly maxBytes?: number;
  readonly replace?: boolean;
}

const description =
  'bars from files of text (csv, txt, json; gzip, zip and zstd), Parquet and Databento (.dbn, .dbn.zst): one file a symbol, or parts of one symbol, or a file with several. Options for one file stand behind its name: msft.csv@zone=UTC,stamp=end';

export function registerImport(data: Command, io: Io): void {
  const importing = data
    .command('import <file...>')
    .description(description)
    .requiredOption('--name <name>', 'of the data set')
    .option('--symbols <a,b>', 'one for each file, or one for all (default: what the file says, or its name up to the first underscore)')
    .option('--layout <name>', 'whose files these are: see `assay data layouts`')
    .option('--columns <list>', 'columns by position, - for one that is left out: datetime,open,high,low,close,volume')
    .option('--column <name=header>', 'which header holds a column, where no alias fits (repeatable)', collectColumn, {})
    .option('--symbol-column <header>', 'the column that names the symbol of each row')
    .option('--extra <a,b=header>', 'columns that are kept beside the five, under these names: order flow, features of your own')
    .option('--only <a,b=B>', 'which symbols of the files are read, and (behind =) their names in the data set')
    .option('--calendar <id>', 'trading hours: us-equities, globex-equity, globex-fx, eurex, crypto, forex, from-data', 'us-equities')
    .option('--zone <zone>', 'IANA time zone of stamps without an offset')
    .addOption(new Option('--stamp <start|end>', 'whether a bar is stamped at its start or its end').choices(['start', 'end']))
    .addOption(new Option('--order <ascending|descending>', 'of the rows (default: as they are)').choices(['ascending', 'descending']))
    .addOption(new Option('--dates <dmy|mdy>', 'whether 02/03/2024 has the day or the month first').choices(['dmy', 'mdy']))
    .addOption(new Option('--decimal <point|comma>', 'of prices and volumes').choices(['point', 'comma']))
    .addOption(new Option('--volume <none>', 'the files have no volume').choices(['none']))
    .option('--bar <length>', 'of the bars: 10s, 1m, 5m, 1h, 1d (default: as the times show)')
    .addOption(oneOf('--gaps <refuse|allow>', 'what to do about missing bars inside a session', ['refuse', 'allow']))
    .addOption(oneOf('--outside <refuse|drop>', 'what to do about bars outside the session', ['refuse', 'drop']))
    .addOption(
      oneOf('--jumps <refuse|allow>', 'what to do about prices ten times their neighbour, huge ones, volume 0 throughout', [
        'refuse',
        'allow',
      ]),
    )
    .addOption(oneOf('--missing <refuse|allow>', 'what to do about sessions that one symbol lacks', ['refuse', 'allow']))
    .addOption(oneOf('--lag <refuse|allow>', 'what to do about symbols whose returns correlate more one bar apart', ['refuse', 'allow']))
    .addOption(oneOf('--auction <print|bar>', 'whether a bar at the close counts as its open alone, or as it is', ['print', 'bar']))
    .option('--roll <rule>', 'join contracts (NQZ3, NQH4) to one symbol: calendar:4, volume, or dates: 2023-12-11=NQH4')
    .option(
      '--align <common|asof:n>',
      'rows are the times that all symbols have (default), or that any has: the others repeat their last bar, at most n bars old',
    )
    .option('--max-bytes <n>', 'of one file, unpacked (default: 64 GB)', positiveWholeNumber)
    .option('--replace', 'take the place of a data set of this name')
    .action(async (files: string[], flags: ImportFlags, command: Command) => {
      if (await areDbnFiles(files)) {
        await importDbnFiles(io, files, command);
        return;
      }
      refuseDbnOptions(command);
      const options = optionsOf(command);
      const { importCsv } = await import('../../market/store/import-csv.ts');
      const { sentencesOf } = await import('../../market/formats/describe.ts');
      const written = await importCsv(await requestOf(files, flags, command));
      printWritten(io, options, written);
      for (const sentence of sentencesOf(written.manifest.origin)) say(io, options, sentence);
    });
  addDbnOptions(importing);
}

async function requestOf(files: readonly string[], flags: ImportFlags, command: Command): Promise<CsvImport> {
  const { layoutOf } = await import('../../market/formats/layouts/index.ts');
  const { parseAlignment } = await import('../../market/align-as-of.ts');
  const { parseBarLength } = await import('../../market/bar-length.ts');
  const { parseRollRule } = await import('../../market/rolls.ts');
  const { parseExtra } = await import('../../market/formats/extra-fields.ts');
  const { parseFieldRoles } = await import('../../market/formats/header.ts');
  const { calendarIdOf } = await import('../../market/calendars/index.ts');
  const { parseChoice, parseFileArgument } = await import('../../market/formats/file-argument.ts');
  const symbols = flags.symbols?.split(',') ?? [];
  if (symbols.length > 1 && symbols.length !== files.length)
    throw new AssayError('usage', `${files.length} files, but ${symbols.length} symbols`, {
      hint: 'name one symbol for each file, in their order, or one for all',
    });
  const sources: ImportSource[] = files.map((text, index) => ({
    symbol: symbols.length === 1 ? symbols[0] : symbols[index],
    ...defined(parseFileArgument(text)),
  }));
  return {
    dataDir: dataDirOf(optionsOf(command).dataDir),
    name: flags.name,
    sources,
    format: {
      layout: flags.layout === undefined ? undefined : layoutOf(flags.layout),
      fields: flags.columns === undefined ? undefined : parseFieldRoles(flags.columns),
      columns: flags.column,
      symbolColumn: flags.symbolColumn,
      zone: flags.zone,
      stamp: flags.stamp,
      order: flags.order,
      dates: flags.dates,
      decimal: flags.decimal,
      volume: flags.volume,
      extra: flags.extra === undefined ? undefined : parseExtra(flags.extra),
    },
    only: flags.only === undefined ? undefined : parseChoice(flags.only),
    // An exported data set says its own.
    calendar: command.getOptionValueSource('calendar') === 'cli' ? calendarIdOf(flags.calendar) : undefined,
    barMs: flags.bar === undefined ? undefined : parseBarLength(flags.bar),
    rules: {
      gaps: flags.gaps,
      outside: flags.outside,
      jumps: flags.jumps,
      missing: flags.missing,
      lag: flags.lag,
      auction: flags.auction,
    },
    align: flags.align === undefined ? undefined : parseAlignment(flags.align),
    roll: flags.roll === undefined ? undefined : parseRollRule(flags.roll),
    maxBytes: flags.maxBytes,
    replace: flags.replace,
  };
}

/** The members of an object that are not undefined. */
function defined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Value;
}

/** A flag that takes one of a few words, the first of them by default. */
function oneOf(flags: string, description: string, words: readonly [string, ...string[]]): Option {
  return new Option(flags, description).choices(words).default(words[0]);
}

function collectColumn(text: string, previous: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new AssayError('usage', `--column ${text} names no header`, { hint: 'write for example --column close=Last' });
  return { ...previous, [text.slice(0, equals)]: text.slice(equals + 1) };
}
