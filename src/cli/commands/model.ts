import type { Command } from 'commander';
import { checkName } from '../../core/address.ts';
import type { HistoryItem } from '../../registry/history.ts';
import type { ModelItem } from '../../registry/models.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, withDatabase } from '../options.ts';
import { printAnswer } from '../output/print.ts';
import type { Column } from '../output/table.ts';

export function register(program: Command, io: Io): void {
  const model = program.command('model').description('promoted models, their versions and aliases, and the ledger of every decision');

  model
    .command('ls')
    .description('the models, a page at a time')
    .option('--limit <n>', 'at most this many, 200 at most', positiveWholeNumber)
    .option('--cursor <cursor>', 'go on where an earlier page ended')
    .action(async (flags: { limit?: number; cursor?: string }, command: Command) => {
      const options = optionsOf(command);
      const { listModels } = await import('../../registry/models.ts');
      const page = await withDatabase(options, ({ db }) => listModels(db, flags));
      const footer = `${page.items.length} of ${page.total} models${page.next === null ? '' : `; next: --cursor ${page.next}`}`;
      const empty = 'no models yet: `assay promote <study>#<n> --to <model>@<alias>` makes one';
      printAnswer(io, options, { document: page, columns: modelColumns, rows: page.items, empty, footer });
    });

  model
    .command('history <model>')
    .description('every decision on a model, refused ones too, the newest first')
    .action(async (name: string, _flags, command: Command) => {
      const options = optionsOf(command);
      const { modelHistory } = await import('../../registry/history.ts');
      const page = await withDatabase(options, ({ db }) => modelHistory(db, checkName('model', name)));
      const footer = `${page.items.length} of ${page.total} decisions`;
      printAnswer(io, options, { document: page, columns: historyColumns, rows: page.items, footer });
    });
}

const modelColumns: readonly Column<ModelItem>[] = [
  { title: 'model', cell: (item) => item.name },
  { title: 'aliases', cell: (item) => item.aliases.map(({ alias, version }) => `${alias}=${version}`).join(' ') || '-' },
  { title: 'versions', cell: (item) => String(item.versions), align: 'right' },
  { title: 'created', cell: (item) => item.createdAt },
];

const historyColumns: readonly Column<HistoryItem>[] = [
  { title: '#', cell: (item) => String(item.sequence), align: 'right' },
  { title: 'at', cell: (item) => item.at },
  { title: 'by', cell: (item) => item.by },
  { title: 'decision', cell: (item) => item.kind },
  { title: 'trial', cell: (item) => item.address },
  { title: 'version', cell: (item) => (item.version === null ? '-' : `${item.model}@${item.version}`) },
  { title: 'alias', cell: (item) => item.alias },
  { title: 'hash', cell: (item) => item.hash.slice(0, 12) },
  { title: 'reason', cell: (item) => item.reason ?? '' },
];
