import { Argument, type Command } from 'commander';
import { AssayError } from '../../core/errors.ts';
import { parseTime } from '../../core/time.ts';
import type { FetchedDays } from '../../market/fetch/databento.ts';
import type { FetchedBars } from '../../market/fetch/fetch-bars.ts';
import type { Io } from '../io.ts';
import { type GlobalOptions, optionsOf } from '../options.ts';
import { printAnswer, say } from '../output/print.ts';
import type { Column } from '../output/table.ts';
import { untilStopped } from '../stop-signal.ts';

interface FetchFlags {
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
  readonly out: string;
  readonly bar: string;
  readonly url?: string;
  readonly replace?: boolean;
  readonly dataset?: string;
  readonly schema: string;
  readonly stype: string;
  readonly mostUsd: number;
}

const sources = ['polygon', 'alpaca', 'binance', 'databento'] as const;

export function registerFetch(data: Command, io: Io): void {
  data
    .command('fetch')
    .addArgument(new Argument('<source>', 'of the bars').choices(sources))
    .description(
      'download bars to a CSV file, or DBN files of Databento, for `data import`; run again, it goes on where it was interrupted',
    )
    .requiredOption('--symbol <symbol>', 'as the source writes it; several of Databento with commas between')
    .requiredOption('--from <time>', 'first bar: 2024-01-02, or 2024-01-02T14:30Z', timeOf('--from'))
    .requiredOption('--to <time>', 'end of the range, not included', timeOf('--to'))
    .requiredOption('--out <file>', 'CSV file; a folder for Databento, with a file for each day')
    .option('--bar <minutes>', '1, 5, 15, 30 or 60', '1')
    .option('--url <url>', 'another address of the service')
    .option('--dataset <id>', 'of Databento: GLBX.MDP3')
    .option('--schema <id>', 'of Databento', 'ohlcv-1m')
    .option('--stype <type>', 'how symbols are written for Databento: raw_symbol, continuous, parent', 'raw_symbol')
    .option('--most-usd <n>', 'most that Databento may charge for the missing days', dollars, 0)
    .option('--replace', 'take the place of a file of this name')
    .addHelpText(
      'after',
      '\nKeys: POLYGON_API_KEY; APCA_API_KEY_ID and APCA_API_SECRET_KEY; DATABENTO_API_KEY; none for binance. They are read from the environment only.',
    )
    .action(async (source: (typeof sources)[number], flags: FetchFlags, command: Command) => {
      const options = optionsOf(command);
      await untilStopped(async (signal) => {
        const common = {
          fromMs: flags.from,
          toMs: flags.to,
          out: flags.out,
          url: flags.url,
          signal,
          environment: io.env,
          onPage: (text: string) => say(io, options, text),
          onPause: (because: string, ms: number) => say(io, options, `${because}; trying again in ${Math.ceil(ms / 1000)} s`),
        };
        if (source === 'databento') return fetchDays(io, options, flags, common);
        const { fetchBars } = await import('../../market/fetch/fetch-bars.ts');
        const document = await fetchBars({
          ...common,
          source,
          symbol: flags.symbol,
          barMinutes: barMinutesOf(flags.bar),
          replace: flags.replace === true,
        });
        printAnswer(io, options, { document, columns: barColumns, rows: [document] });
      });
    });
}

type Common = Pick<
  import('../../market/fetch/databento.ts').DatabentoDownload,
  'fromMs' | 'toMs' | 'out' | 'url' | 'environment' | 'signal' | 'onPage' | 'onPause'
>;

async function fetchDays(io: Io, options: GlobalOptions, flags: FetchFlags, common: Common): Promise<void> {
  if (flags.dataset === undefined)
    throw new AssayError('usage', 'Databento needs a dataset', { place: '--dataset', hint: 'for example --dataset GLBX.MDP3' });
  const { fetchDatabento } = await import('../../market/fetch/databento.ts');
  const document = await fetchDatabento({
    ...common,
    dataset: flags.dataset,
    schema: flags.schema,
    stype: flags.stype,
    symbols: flags.symbol.split(','),
    mostUsd: flags.mostUsd,
  });
  printAnswer(io, options, { document, columns: dayColumns, rows: [document] });
}

const barColumns: readonly Column<FetchedBars>[] = [
  { title: 'file', cell: ({ file }) => file },
  { title: 'symbol', cell: ({ symbol }) => symbol },
  { title: 'bars', cell: ({ bars }) => String(bars), align: 'right' },
  { title: 'pages', cell: ({ pages }) => String(pages), align: 'right' },
  { title: 'first', cell: ({ first }) => first },
  { title: 'last', cell: ({ last }) => last },
];

const dayColumns: readonly Column<FetchedDays>[] = [
  { title: 'folder', cell: ({ folder }) => folder },
  { title: 'files', cell: ({ files }) => String(files.length), align: 'right' },
  { title: 'kept', cell: ({ kept }) => String(kept), align: 'right' },
  { title: 'bytes', cell: ({ bytes }) => String(bytes), align: 'right' },
  { title: 'usd', cell: ({ usd }) => usd.toFixed(2), align: 'right' },
];

function timeOf(place: string): (text: string) => number {
  return (text) => {
    const time = parseTime(text);
    if (time !== null) return time.getTime();
    throw new AssayError('usage', `${JSON.stringify(text)} is no time`, { place, hint: 'write 2024-01-02 or 2024-01-02T14:30Z' });
  };
}

function barMinutesOf(text: string): number {
  if (['1', '5', '15', '30', '60'].includes(text)) return Number(text);
  throw new AssayError('usage', `bars of ${text} minutes cannot be fetched`, { place: '--bar', hint: 'choose 1, 5, 15, 30 or 60' });
}

function dollars(text: string): number {
  const usd = Number(text);
  if (text.trim() !== '' && usd >= 0 && Number.isFinite(usd)) return usd;
  throw new AssayError('usage', `${JSON.stringify(text)} is no amount`, { place: '--most-usd', hint: 'write for example --most-usd 2.50' });
}
