import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lines, readInMemory, useCsvFolder } from '../../../../tests/fixtures/csv.ts';
import { sessionCalendars } from '../../calendars/index.ts';
import { readingFactsOf } from '../describe.ts';
import type { DeclaredFormat } from '../reading.ts';
import { layoutOf, layouts } from './index.ts';

const { pathOf, problemOf } = useCsvFolder();

/** Reads the text with a market that never closes, so that any time is a session's. */
async function readAt(text: string, format: DeclaredFormat) {
  writeFileSync(pathOf('X.csv'), text);
  const { all } = await readInMemory([{ file: pathOf('X.csv'), format }], {
    calendar: sessionCalendars.crypto,
    barMs: 60_000,
  });
  const [{ series, parts }] = all as [(typeof all)[number]];
  const { open, high, low, close, volume, time } = series;
  return {
    bar: [new Date(time[0]!).toISOString(), open[0], high[0], low[0], close[0], volume[0]],
    symbol: series.symbol,
    part: parts[0]!,
    reading: parts[0]!.reading,
  };
}

/** What the example of each layout holds: UTC start, open, high, low, close, volume; and the zone to declare where the layout has none. */
const expected: Readonly<Record<string, readonly [string, number, number, number, number, number, string?]>> = {
  alpaca: ['2024-01-03T14:30:00.000Z', 184.22, 184.59, 183.93, 184.46, 1_230_145],
  'binance-futures': ['2023-08-01T00:00:00.000Z', 4.255, 4.256, 4.252, 4.252, 25_259.1],
  'binance-spot': ['2025-01-01T00:00:00.000Z', 0.316, 0.316, 0.316, 0.316, 27],
  databento: ['2022-12-15T00:00:00.000Z', 4037.75, 4037.75, 4037.5, 4037.5, 19],
  dukascopy: ['2018-02-16T14:30:00.000Z', 1.25062, 1.25071, 1.25058, 1.25069, 112.45],
  finam: ['2014-07-31T20:00:00.000Z', 1462.9, 1463.4, 1462.9, 1462.9, 16, 'Europe/Moscow'],
  firstrate: ['2018-02-16T14:30:00.000Z', 245.4, 245.74, 245.4, 245.69, 273_668],
  histdata: ['2012-02-01T05:00:00.000Z', 1.3066, 1.3066, 1.30656, 1.30656, 0],
  'histdata-mt': ['2012-02-01T05:00:00.000Z', 1.3066, 1.3066, 1.30656, 1.30656, 0],
  'interactive-brokers': ['2018-02-16T14:30:00.000Z', 245.4, 245.74, 245.4, 245.69, 2736, 'America/New_York'],
  kibot: ['2018-02-16T14:30:00.000Z', 245.4, 245.74, 245.4, 245.69, 273_668],
  kraken: ['2021-01-01T00:00:00.000Z', 28_923.63, 28_961.66, 28_913.12, 28_961.66, 11.52],
  metatrader4: ['2018-02-16T07:30:00.000Z', 1.25062, 1.25071, 1.25058, 1.25069, 112, 'Europe/Athens'],
  metatrader5: ['2018-02-16T07:30:00.000Z', 1.25062, 1.25071, 1.25058, 1.25069, 112, 'Europe/Athens'],
  ninjatrader: ['2018-02-16T14:30:00.000Z', 245.4, 245.74, 245.4, 245.69, 273_668],
  pandas: ['2024-01-03T14:30:00.000Z', 474.85, 476.2, 474.03, 475.69, 1_713_820],
  'polygon-flat': ['2025-04-16T08:35:00.000Z', 200.29, 200.63, 200.29, 200.5, 4930],
  'polygon-rest': ['2025-04-16T08:35:00.000Z', 200.29, 200.63, 200.29, 200.5, 4930],
  tradestation: ['2018-02-16T14:30:00.000Z', 245.4, 245.74, 245.4, 245.69, 273_668, 'America/New_York'],
  tradingview: ['2018-02-16T14:30:00.000Z', 245.4, 245.74, 245.4, 245.69, 273_668],
  yfinance: ['2024-01-03T14:30:00.000Z', 474.85, 476.2, 474.03, 475.69, 1_713_820],
};

describe('a layout', () => {
  test.each(layouts.map((layout) => [layout.id, layout] as const))('%s reads its own example', async (id, layout) => {
    const [start, open, high, low, close, volume, zone] = expected[id]!;
    const read = await readAt(lines(...layout.example), { layout, zone });
    expect(read.bar).toEqual([start, open, high, low, close, volume]);
    expect(read.reading).toMatchObject({ layout: { id }, layoutFrom: 'declared', stamp: layout.stamp });
  });

  test('that only its header can have is taken without being declared', async () => {
    for (const layout of layouts.filter(({ distinct }) => distinct === true)) {
      const zone = expected[layout.id]![6];
      const read = await readAt(lines(...layout.example), zone === undefined ? {} : { zone });
      expect(read.bar).toEqual(expected[layout.id]!.slice(0, 6));
      expect(read.reading).toMatchObject({ layout: { id: layout.id }, layoutFrom: 'header' });
    }
  });

  test('without a header line is suggested, never assumed', async () => {
    for (const layout of layouts.filter(({ fields }) => fields !== undefined)) {
      const values = layout.example.at(-1)!;
      const problem = await problemOf(lines(values));
      expect(problem).toMatchObject({ code: 'data_invalid', message: expect.stringMatching(/^the file has no header line/) });
      expect(problem.hint).toContain(`--layout ${layout.id}`);
      expect(problem.hint).toMatch(/--columns (datetime|date,time),open,high,low,close,volume/);
    }
  });

  test('takes what is declared before its own facts', async () => {
    const example = lines(...layoutOf('ninjatrader').example);
    const read = await readAt(example, { layout: layoutOf('ninjatrader'), zone: 'America/New_York', stamp: 'start' });
    expect(read.bar[0]).toBe('2018-02-16T19:31:00.000Z');
    expect(read.reading).toMatchObject({ zoneFrom: 'declared', stampFrom: 'declared' });
  });

  test('says where its facts are from, and its name is known or refused with all names', () => {
    for (const { source, example, title } of layouts)
      expect([source.length > 20, example.length > 0, title.length > 5]).toEqual([true, true, true]);
    expect(new Set(layouts.map(({ id }) => id)).size).toBe(layouts.length);
    expect(() => layoutOf('bloomberg')).toThrow(expect.objectContaining({ code: 'usage', hint: expect.stringContaining('kibot, kraken') }));
  });
});

describe('variants', () => {
  test('of Databento: times and prices are switched separately, without a symbol column too', async () => {
    const head = 'ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume';
    const times = ['2022-12-15T00:00:00.000000000Z', '1671062400000000000'];
    const prices = [
      '4037.750000000,4037.750000000,4037.500000000,4037.500000000',
      '4037750000000,4037750000000,4037500000000,4037500000000',
    ];
    for (const time of times)
      for (const price of prices) {
        const { bar, reading } = await readAt(lines(head, `${time},33,1,206299,${price},19`), {});
        expect(bar).toEqual(['2022-12-15T00:00:00.000Z', 4037.75, 4037.75, 4037.5, 4037.5, 19]);
        expect(reading.fixedPoint).toBe(!price.includes('.'));
      }
    const mixed = lines(head, `${times[0]},33,1,206299,${prices[0]},19`, `${times[1]},33,1,206299,${prices[0]},19`);
    expect((await problemOf(mixed)).message).toMatch(/is epoch nanoseconds, and the rows before have a time with an offset/);
    const undefinedPrice = lines(
      head,
      `${times[1]},33,1,206299,${prices[1]},19`,
      `1671062460000000000,33,1,206299,9223372036854775807,1,1,1,19`,
    );
    expect((await problemOf(undefinedPrice)).code).toBe('data_invalid');
  });

  test('of Binance: microseconds from 2025, milliseconds before, and futures without a header', async () => {
    const row = (time: string): string => lines(`${time},1,2,1,2,5,${time},0,1,0,0,0`);
    for (const layout of ['binance-spot', 'binance-futures'].map(layoutOf))
      for (const time of ['1735689600000000', '1735689600000'])
        expect((await readAt(row(time), { layout })).bar).toEqual(['2025-01-01T00:00:00.000Z', 1, 2, 1, 2, 5]);
  });

  test('of REST pages: Alpaca with one symbol and several, Binance lists, columns, and a page that is not the last', async () => {
    const bar = '{"t":"2024-01-03T14:30:00Z","o":1,"h":3,"l":1,"c":2,"v":5,"n":1,"vw":1.5}';
    const one = await readAt(`{"bars":[${bar}],"symbol":"AAPL","next_page_token":null}`, {});
    expect([one.symbol, ...one.bar]).toEqual(['AAPL', '2024-01-03T14:30:00.000Z', 1, 3, 1, 2, 5]);
    const several = `{"bars":{"AAPL":[${bar}],"MSFT":[${bar}]},"next_page_token":"x"}`;
    writeFileSync(pathOf('bars.json'), several);
    const { all } = await readInMemory([{ file: pathOf('bars.json'), only: new Map([['MSFT', 'MSFT']]) }], {
      calendar: sessionCalendars.crypto,
      barMs: 60_000,
    });
    expect(all[0]).toMatchObject({ series: { symbol: 'MSFT' }, parts: [{ continues: true, otherSymbols: 1 }] });
    const klines = '[[1735689600000,"0.1","0.3","0.1","0.2","5",1735689659999,"1",1,"1","1","0"]]';
    expect((await readAt(klines, { layout: layoutOf('binance-spot') })).bar).toEqual(['2025-01-01T00:00:00.000Z', 0.1, 0.3, 0.1, 0.2, 5]);
    const columns = '{"s":"ok","t":[1735689600],"o":[1],"h":[3],"l":[1],"c":[2],"v":[5]}';
    expect((await readAt(columns, {})).bar).toEqual(['2025-01-01T00:00:00.000Z', 1, 3, 1, 2, 5]);
    const nanoseconds = '[{"ts":1735689600000999999,"o":1,"h":3,"l":1,"c":2,"v":5}]';
    expect((await readAt(nanoseconds, {})).bar[0]).toBe('2025-01-01T00:00:00.000Z');
    expect((await problemOf('{"error":"not entitled"}')).message).toBe('the JSON holds no list of bars');
    expect((await problemOf('[{"t":1,')).message).toMatch(/^cannot parse the JSON/);
  });

  test('of MetaTrader 5: the volume of the exchange where the file has it, and of columns that are added, both said', async () => {
    const [head] = layoutOf('metatrader5').example;
    const row = (minute: number, vol: number): string => `2018.02.16\t09:3${minute}:00\t1\t3\t1\t2\t112\t${vol}\t8`;
    const { bar, part } = await readAt(lines(head!, row(0, 0), row(1, 50)), { zone: 'UTC' });
    expect(bar[5]).toBe(0);
    expect(readingFactsOf(part, 'UTC')).toMatchObject({ columns: { volume: '<VOL>' }, unused: ['<TICKVOL>', '<SPREAD>'] });
    const sum = await readAt(lines('time,o,h,l,c,buy,sell,n', '2018-02-16 09:30Z,1,3,1,2,5,7,9'), { columns: { volume: 'buy+sell' } });
    expect(sum.bar[5]).toBe(12);
    expect(readingFactsOf(sum.part, 'UTC')).toMatchObject({ columns: { volume: 'buy+sell' }, unused: ['n'] });
    const plus = await readAt(lines('time,o,h,l,c,buy+sell', '2018-02-16 09:30Z,1,3,1,2,5'), { columns: { volume: 'buy+sell' } });
    expect(plus.bar[5]).toBe(5);
    const missing = lines('time,o,h,l,c,buy', '2018-02-16 09:30Z,1,3,1,2,5');
    expect((await problemOf(missing, { columns: { volume: 'buy+sell' } })).message).toMatch(/^no column has the header "sell"/);
    expect((await problemOf(missing, { columns: { volume: 'buy+buy' } })).message).toMatch(/is used both as volume and as volume/);
  });

  test('of yfinance: several symbols, and the two levels the other way round', async () => {
    const several = lines(
      'Price,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume',
      'Ticker,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT',
      'Datetime,,,,,,,,,,',
      '2024-01-03 14:30:00+00:00,2,20,3,30,1,10,1,10,5,50',
      '2024-01-03 14:31:00+00:00,2,,3,,1,,1,,5,',
    );
    expect(await problemOf(several)).toMatchObject({
      message: 'the file holds several symbols: AAPL, MSFT',
      hint: expect.stringContaining('--only AAPL,MSFT'),
    });
    const byTicker = lines(
      'Ticker,MSFT,MSFT,MSFT,MSFT,MSFT',
      'Price,Open,High,Low,Close,Volume',
      'Datetime,,,,,',
      '2024-01-03 14:30:00+00:00,10,30,10,20,50',
    );
    expect(await readAt(byTicker, {})).toMatchObject({ symbol: 'MSFT', bar: ['2024-01-03T14:30:00.000Z', 10, 30, 10, 20, 50] });
    writeFileSync(pathOf('yf.csv'), several);
    const only = new Map([
      ['AAPL', 'AAPL'],
      ['MSFT', 'MSFT'],
    ]);
    const { all } = await readInMemory([{ file: pathOf('yf.csv'), only }], {
      calendar: sessionCalendars.crypto,
      barMs: 60_000,
    });
    expect(all.map(({ series, parts }) => [series.symbol, series.time.length, parts[0]!.emptyBars])).toEqual([
      ['AAPL', 2, 0],
      ['MSFT', 1, 1],
    ]);
  });
});
