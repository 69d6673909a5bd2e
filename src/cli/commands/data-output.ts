import type { Manifest } from '../../market/store/manifest.ts';
import type { WrittenDataset } from '../../market/store/write.ts';
import type { Io } from '../io.ts';
import { type OutputOptions, printAnswer, say } from '../output/print.ts';
import type { Column } from '../output/table.ts';

export const datasetColumns: readonly Column<Manifest>[] = [
  { title: 'name', cell: (set) => set.name },
  { title: 'symbols', cell: (set) => set.symbols.join(' ') },
  { title: 'bars', cell: (set) => String(set.rows), align: 'right' },
  { title: 'sessions', cell: (set) => String(set.sessions), align: 'right' },
  { title: 'first', cell: (set) => set.first },
  { title: 'last', cell: (set) => set.last },
  { title: 'origin', cell: (set) => (set.origin.kind === 'synthetic' ? `${set.origin.preset}, seed ${set.origin.seed}` : 'csv') },
  { title: 'hash', cell: (set) => set.hash.slice(0, 12) },
];

const qualityColumns: readonly Column<Manifest['quality'][number]>[] = [
  { title: 'symbol', cell: (report) => report.symbol },
  { title: 'bars', cell: (report) => String(report.rows), align: 'right' },
  { title: 'sessions', cell: (report) => String(report.sessions), align: 'right' },
  { title: 'bars/session', cell: ({ barsPerSession }) => `${barsPerSession.min}-${barsPerSession.max}`, align: 'right' },
  { title: 'gaps', cell: ({ gaps }) => (gaps.count === 0 ? '0' : `${gaps.count} (${gaps.missingBars} bars)`), align: 'right' },
  { title: 'duplicates', cell: (report) => String(report.duplicates), align: 'right' },
  { title: 'bad OHLC', cell: (report) => String(report.badOhlc), align: 'right' },
  { title: 'zero volume', cell: (report) => String(report.zeroVolume), align: 'right' },
  { title: 'jumps', cell: ({ jumps }) => (jumps === undefined ? '-' : String(jumps)), align: 'right' },
  { title: 'huge', cell: ({ huge }) => (huge === undefined ? '-' : String(huge)), align: 'right' },
];

/** A data set: its row on a terminal, then the quality of each symbol. */
export function printDataset(io: Io, options: OutputOptions, manifest: Manifest): void {
  if (io.out.isTerminal && !options.json && !options.jsonl)
    printAnswer(io, options, { document: manifest, columns: datasetColumns, rows: [manifest] });
  printAnswer(io, options, { document: manifest, columns: qualityColumns, rows: manifest.quality, items: [manifest] });
}

/** A data set that was just written, and what became of its name. */
export function printWritten(io: Io, options: OutputOptions, { manifest, outcome }: WrittenDataset): void {
  printDataset(io, options, manifest);
  say(io, options, outcome === 'unchanged' ? `${manifest.name} holds exactly this already` : `${manifest.name} ${outcome}`);
}
