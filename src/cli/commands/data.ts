import { type Command, Option } from 'commander';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { confirm } from '../confirm.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { datasetColumns, exportColumns, printDataset, printWritten } from '../output/dataset.ts';
import { printAnswer } from '../output/print.ts';
import { addDbnOptions, areDbnFiles, importDbnFiles, registerDbn } from './data-dbn.ts';
import { registerFetch } from './data-fetch.ts';

interface ImportFlags {
  readonly name: string;
  readonly symbols?: string;
  readonly zone: string;
  readonly stamp: 'start' | 'end';
  readonly order: 'ascending' | 'descending';
  readonly gaps: 'refuse' | 'allow';
  readonly outside: 'refuse' | 'drop';
  readonly jumps: 'refuse' | 'allow';
  readonly maxBytes?: number;
  readonly column: Readonly<Record<string, string>>;
  readonly replace?: boolean;
}

export function register(program: Command, io: Io): void {
  const data = program.command('data').description('market data sets: bars on disk, read-only, known by their content');

  data
    .command('ls')
    .description('the data sets')
    .action(async (_flags, command: Command) => {
      const options = optionsOf(command);
      const { listDatasets } = await import('../../market/store/read.ts');
      const items = listDatasets(dataDirOf(options.dataDir));
      const empty = 'no data sets yet: make one with `assay data generate planted --name demo --seed 1`';
      printAnswer(io, options, { document: { items }, columns: datasetColumns, rows: items, empty });
    });

  data
    .command('show <name>')
    .description('one data set: origin, content hash and quality')
    .action(async (name: string, _flags, command: Command) => {
      const options = optionsOf(command);
      const { showDataset } = await import('../../market/store/read.ts');
      printDataset(io, options, showDataset(dataDirOf(options.dataDir), name));
    });

  data
    .command('rm <name>')
    .description('remove a data set; refused while a study is bound to it')
    .option('--yes', 'do not ask')
    .option('--force', 'also where studies are bound to it: they can be neither continued nor validated then')
    .action(async (name: string, flags: { yes?: boolean; force?: boolean }, command: Command) => {
      const options = optionsOf(command);
      const dataDir = dataDirOf(options.dataDir);
      const { contentHash, removeDataset } = await import('../../market/store/remove.ts');
      const hash = contentHash(dataDir, name);
      if (flags.force !== true) await refuseBound(options, name, hash);
      await confirm(io, flags, `Remove the data set ${name} for ever?`);
      removeDataset(dataDir, name);
      const document = { dataset: name, hash, removed: true };
      printAnswer(io, options, { document, columns: [{ title: 'removed', cell: () => name }], rows: [document] });
    });

  data
    .command('generate <preset>')
    .description('a seeded market of two symbols: planted, faint, no-edge, trend, chop or shock')
    .requiredOption('--name <name>', 'of the data set')
    .requiredOption('--seed <k>', 'equal seeds give equal bytes', positiveWholeNumber)
    .option('--sessions <n>', 'of 390 minute bars', positiveWholeNumber)
    .option('--replace', 'take the place of a data set of this name')
    .action(async (preset: string, flags: { name: string; seed: number; sessions?: number; replace?: boolean }, command: Command) => {
      const options = optionsOf(command);
      const { generateDataset } = await import('../../market/store/generate-dataset.ts');
      printWritten(io, options, generateDataset(preset, { ...flags, dataDir: dataDirOf(options.dataDir) }));
    });

  data
    .command('export <name>')
    .description('the bars of a data set as one file, all symbols below one another: Parquet or CSV, the same bits when imported again')
    .requiredOption('--out <file>', 'ends with .parquet or .csv')
    .option('--replace', 'take the place of a file of this name')
    .action(async (name: string, flags: { out: string; replace?: boolean }, command: Command) => {
      const options = optionsOf(command);
      const { exportDataset } = await import('../../market/export/export-dataset.ts');
      const document = exportDataset({ ...flags, name, dataDir: dataDirOf(options.dataDir) });
      printAnswer(io, options, { document, columns: exportColumns, rows: [document] });
    });

  registerDbn(data, io);
  registerFetch(data, io);

  const importCommand = data
    .command('import <file...>')
    .description('minute bars from CSV (or .csv.gz) or Parquet, one file a symbol, aligned by time; files of Databento (.dbn, .dbn.zst)')
    .requiredOption('--name <name>', 'of the data set')
    .option('--symbols <a,b>', 'one for each file (default: the file names up to the first underscore)')
    .option('--zone <zone>', 'IANA time zone of the stamps', 'America/New_York')
    .addOption(oneOf('--stamp <start|end>', 'whether a bar is stamped at its start or its end', ['start', 'end']))
    .addOption(oneOf('--order <ascending|descending>', 'of the rows', ['ascending', 'descending']))
    .addOption(oneOf('--gaps <refuse|allow>', 'what to do about missing bars inside a session', ['refuse', 'allow']))
    .addOption(oneOf('--outside <refuse|drop>', 'what to do about bars outside the session', ['refuse', 'drop']))
    .addOption(
      oneOf('--jumps <refuse|allow>', 'what to do about prices ten times their neighbour, huge ones, volume 0 throughout', [
        'refuse',
        'allow',
      ]),
    )
    .option('--max-bytes <n>', 'of one file, unpacked (default: 4 GB)', positiveWholeNumber)
    .option('--column <name=header>', 'which header holds a column, where no alias fits (repeatable)', collectColumn, {})
    .option('--replace', 'take the place of a data set of this name')
    .action(async (files: string[], flags: ImportFlags, command: Command) => {
      if (areDbnFiles(files)) {
        await importDbnFiles(io, files, command);
        return;
      }
      const options = optionsOf(command);
      const { importCsv } = await import('../../market/store/import-csv.ts');
      const symbols = flags.symbols?.split(',');
      if (symbols !== undefined && symbols.length !== files.length) {
        throw new AssayError('usage', `${files.length} files, but ${symbols.length} symbols`, {
          hint: 'name one symbol for each file, in their order',
        });
      }
      const { column: columns, symbols: _, ...rest } = flags;
      const sources = files.map((file, index) => ({ file, ...(symbols === undefined ? {} : { symbol: symbols[index]! }) }));
      const written = await importCsv({ ...rest, columns, sources, dataDir: dataDirOf(options.dataDir) });
      printWritten(io, options, written);
    });
  addDbnOptions(importCommand);
}

/** @throws AssayError `conflict`, naming the studies. */
async function refuseBound(options: GlobalOptions, name: string, hash: string | null): Promise<void> {
  const { studiesBoundTo } = await import('../../storage/readers/bound-data.ts');
  const bound = await withDatabase(options, ({ db }) => studiesBoundTo(db, { name, hash }));
  if (bound.length === 0) return;
  const shown = bound.length > 5 ? `${bound.slice(0, 5).join(', ')} and ${bound.length - 5} more` : bound.join(', ');
  throw new AssayError(
    'conflict',
    `${bound.length === 1 ? 'a study is' : `${bound.length} studies are`} bound to the data set ${name}: ${shown}`,
    {
      hint: 'without it they can be neither continued nor validated; remove them first (assay study rm), or insist with --force',
    },
  );
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
