import { z } from 'zod';
import type { DatasetOrigin } from '../store/manifest.ts';
import type { TableFields, ValueFields } from './header.ts';
import type { SeriesPart } from './read-series.ts';

const origin = z.enum(['declared', 'layout', 'header', 'file', 'assumed', 'bars']);

/** How one file was read for one symbol: what was taken for what, why, and what was left out. */
const readingFactsSchema = z.strictObject({
  /** The file's own name of the symbol; empty if it names none. */
  named: z.string(),
  bars: z.int(),
  layout: z.string().nullable(),
  layoutFrom: origin.nullable(),
  /** Header (or `column 3`) by column. */
  columns: z.record(z.string(), z.string()),
  /** Headers of the columns that were not used. */
  unused: z.array(z.string()),
  times: z.string(),
  /** Order of day and month, of dates that end with the year. */
  dates: z.enum(['dmy', 'mdy']).nullable(),
  /** Zone of times without an offset; `bars`: the calendar's, which the bars show. */
  zone: z.string().nullable(),
  zoneFrom: origin,
  stamp: z.enum(['start', 'end']),
  stampFrom: origin,
  order: z.enum(['ascending', 'descending']),
  orderFrom: origin,
  decimal: z.enum(['.', ',']),
  /** Prices as decimal numbers, or as whole numbers of billionths. */
  prices: z.enum(['decimal', 'billionths']),
  /** Lines before the first bar that are no header, rows of other symbols, times without a bar of this one, other files of the archive. */
  leftOut: z.strictObject({ lines: z.int(), otherSymbols: z.int(), emptyBars: z.int(), entries: z.array(z.string()).default([]) }),
  /** True if the file is a page that names a next one. */
  continues: z.boolean(),
});

type ReadingFacts = z.infer<typeof readingFactsSchema>;

/** @param calendarZone zone of times that name none, where the bars show it. */
export function readingFactsOf(part: SeriesPart, calendarZone: string): ReadingFacts {
  const { reading, named } = part;
  const side = reading.fields.values.find((one) => one.symbol === named) ?? reading.fields.values[0]!;
  const columns = columnsOf(reading.fields, side);
  const used = new Set([...Object.values(columns), ...side.volume.map((index) => reading.fields.names[index]!)]);
  const isShown = reading.stampKind === 'local' && reading.zone === null;
  return {
    named,
    bars: part.bars.n,
    layout: reading.layout?.id ?? null,
    layoutFrom: reading.layoutFrom,
    columns,
    unused: reading.fields.names.filter((name) => !used.has(name)),
    times: reading.stampKind,
    dates: reading.dates === 'open' ? null : reading.dates,
    zone: isShown ? calendarZone : reading.zone,
    zoneFrom: isShown ? 'bars' : reading.zoneFrom,
    stamp: reading.stamp,
    stampFrom: reading.stampFrom,
    order: part.order,
    orderFrom: reading.orderFrom,
    decimal: reading.numbers.decimal,
    prices: reading.fixedPoint ? 'billionths' : 'decimal',
    leftOut: {
      lines: reading.leftOutLines,
      otherSymbols: part.otherSymbols,
      emptyBars: part.emptyBars,
      entries: [...(part.otherEntries ?? [])],
    },
    continues: part.continues,
  };
}

function columnsOf({ names, stamp, symbol, extra }: TableFields, side: ValueFields): Record<string, string> {
  const [first, second] = stamp;
  return {
    ...(second === undefined ? { datetime: names[first!]! } : { date: names[first!]!, time: names[second]! }),
    open: names[side.open]!,
    high: names[side.high]!,
    low: names[side.low]!,
    close: names[side.close]!,
    ...(side.volume.length === 0 ? {} : { volume: side.volume.map((index) => names[index]!).join('+') }),
    ...(symbol === null ? {} : { symbol: names[symbol]! }),
    ...Object.fromEntries(extra.map(({ name, field }) => [name, names[field]!])),
  };
}

const because: Readonly<Record<ReadingFacts['zoneFrom'], string>> = {
  declared: 'declared',
  layout: 'by the layout',
  header: 'by the header',
  file: 'in the file',
  assumed: 'assumed',
  bars: 'as the bars show',
};

/** What a data set's manifest keeps of an import from files of text. */
const readSchema = z.object({ repeated: z.int(), files: z.array(readingFactsSchema) });

/** One sentence for each symbol and way of reading: what was taken for what. Files that were read alike share one. */
export function sentencesOf(origin: DatasetOrigin): readonly string[] {
  if (origin.kind !== 'import') return [];
  return origin.sources.flatMap(({ symbol, files, read }) => {
    const parsed = readSchema.safeParse(read);
    if (!parsed.success) return [];
    const groups = new Map<string, { files: string[]; bars: number; leftOut: ReadingFacts['leftOut'] }>();
    for (const [k, facts] of parsed.data.files.entries()) {
      const how = howText(symbol, facts);
      const group = groups.get(how) ?? { files: [], bars: 0, leftOut: { lines: 0, otherSymbols: 0, emptyBars: 0, entries: [] } };
      groups.set(how, group);
      group.files.push(files[k]!.file);
      group.bars += facts.bars;
      const { lines, otherSymbols, emptyBars, entries } = group.leftOut;
      group.leftOut = {
        lines: lines + facts.leftOut.lines,
        otherSymbols: otherSymbols + facts.leftOut.otherSymbols,
        emptyBars: emptyBars + facts.leftOut.emptyBars,
        entries: [...entries, ...facts.leftOut.entries],
      };
    }
    const sentences = [...groups].map(([how, group]) => {
      const from = group.files.length === 1 ? group.files[0] : `${group.files.length} files (${group.files[0]} to ${group.files.at(-1)})`;
      return `${symbol} from ${from}: ${group.bars} bars; ${[how, ...leftOutTexts(group.leftOut)].join('; ')}`;
    });
    const { repeated } = parsed.data;
    return repeated === 0 ? sentences : [...sentences, `${symbol}: ${repeated} bars are in two files, and equal`];
  });
}

const ofBars = new Set(['datetime', 'date', 'time', 'symbol', 'open', 'high', 'low', 'close', 'volume']);

/** How one file was read. */
function howText(symbol: string, facts: ReadingFacts): string {
  const { columns } = facts;
  const time =
    columns['datetime'] === '' ? 'the column without a name' : (columns['datetime'] ?? `${columns['date']} and ${columns['time']}`);
  const zone = facts.zone === null ? '' : `, ${facts.zone} ${because[facts.zoneFrom]}`;
  const kind = facts.times === 'local' ? 'no offset' : facts.times === 'offset' ? 'with offset' : facts.times;
  const prices = ['open', 'high', 'low', 'close', 'volume'].map((name) => columnText(name, columns[name])).join(', ');
  const further = Object.keys(columns)
    .filter((name) => !ofBars.has(name))
    .map((name) => columnText(name, columns[name]));
  const parts = [
    facts.named === '' || facts.named === symbol ? '' : `named ${facts.named} in the file`,
    facts.layout === null ? '' : `layout ${facts.layout} ${because[facts.layoutFrom!]}`,
    `time from ${time} (${kind}${facts.dates === null ? '' : `, ${facts.dates}`}${zone}), bar ${facts.stamp}s ${because[facts.stampFrom]}`,
    `rows ${facts.order}`,
    prices,
    facts.prices === 'billionths' ? 'prices in billionths' : facts.decimal === ',' ? 'decimal commas' : '',
    further.length === 0 ? '' : `kept as well: ${further.join(', ')}`,
    columns['symbol'] === undefined ? '' : `symbol from ${columns['symbol']}`,
    facts.unused.length === 0 ? '' : `columns left out: ${listed(facts.unused)}`,
    facts.continues ? 'the page names a next one, which is another file' : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function leftOutTexts({ lines, otherSymbols, emptyBars, entries }: ReadingFacts['leftOut']): readonly string[] {
  return [
    ...(lines === 0 ? [] : [`${lines} lines before the bars left out`]),
    ...(otherSymbols === 0 ? [] : [`${otherSymbols} rows of other symbols left out`]),
    ...(emptyBars === 0 ? [] : [`${emptyBars} empty bars left out`]),
    ...(entries.length === 0 ? [] : [`${entries.length} other files of the archive left out: ${listed(entries)}`]),
  ];
}

function columnText(name: string, header: string | undefined): string {
  if (header === undefined) return `no ${name}`;
  return header.toLowerCase() === name.toLowerCase() ? name : `${name} from ${header}`;
}

const mostListed = 8;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostListed).map((name) => (name === '' ? '(no name)' : name));
  return names.length > mostListed ? `${shown.join(', ')} and ${names.length - mostListed} more` : shown.join(', ');
}
