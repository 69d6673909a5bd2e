import { Command, InvalidArgumentError, Option } from 'commander';
import { dataDirOf } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import type { CalendarId } from '../../market/calendars/index.ts';
import type { InstrumentSummary } from '../../market/dbn/inspect.ts';
import { type Schema, schemas } from '../../market/dbn/kinds.ts';
import type { ImportRules } from '../../market/store/import-bars.ts';
import type { WrittenLevels } from '../../market/store/write-levels.ts';
import type { Io } from '../io.ts';
import { optionsOf, positiveWholeNumber, wholeNumber } from '../options.ts';
import { printWritten } from '../output/dataset.ts';
import { printAnswer, say } from '../output/print.ts';
import type { Column } from '../output/table.ts';

/** Options of an import that files of Databento take; those with defaults count only where they were declared. */
interface ImportFlags {
  readonly name: string;
  readonly only?: string;
  readonly symbols?: string;
  readonly calendar?: string;
  readonly tick?: number;
  readonly definitions?: string;
  readonly schema?: Schema;
  readonly as?: 'bars' | 'snapshots';
  readonly align?: string;
  readonly allowTruncated?: boolean;
  readonly maxBytes?: number;
  readonly replace?: boolean;
}

/** Options of `data import` that these files take, besides the rules. */
const taken: ReadonlySet<string> = new Set([
  'name',
  'only',
  'symbols',
  'calendar',
  'tick',
  'definitions',
  'schema',
  'as',
  'align',
  'allowTruncated',
  'maxBytes',
  'replace',
]);

const ruleNames = ['gaps', 'outside', 'jumps', 'missing', 'lag', 'auction'] as const satisfies readonly (keyof ImportRules)[];

/** True for files of Databento with records: DBN, or events and quotes in Parquet; some but not all is an error. @throws AssayError `usage`. */
export async function areDbnFiles(files: readonly string[]): Promise<boolean> {
  const { holdsRecords } = await import('../../market/dbn/parquet-records.ts');
  const isDbn = async (file: string): Promise<boolean> =>
    /\.(dbn|dbz)(\.frag)?(\.zst)?$/i.test(file) || (/\.(parquet|pq)$/i.test(file) && (await holdsRecords(file)));
  const dbn: string[] = [];
  for (const file of files) if (await isDbn(file)) dbn.push(file);
  if (dbn.length === 0 || dbn.length === files.length) return dbn.length > 0;
  throw new AssayError('usage', 'records of Databento cannot be imported together with other files', {
    place: dbn[0]!,
    hint: 'import them as two data sets',
  });
}

export function addDbnOptions(command: Command): Command {
  return command
    .option('--tick <n>', 'smallest difference of two prices, for books (.dbn)', positiveNumber)
    .option('--definitions <file>', 'definitions of the instruments (.dbn): ticks, multipliers, contracts')
    .addOption(new Option('--schema <name>', 'which one is read of a file that mixes several (.dbn)').choices(schemas))
    .addOption(
      new Option('--as <bars|snapshots>', 'bars of a minute, or a bar a second with the levels of the book as columns (.dbn)').choices([
        'bars',
        'snapshots',
      ]),
    )
    .option('--allow-truncated', 'take a file that ends inside a record (.dbn)');
}

/** @throws AssayError `usage` where an option of {@link addDbnOptions} is given for files of another kind. */
export function refuseDbnOptions(command: Command): void {
  const own = addDbnOptions(new Command()).options.map((option) => option.attributeName());
  const given = command.options.find(
    (option) => own.includes(option.attributeName()) && command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given !== undefined)
    throw new AssayError('usage', `${given.long} is for files of Databento (.dbn), which these are not`, { hint: 'leave it out' });
}

/** Imports files of Databento by the options of `data import`, and says what of them became the data set. */
export async function importDbnFiles(io: Io, files: readonly string[], command: Command): Promise<void> {
  const options = optionsOf<ImportFlags>(command);
  const { importDbn } = await import('../../market/store/import-dbn.ts');
  const { sessionCalendarOf } = await import('../../market/calendars/index.ts');
  const { parseAlignment } = await import('../../market/align-as-of.ts');
  const isDeclared = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
  const flags = command.opts<ImportFlags & ImportRules>();
  const rules = ruleNames.filter(isDeclared);
  const other = command.options.find((option) => {
    const name = option.attributeName();
    return isDeclared(name) && !taken.has(name) && !(rules as readonly string[]).includes(name);
  });
  if (other !== undefined)
    throw new AssayError('usage', `${other.long} says nothing about files of Databento`, {
      hint: 'leave it out: their records say what they are',
    });
  const chosen = flags.only?.split(',').map((part) => part.split('='));
  const { name, tick, definitions, schema, as, allowTruncated, maxBytes, replace } = flags;
  const written = await importDbn({
    ...{ name, files, tick, definitions, schema, as, allowTruncated, maxBytes, replace },
    dataDir: dataDirOf(options.dataDir),
    only: chosen?.map(([symbol]) => symbol!),
    symbols: flags.symbols?.split(',') ?? chosen?.map(([symbol, name]) => name ?? symbol!),
    calendar: isDeclared('calendar') ? (sessionCalendarOf(flags.calendar!).id as CalendarId) : undefined,
    align: flags.align === undefined ? undefined : parseAlignment(flags.align),
    rules: Object.fromEntries(rules.map((rule) => [rule, flags[rule]])),
  });
  printWritten(io, options, written);
  const { origin } = written.manifest;
  if (origin.kind !== 'import') return;
  for (const { symbol, read } of origin.sources)
    say(io, options, `${symbol}: ${sentenceOf(read as Readonly<Record<string, number | string>>)}`);
}

/** Counts of a reading in words; those of 0 are left out. */
const words: Readonly<Record<string, string>> = {
  records: 'records',
  trades: 'trades',
  filled: 'minutes without a trade (they repeat the last close with volume 0)',
  beforeFirstTrade: 'minutes left out before a session’s first trade',
  withoutBook: 'minutes left out without a valid book',
  outside: 'records outside the sessions',
  unpriced: 'trades without a price',
  crossed: 'quotes without a bid below an ask',
  doubtful: 'states of a book in doubt (no flow is counted over them)',
  unknownOrders: 'changes of orders that the file did not add',
  repeatedOrders: 'orders under an id that rested already',
  sidelessOrders: 'orders without a side',
  unknownActions: 'records with an unknown action',
  otherContract: 'bars of a contract that is not the session’s',
  otherRecords: 'records of other schemas',
  cutOff: 'bytes of an incomplete last record',
};

function sentenceOf(read: Readonly<Record<string, number | string>>): string {
  const counted = Object.entries(words).flatMap(([key, text]) => (Number(read[key] ?? 0) > 0 ? [`${read[key]} ${text}`] : []));
  return `${read['symbol']} of ${read['schema']}: ${counted.join(', ')}`;
}

const instrumentColumns: readonly Column<InstrumentSummary>[] = [
  { title: 'instrument', cell: (one) => String(one.instrumentId), align: 'right' },
  { title: 'symbols', cell: (one) => one.symbols.join(' ') },
  { title: 'records', cell: (one) => String(one.records), align: 'right' },
  { title: 'first event', cell: (one) => one.first ?? '-' },
  { title: 'last event', cell: (one) => one.last ?? '-' },
];

interface LookFlags {
  readonly head: number;
  readonly levels?: string;
  readonly tick?: number;
  readonly replace?: boolean;
  readonly allowTruncated?: boolean;
  readonly maxBytes?: number;
}

const levelsColumns: readonly Column<WrittenLevels>[] = [
  { title: 'file', cell: (one) => one.file },
  { title: 'records', cell: (one) => String(one.records), align: 'right' },
  { title: 'unknown orders', cell: (one) => String(one.unknownOrders), align: 'right' },
];

export function registerDbn(data: Command, io: Io): void {
  data
    .command('dbn <file>')
    .description('a file of Databento: its header, what it holds, its first records')
    .option('--head <n>', 'print the first records, one a line', wholeNumber, 0)
    .option('--levels <file>', 'of orders: write ten levels after each event that changed them, as MBP-10')
    .option('--tick <n>', 'smallest difference of two prices, for --levels (default: that of a known product)', positiveNumber)
    .option('--replace', 'take the place of a file of this name')
    .option('--allow-truncated', 'take a file that ends inside a record')
    .option('--max-bytes <n>', 'of the file, unpacked (default: 256 GB)', positiveWholeNumber)
    .action(async (path: string, flags: LookFlags, command: Command) => {
      const options = optionsOf(command);
      if (flags.levels !== undefined) {
        const { tickOfSymbols } = await import('../../market/store/dbn-ticks.ts');
        const { writeLevels } = await import('../../market/store/write-levels.ts');
        const document = await writeLevels({
          ...flags,
          path,
          to: flags.levels,
          tickOf: (id, header) => tickOfSymbols(id, header, flags.tick, path),
        });
        printAnswer(io, options, { document, columns: levelsColumns, rows: [document] });
        return;
      }
      const { openDbn } = await import('../../market/dbn/reader.ts');
      const { summarize } = await import('../../market/dbn/inspect.ts');
      const summary = await summarize(await openDbn(path, flags), flags.head);
      const { header, types, instruments, head, cutOff } = summary;
      if (flags.head > 0 && !options.json) {
        for (const record of head) io.out.write(`${JSON.stringify(record)}\n`);
        return;
      }
      printAnswer(io, options, { document: summary, columns: instrumentColumns, rows: instruments, empty: 'no records' });
      const facts =
        header === null
          ? 'a fragment without a header'
          : Object.entries(header)
              .map(([key, value]) => `${key} ${factText(value)}`)
              .join(', ');
      say(io, options, facts);
      say(
        io,
        options,
        `records: ${
          Object.entries(types)
            .map(([type, count]) => `${count} ${type}`)
            .join(', ') || 'none'
        }`,
      );
      if (cutOff > 0) say(io, options, `the file ends inside a record: ${cutOff} bytes are left`);
    });
}

function factText(value: unknown): string {
  return Array.isArray(value)
    ? `[${value.slice(0, 5).join(' ')}${value.length > 5 ? ` and ${value.length - 5} more` : ''}]`
    : String(value);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('a positive number is needed');
  return value;
}
