import type { Command } from 'commander';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { confirm } from '../confirm.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { datasetColumns, exportColumns, printDataset, printWritten } from '../output/dataset.ts';
import { printAnswer } from '../output/print.ts';
import { registerDbn } from './data-dbn.ts';
import { registerFeatureViews } from './data-features.ts';
import { registerFetch } from './data-fetch.ts';
import { registerImport } from './data-import.ts';
import { registerLayouts } from './data-layouts.ts';

interface GenerateFlags {
  readonly symbols?: readonly string[];
  readonly name: string;
  readonly seed: number;
  readonly sessions?: number;
  readonly edge?: number;
  readonly orders?: string;
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
    .description('a seeded market of shares (planted, faint, no-edge, trend, chop or shock), or of one future with its book (order-flow)')
    .requiredOption('--name <name>', 'of the data set')
    .requiredOption('--seed <k>', 'equal seeds give equal bytes', positiveWholeNumber)
    .option('--sessions <n>', 'of 390 minute bars (default: 200), or of 1,380 with a book (default: 20)', positiveWholeNumber)
    .option('--symbols <a,b>', 'of a market of shares, any number of them (default: NVDA,MSFT)', (text: string) => text.split(','))
    .option('--edge <c>', 'order-flow: correlation of a minute’s order flow with the next price change, 0 for none (default: 0.3)', Number)
    .option('--orders <file>', 'order-flow: write the orders as a DBN file as well')
    .option('--replace', 'take the place of a data set of this name')
    .action(async (preset: string, flags: GenerateFlags, command: Command) => {
      const options = optionsOf(command);
      const { bookPreset, generateBookDataset } = await import('../../market/store/generate-book-dataset.ts');
      const { generateDataset } = await import('../../market/store/generate-dataset.ts');
      const all = { ...flags, dataDir: dataDirOf(options.dataDir) };
      if (preset !== bookPreset && (flags.edge !== undefined || flags.orders !== undefined))
        throw new AssayError('usage', `--edge and --orders belong to ${bookPreset}, not to ${preset}`, {
          hint: `generate a book: assay data generate ${bookPreset} --edge 0.3 --name book --seed 1`,
        });
      if (preset === bookPreset && flags.symbols !== undefined)
        throw new AssayError('usage', `--symbols belongs to markets of shares, not to ${bookPreset}`, {
          hint: 'leave it out: a book is of one future',
        });
      printWritten(io, options, preset === bookPreset ? generateBookDataset(all) : generateDataset(preset, all));
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
  registerFeatureViews(data, io);
  registerFetch(data, io);
  registerImport(data, io);
  registerLayouts(data, io);
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
