import { describe, expect, test } from 'vitest';
import { useCsvFolder } from '../../../../tests/fixtures/csv.ts';
import { layoutOf } from './index.ts';

const { read } = useCsvFolder();

/** One bar in the words of the programs' exports; its stamp is 09:30 or, where ends are stamped, 09:31. */
const bar = {
  open: '100.00',
  high: '109.00',
  low: '95.00',
  close: '101.00',
  ticks: '200',
  volume: '1000',
  up: '600',
  down: '400',
  spread: '2',
};
const dots = '2018.02.16';
const slashes = '02/16/2018';

interface Kind {
  readonly name: string;
  /** Declared; else found by the header. */
  readonly layout?: string;
  readonly head?: readonly string[];
  readonly fields: readonly string[];
  readonly volume: number;
}

const { open, high, low, close, ticks, volume, up, down, spread } = bar;
const kinds: readonly Kind[] = [
  { name: 'MetaTrader 4 without a header', layout: 'metatrader4', fields: [dots, '09:30', open, high, low, close, ticks], volume: 200 },
  {
    name: 'MetaTrader 5',
    head: ['<DATE>', '<TIME>', '<OPEN>', '<HIGH>', '<LOW>', '<CLOSE>', '<TICKVOL>', '<VOL>', '<SPREAD>'],
    fields: [dots, '09:30:00', open, high, low, close, ticks, '0', spread],
    volume: 200,
  },
  {
    name: 'MetaTrader 5 with a volume, columns in another order',
    head: ['<DATE>', '<TIME>', '<CLOSE>', '<OPEN>', '<LOW>', '<HIGH>', '<VOL>', '<TICKVOL>', '<SPREAD>'],
    fields: [dots, '09:30:00', close, open, low, high, volume, ticks, spread],
    volume: 1000,
  },
  {
    name: 'MetaTrader 5 in small letters, without spread',
    head: ['<date>', '<time>', '<open>', '<high>', '<low>', '<close>', '<tickvol>', '<vol>'],
    fields: [dots, '09:30:00', open, high, low, close, ticks, volume],
    volume: 1000,
  },
  {
    name: 'TradeStation',
    head: ['Date', 'Time', 'Open', 'High', 'Low', 'Close', 'Up', 'Down'],
    fields: [slashes, '09:31', open, high, low, close, up, down],
    volume: 1000,
  },
  {
    name: 'TradeStation with times of four digits, columns in another order',
    head: ['Date', 'Time', 'Open', 'Close', 'High', 'Low', 'Down', 'Up', 'OI'],
    fields: [slashes, '0931', open, close, high, low, down, up, '0'],
    volume: 1000,
  },
  {
    name: 'TradeStation with brackets and spaces',
    layout: 'tradestation',
    head: ['<Date>', ' <Time>', ' <Open>', ' <High>', ' <Low>', ' <Close>', ' <Up>', ' <Down>'],
    fields: [slashes, '09:31', open, high, low, close, up, down],
    volume: 1000,
  },
  {
    name: 'TradeStation with short names and a volume',
    layout: 'tradestation',
    head: ['Date', 'Time', 'O', 'H', 'L', 'C', 'V'],
    fields: [slashes, '0931', open, high, low, close, volume],
    volume: 1000,
  },
  {
    name: 'dates under DTYYYYMMDD',
    head: ['<TICKER>', '<DTYYYYMMDD>', '<TIME>', '<OPEN>', '<HIGH>', '<LOW>', '<CLOSE>', '<VOL>'],
    fields: ['NVDA', '20180216', '093000', open, high, low, close, volume],
    volume: 1000,
  },
];

const quotes = (text: string): string => `"${text}"`;
const plain = (text: string): string => text;
const dialects = [',', '\t', ';'].flatMap((separator) => [
  { separator, head: plain, field: plain },
  { separator, head: quotes, field: plain },
  { separator, head: quotes, field: quotes },
]);

describe.each(kinds)('$name', ({ layout, head, fields, volume: expected }) => {
  test('is read with commas, tabs and semicolons, with quotes and without', async () => {
    for (const { separator, head: ofHead, field } of dialects) {
      const rows = [...(head === undefined ? [] : [head.map(ofHead)]), fields.map(field)];
      const text = `${rows.map((row) => row.join(separator)).join('\r\n')}\r\n`;
      const { series } = await read(text, {
        ...{ zone: 'America/New_York', order: undefined, stamp: undefined },
        ...(layout === undefined ? {} : { layout: layoutOf(layout) }),
      });
      expect(
        {
          time: new Date(series.time[0]!).toISOString(),
          values: [series.open, series.high, series.low, series.close, series.volume].map((x) => x[0]),
        },
        text,
      ).toEqual({ time: '2018-02-16T14:30:00.000Z', values: [100, 109, 95, 101, expected] });
    }
  });
});
