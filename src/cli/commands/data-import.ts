import { type Command, Option } from 'commander';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { CsvImport, ImportSource } from '../../market/store/import-csv.ts';
import type { Manifest } from '../../market/store/manifest.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber } from '../options.ts';
import { say } from '../output/print.ts';
import { printWritten } from './data-output.ts';

interface ImportFlags {
  readonly name: string;
  readonly symbols?: string;
  readonly layout?: string;
  readonly columns?: string;
  readonly column: Readonly<Record<string, string>>;
  readonly symbolColumn?: string;
  readonly only?: string;
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
  readonly maxBytes?: number;
  readonly replace?: boolean;
}

const description =
  'bars from text files (csv, txt, json; gzip and zip): one file a symbol, or parts of one symbol, or a file with several. Options for one file stand behind its name: msft.csv@zone=UTC,stamp=end';

export function registerImport(data: Command, io: Io): void {
  data
    .command('import <file...>')
    .description(description)
    .requiredOption('--name <name>', 'of the data set')
    .option('--symbols <a,b>', 'one for each file, or one for all (default: what the file says, or its name up to the first underscore)')
    .option('--layout <name>', 'whose files these are: see `assay data layouts`')
    .option('--columns <list>', 'columns by position, - for one that is left out: datetime,open,high,low,close,volume')
    .option('--column <name=header>', 'which header holds a column, where no alias fits (repeatable)', collectColumn, {})
    .option('--symbol-column <header>', 'the column that names the symbol of each row')
    .option('--only <a,b=B>', 'which symbols of the files are read, and (behind =) their names in the data set')
    .option('--calendar <id>', 'trading hours: us-equities, globex-equity, crypto, forex', 'us-equities')
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
    .option('--max-bytes <n>', 'of one file, unpacked (default: 64 GB)', positiveWholeNumber)
    .option('--replace', 'take the place of a data set of this name')
    .action(async (files: string[], flags: ImportFlags, command: Command) => {
      const options = optionsOf(command);
      const { importCsv } = await import('../../market/store/import-csv.ts');
      const { sentencesOf } = await import('../../market/formats/describe.ts');
      const written = await importCsv(await requestOf(files, flags, dataDirOf(options.dataDir)));
      printWritten(io, options, written);
      const { origin } = written.manifest;
      if (origin.kind !== 'csv') return;
      for (const sentence of sentencesOf(origin.sources)) say(io, options, sentence);
      for (const line of leftOut(written.manifest)) say(io, options, line);
    });
}

async function requestOf(files: readonly string[], flags: ImportFlags, dataDir: string): Promise<CsvImport> {
  const { layoutOf } = await import('../../market/formats/layouts/index.ts');
  const { parseBarLength } = await import('../../market/formats/bar-length.ts');
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
    dataDir,
    name: flags.name,
    sources,
    layout: flags.layout === undefined ? undefined : layoutOf(flags.layout),
    fields: flags.columns === undefined ? undefined : parseFieldRoles(flags.columns),
    columns: flags.column,
    symbolColumn: flags.symbolColumn,
    only: flags.only === undefined ? undefined : parseChoice(flags.only),
    calendar: calendarIdOf(flags.calendar),
    zone: flags.zone,
    stamp: flags.stamp,
    order: flags.order,
    dates: flags.dates,
    decimal: flags.decimal,
    volume: flags.volume,
    barMs: flags.bar === undefined ? undefined : parseBarLength(flags.bar),
    gaps: flags.gaps,
    outside: flags.outside,
    jumps: flags.jumps,
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

/** What of each symbol is not in the data set. */
function leftOut({ origin, quality }: Manifest): readonly string[] {
  if (origin.kind !== 'csv') return [];
  return (origin.leftOut ?? []).flatMap(({ symbol, outside, afterClose, repeated }) => {
    const inSession = quality.find((report) => report.symbol === symbol)?.rows ?? 0;
    const alone = origin.dropped.find((one) => one.symbol === symbol);
    const all = inSession + outside + afterClose;
    return [
      ...(outside === 0 ? [] : [`${symbol}: ${outside} of ${all} bars left out: they lie outside the session`]),
      ...(afterClose === 0
        ? []
        : [`${symbol}: ${afterClose} of ${all} bars left out: they start at a close, and the file goes on after it`]),
      ...(repeated === 0 ? [] : [`${symbol}: ${repeated} bars are in two files, and equal`]),
      ...(alone === undefined || alone.bars === 0
        ? []
        : [
            `${symbol}: ${alone.bars} of ${inSession} bars left out: another symbol has none at their time (the first: ${alone.firstTimes[0]})`,
          ]),
    ];
  });
}

function collectColumn(text: string, previous: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new AssayError('usage', `--column ${text} names no header`, { hint: 'write for example --column close=Last' });
  return { ...previous, [text.slice(0, equals)]: text.slice(equals + 1) };
}
