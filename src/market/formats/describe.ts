import { z } from 'zod';
import type { TableFields, ValueFields } from './header.ts';
import type { SeriesPart } from './read-series.ts';

const origin = z.enum(['declared', 'layout', 'header', 'file', 'assumed', 'bars']);

/** How one file was read for one symbol: what was taken for what, why, and what was left out. */
export const readingFactsSchema = z.strictObject({
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
  /** Lines before the first bar that are no header, rows of other symbols, times without a bar of this one. */
  leftOut: z.strictObject({ lines: z.int(), otherSymbols: z.int(), emptyBars: z.int() }),
  /** True if the file is a page that names a next one. */
  continues: z.boolean(),
});

export type ReadingFacts = z.infer<typeof readingFactsSchema>;

/** @param calendarZone zone of times that name none, where the bars show it. */
export function readingFactsOf(part: SeriesPart, calendarZone: string): ReadingFacts {
  const { reading, named } = part;
  const side = reading.fields.values.find((one) => one.symbol === named) ?? reading.fields.values[0]!;
  const columns = columnsOf(reading.fields, side);
  const used = new Set(Object.values(columns));
  const isShown = reading.stampKind === 'local' && reading.zone === null;
  return {
    named,
    bars: part.bars,
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
    leftOut: { lines: reading.leftOutLines, otherSymbols: part.otherSymbols, emptyBars: part.emptyBars },
    continues: part.continues,
  };
}

function columnsOf({ names, stamp, symbol }: TableFields, side: ValueFields): Record<string, string> {
  const [first, second] = stamp;
  return {
    ...(second === undefined ? { datetime: names[first!]! } : { date: names[first!]!, time: names[second]! }),
    open: names[side.open]!,
    high: names[side.high]!,
    low: names[side.low]!,
    close: names[side.close]!,
    ...(side.volume === null ? {} : { volume: names[side.volume]! }),
    ...(symbol === null ? {} : { symbol: names[symbol]! }),
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

/** One sentence for each symbol and way of reading: what was taken for what. Files that were read alike share one. */
export function sentencesOf(
  sources: readonly { readonly symbol: string; readonly file: string; readonly reading?: ReadingFacts | undefined }[],
): readonly string[] {
  const groups = new Map<string, { symbol: string; files: string[]; bars: number; how: string }>();
  for (const { symbol, file, reading } of sources) {
    if (reading === undefined) continue;
    const how = howText(symbol, reading);
    const group = groups.get(`${symbol} ${how}`) ?? { symbol, files: [], bars: 0, how };
    groups.set(`${symbol} ${how}`, group);
    group.files.push(file);
    group.bars += reading.bars;
  }
  return [...groups.values()].map(({ symbol, files, bars, how }) => {
    const from = files.length === 1 ? files[0] : `${files.length} files (${files[0]} to ${files.at(-1)})`;
    return `${symbol} from ${from}: ${bars} bars; ${how}`;
  });
}

/** How one file was read. */
function howText(symbol: string, facts: ReadingFacts): string {
  const { columns, leftOut } = facts;
  const time = columns['datetime'] ?? `${columns['date']} and ${columns['time']}`;
  const zone = facts.zone === null ? '' : `, ${facts.zone} ${because[facts.zoneFrom]}`;
  const kind = facts.times === 'local' ? 'no offset' : facts.times === 'offset' ? 'with offset' : facts.times;
  const prices = ['open', 'high', 'low', 'close', 'volume'].map((name) => columnText(name, columns[name])).join(', ');
  const parts = [
    facts.named === '' || facts.named === symbol ? '' : `named ${facts.named} in the file`,
    facts.layout === null ? '' : `layout ${facts.layout} ${because[facts.layoutFrom!]}`,
    `time from ${time} (${kind}${facts.dates === null ? '' : `, ${facts.dates}`}${zone}), bar ${facts.stamp}s ${because[facts.stampFrom]}`,
    `rows ${facts.order}`,
    prices,
    facts.prices === 'billionths' ? 'prices in billionths' : facts.decimal === ',' ? 'decimal commas' : '',
    columns['symbol'] === undefined ? '' : `symbol from ${columns['symbol']}`,
    facts.unused.length === 0 ? '' : `columns left out: ${listed(facts.unused)}`,
    leftOut.lines === 0 ? '' : `${leftOut.lines} lines before the bars left out`,
    leftOut.otherSymbols === 0 ? '' : `${leftOut.otherSymbols} rows of other symbols left out`,
    facts.continues ? 'the page names a next one, which is another file' : '',
    leftOut.emptyBars === 0 ? '' : `${leftOut.emptyBars} empty bars left out`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function columnText(name: string, header: string | undefined): string {
  if (header === undefined) return `no ${name}`;
  return header.toLowerCase() === name ? name : `${name} from ${header}`;
}

const mostListed = 8;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostListed).map((name) => (name === '' ? '(no name)' : name));
  return names.length > mostListed ? `${shown.join(', ')} and ${names.length - mostListed} more` : shown.join(', ');
}
