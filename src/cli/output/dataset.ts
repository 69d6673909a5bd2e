import { lengthText } from '../../market/bar-length.ts';
import { barFields } from '../../market/bars.ts';
import type { ExportedDataset } from '../../market/export/export-dataset.ts';
import { type Instrument, knownInstrument, productSource } from '../../market/instruments.ts';
import type { Manifest } from '../../market/store/manifest.ts';
import type { WrittenDataset } from '../../market/store/write.ts';
import type { Io } from '../io.ts';
import { type OutputOptions, printAnswer, say } from './print.ts';
import type { Column } from './table.ts';

export const datasetColumns: readonly Column<Manifest>[] = [
  { title: 'name', cell: (set) => set.name },
  { title: 'symbols', cell: (set) => set.symbols.join(' ') },
  { title: 'bars', cell: (set) => String(set.rows), align: 'right' },
  { title: 'length', cell: (set) => lengthText(set.barMs), align: 'right' },
  { title: 'calendar', cell: (set) => (set.format === 1 ? set.calendar : set.calendar.id) },
  { title: 'sessions', cell: (set) => String(set.sessions), align: 'right' },
  { title: 'first', cell: (set) => set.first },
  { title: 'last', cell: (set) => set.last },
  {
    title: 'origin',
    cell: ({ origin }) =>
      origin.kind === 'synthetic' ? `${origin.preset}, seed ${origin.seed}` : origin.kind === 'csv' ? 'csv' : origin.reader,
  },
  { title: 'hash', cell: (set) => set.hash.slice(0, 12), exact: (set) => set.hash },
];

/** Columns of an exported data set. */
export const exportColumns: readonly Column<ExportedDataset>[] = [
  { title: 'file', cell: ({ file }) => file },
  { title: 'rows', cell: ({ rows }) => String(rows), align: 'right' },
  { title: 'bytes', cell: ({ bytes }) => String(bytes), align: 'right' },
  { title: 'data set', cell: ({ dataset }) => dataset },
  { title: 'hash', cell: ({ hash }) => hash.slice(0, 12), exact: ({ hash }) => hash },
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

/**
 * Prints a data set: on a terminal its own line first, then the quality of each symbol, then what its bars are, on stderr. In a pipe and as
 * CSV it is one table: the line of each symbol ends with what its own line would say.
 */
export function printDataset(io: Io, options: OutputOptions, manifest: Manifest): void {
  const isPicture = io.out.isTerminal && !options.json && !options.jsonl && !options.csv;
  if (isPicture) printAnswer(io, options, { document: manifest, columns: datasetColumns, rows: [manifest] });
  const columns = isPicture ? qualityColumns : [...qualityColumns, ...setColumnsOf(manifest)];
  printAnswer(io, options, { document: manifest, columns, rows: manifest.quality, items: [manifest] });
  for (const line of [...meaningOf(manifest), ...leftOutOf(manifest), ...irregularOf(manifest)]) say(io, options, line);
}

export function printWritten(io: Io, options: OutputOptions, { manifest, outcome }: WrittenDataset): void {
  printDataset(io, options, manifest);
  say(io, options, outcome === 'unchanged' ? `${manifest.name} holds exactly this already` : `${manifest.name} ${outcome}`);
}

/** What the data set's own line says and the lines of its symbols do not, the same on each. */
function setColumnsOf(manifest: Manifest): readonly Column<unknown>[] {
  const added = datasetColumns.filter(({ title }) => !['symbols', 'bars', 'sessions'].includes(title));
  return added.map(({ title, cell, exact = cell }) => ({ title, cell: () => cell(manifest), exact: () => exact(manifest) }));
}

/** Calendar, length of a bar, columns, instruments and rolls. */
function meaningOf(manifest: Manifest): readonly string[] {
  const bars = `bars of ${lengthText(manifest.barMs)}`;
  if (manifest.format === 1) return [`${bars}; calendar ${manifest.calendar} of format 1: regular hours without holidays`];
  const { calendar, closingAuction, symbols, columns, instruments, contracts } = manifest;
  const auction = closingAuction ? ', sessions end with the closing auction' : '';
  return [
    `${bars}; calendar ${calendar.id}, version ${calendar.version} (${calendar.source})${auction}`,
    ...symbols.flatMap((symbol, k) => {
      const extra = columns.flatMap(({ name }) => (name.startsWith(`${symbol}.`) ? [name.slice(symbol.length + 1)] : [])).filter(isExtra);
      const series = contracts[k];
      return [
        ...(extra.length === 0 ? [] : [`${symbol}: columns ${extra.join(', ')}`]),
        ...(instruments[k] == null ? [] : [`${symbol}: ${instrumentText(instruments[k])}`]),
        ...(series == null
          ? []
          : [`${symbol}: contracts ${series.names.join(', ')}, rolled ${series.rule === 'given' ? 'as given' : `by ${series.rule}`}`]),
        ...(series == null ? [] : series.rolls.map((roll) => `${symbol}: from ${roll.from} to ${roll.to} at the open of ${roll.date}`)),
      ];
    }),
  ];
}

function isExtra(column: string): boolean {
  return ![...barFields, 'contract', 'previousOpen'].includes(column);
}

function instrumentText(instrument: Instrument): string {
  const { symbol, root, unit, multiplier, tick, currency, feePerSide, initialMargin, maintenanceMargin, expiration } = instrument;
  const table = knownInstrument(symbol);
  const source = table?.multiplier === multiplier && table.tick === tick ? productSource : 'as its source defines it';
  const amount = (value: number | null): string => (value === null ? 'not given' : `${value} ${currency}`);
  return `${root}, ${unit}s of ${multiplier} ${currency} a point, tick ${tick}; fee a side ${amount(feePerSide)}, initial margin ${amount(initialMargin)}, maintenance ${amount(maintenanceMargin)}${expiration === undefined ? '' : `; expires ${expiration}`} (${source})`;
}

/** What of each file is not in the data set. */
function leftOutOf(manifest: Manifest): readonly string[] {
  if (manifest.format === 1) return [];
  return manifest.leftOut.flatMap(
    ({ symbol, outside, firstOutside, afterClose, auctions, alone, firstAlone, filled = 0, missingSessions }) => {
      const inSession = manifest.quality.find((report) => report.symbol === symbol)?.rows ?? 0;
      const first = (times: readonly string[]): string => (times[0] === undefined ? '' : ` (the first: ${times[0]})`);
      return [
        ...(outside === 0
          ? []
          : [
              `${symbol}: ${outside} of ${inSession + outside + afterClose} bars left out: they lie outside the session${first(firstOutside)}`,
            ]),
        ...(afterClose === 0 ? [] : [`${symbol}: ${afterClose} bars left out: they start at the close, and the file goes on after it`]),
        ...(auctions === 0 ? [] : [`${symbol}: ${auctions} bars start at the close and count as the closing auction`]),
        ...(alone === 0
          ? []
          : [`${symbol}: ${alone} of ${inSession} bars left out: another symbol has none at their time${first(firstAlone)}`]),
        ...(filled === 0
          ? []
          : [`${symbol}: ${filled} of ${manifest.rows} rows repeat its last close (its column barAge says how many bars ago)`]),
        ...(missingSessions.length === 0
          ? []
          : [`${symbol}: no bar in ${missingSessions.length} sessions of the others: ${listText(missingSessions)}`]),
      ];
    },
  );
}

/** Sessions that are short or absent, and splits. */
function irregularOf({ quality }: Manifest): readonly string[] {
  return quality.flatMap(({ symbol, shortSessions, absentSessions, splits = [] }) => {
    const short = shortSessions?.first.map(({ date, bars, expected }) => `${date} (${bars} of ${expected})`) ?? [];
    return [
      ...(short.length === 0 ? [] : [`${symbol}: ${shortSessions!.count} sessions have fewer bars than their length: ${listText(short)}`]),
      ...((absentSessions?.count ?? 0) === 0
        ? []
        : [`${symbol}: ${absentSessions!.count} sessions of the calendar have no bar: ${listText(absentSessions!.first)}`]),
      ...splits.map(
        ({ date, ratio, before, after }) =>
          `${symbol}: the change from ${before} to ${after} at the open of ${date} looks like a split, ${ratioText(ratio)}; prices are not adjusted`,
      ),
    ];
  });
}

function listText(items: readonly string[]): string {
  const shown = 5;
  return items.length <= shown ? items.join(', ') : `${items.slice(0, shown).join(', ')}, ...`;
}

function ratioText(ratio: number): string {
  return ratio >= 1 ? `${ratio} for 1` : `1 for ${Math.round(1 / ratio)}`;
}
