import type { Command } from 'commander';
import type { Layout } from '../../market/formats/layouts/layout.ts';
import type { Io } from '../io.ts';
import { optionsOf } from '../options.ts';
import { printAnswer } from '../output/print.ts';
import type { Column } from '../output/table.ts';

export function registerLayouts(data: Command, io: Io): void {
  data
    .command('layouts [name]')
    .description('how files of vendors and programs are read: columns, zone, stamps and an example of each')
    .action(async (name: string | undefined, _flags, command: Command) => {
      const options = optionsOf(command);
      const { layoutOf, layouts } = await import('../../market/formats/layouts/index.ts');
      const rows = name === undefined ? layouts : [layoutOf(name)];
      const items = rows.map(documentOf);
      printAnswer(io, options, { document: name === undefined ? { items } : items[0], columns, csvColumns: allColumns, rows, items });
    });
}

const columns: readonly Column<Layout>[] = [
  { title: 'layout', cell: ({ id }) => id },
  { title: 'zone', cell: ({ zone }) => zone ?? 'declare it' },
  { title: 'stamp', cell: ({ stamp }) => stamp },
  {
    title: 'header',
    cell: ({ fields, names, signature }) => (fields === undefined ? 'yes' : (names ?? signature) === undefined ? 'no' : 'either'),
  },
  { title: 'example', cell: ({ example }) => example.at(-1)!.replaceAll('\t', ' ') },
  { title: 'what', cell: ({ title }) => title },
];

const allColumns: readonly Column<Layout>[] = [
  ...columns,
  { title: 'note', cell: ({ note }) => note ?? '' },
  { title: 'source', cell: ({ source }) => source },
];

function documentOf({ id, title, source, example, fields, names, zone, stamp, order, dates, separator, decimal, volume, note }: Layout) {
  return {
    layout: id,
    title,
    fields: fields ?? null,
    headers: names ?? null,
    zone,
    stamp,
    order,
    dates: dates ?? null,
    separator: separator ?? null,
    decimal: decimal ?? 'point',
    volume: volume ?? 'column',
    example,
    note: note ?? null,
    source,
  };
}
