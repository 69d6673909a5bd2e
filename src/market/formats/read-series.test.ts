import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { asDeclaredByDefault, first, header, lines, readCsv, second, third, useCsvFolder } from '../../../tests/fixtures/csv.ts';
import { sha256 } from '../../core/json.ts';
import { sessionCalendars } from '../calendars/index.ts';
import { symbolOfFile } from './read-series.ts';

const { pathOf, read, problemOf } = useCsvFolder();
const isoTimes = (time: Float64Array): string[] => Array.from(time, (ms) => new Date(ms).toISOString());

describe('reading CSV', () => {
  test('takes a date and a time of day from two columns, in the session time zone', async () => {
    const { series, bytes, sha256: hash } = await read(lines(header, first, second));
    expect(isoTimes(series.time)).toEqual(['2018-02-16T14:30:00.000Z', '2018-02-16T14:31:00.000Z']);
    expect([...series.open]).toEqual([245.4, 245.73]);
    expect([...series.high]).toEqual([245.74, 246]);
    expect([...series.low]).toEqual([245.4, 245.35]);
    expect([...series.close]).toEqual([245.69, 245.98]);
    expect([...series.volume]).toEqual([273668, 54087]);
    const text = lines(header, first, second);
    expect({ bytes, hash }).toEqual({ bytes: text.length, hash: sha256(text) });
  });

  test('reads a gzipped file as its plain text, whatever it is called', async () => {
    const text = lines(header, first, second);
    const { series, bytes, sha256: hash } = await read(text);
    for (const name of ['ABC.csv.gz', 'ABC.csv'])
      expect(await read(gzipSync(text), {}, name)).toMatchObject({ series, bytes, sha256: hash });
  });

  test('turns a descending, end-stamped file without a final newline into starts that rise', async () => {
    const text = ['datetime,open,high,low,close,volume', '2019-02-15 16:00:00,2,2,2,2,20', '2019-02-15 15:59:00,1,1,1,1,10'].join('\n');
    const { series } = await read(text, { order: 'descending', stamp: 'end' });
    expect(isoTimes(series.time)).toEqual(['2019-02-15T20:58:00.000Z', '2019-02-15T20:59:00.000Z']);
    expect([...series.close]).toEqual([1, 2]);
  });

  test('finds semicolons, tabs and bars, short and decorated headers, a byte order mark and Windows line ends', async () => {
    const expected = (await read(lines('datetime,open,high,low,close,volume', '2018-02-16 09:30:00,1,3,1,2,5'))).series;
    expect((await read('datetime;o;h;l;c;v\r\n2018-02-16 09:30:00;1;3;1;2;5\r\n')).series).toEqual(expected);
    expect((await read('\uFEFF<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<VOL>\n2018-02-16\t09:30\t1\t3\t1\t2\t5\n')).series).toEqual(
      expected,
    );
    expect((await read('Timestamp | Open | High | Low | Last | Volume\n2018-02-16T09:30 | 1 | 3 | 1 | 2 | 5\n')).series).toEqual(expected);
  });

  test('takes headers that were named before any alias', async () => {
    const text = lines('stamp,px,open,high,low,close,volume', '2018-02-16 09:30,9,10,12,8,11,5');
    const { series } = await read(text, { columns: { datetime: 'stamp', open: 'px' } });
    expect(series.open[0]).toBe(9);
  });

  test('honours an offset in the stamp, and epoch seconds and milliseconds, over the declared zone', async () => {
    const at = async (stamp: string): Promise<string> =>
      isoTimes((await read(lines('datetime,o,h,l,c,v', `${stamp},1,1,1,1,1`))).series.time)[0]!;
    for (const stamp of ['2018-02-16T14:30:00Z', '2018-02-16 15:30:00+01:00', '1518791400', '1518791400000', '2018-02-16 09:30:00.000'])
      expect(await at(stamp)).toBe('2018-02-16T14:30:00.000Z');
  });

  test('follows New York over the start of summer time', async () => {
    const text = lines('datetime,o,h,l,c,v', '2018-03-09 09:30,1,1,1,1,1', '2018-03-12 09:30,1,1,1,1,1');
    expect(isoTimes((await read(text)).series.time)).toEqual(['2018-03-09T14:30:00.000Z', '2018-03-12T13:30:00.000Z']);
  });

  test('names the symbol after the file', async () => {
    expect(symbolOfFile('/x/NVDA_1m_2018-02-16.csv.gz')).toBe('NVDA');
    expect(symbolOfFile('msft.csv')).toBe('MSFT');
  });
});

describe('a CSV file that does not hold what it should', () => {
  test('lacks a column: says what was found and what would do', async () => {
    expect(await problemOf(lines('date,ToD,open,high,low,settle,volume', first))).toEqual({
      code: 'data_invalid',
      place: 'ABC.csv:1',
      message: 'the column close is missing; found: date, ToD, open, high, low, settle, volume',
      hint: 'accepted headers: close, c, last, closeprice; or name yours: --column close=<header>',
    });
    expect((await problemOf(lines('open,high,low,close,volume', '1,1,1,1,1'))).hint).toMatch(/date and a time column/);
  });

  test('lacks a header that was named', async () => {
    expect((await problemOf(lines(header, first), { columns: { close: 'Settle' } })).message).toMatch(
      /no column has the header "Settle"; found: date, ToD/,
    );
    expect(await problemOf(lines(header, first), { columns: { prize: 'close' } })).toMatchObject({
      code: 'usage',
      message: '"prize" is not a column of bars',
    });
  });

  test.each([
    ['n/a', 'close', lines(header, first, second.replace('245.98', 'n/a'))],
    ['', 'volume', lines(header, first, second.replace('54087.0', ''))],
    ['NaN', 'open', lines(header, first, second.replace('245.73', 'NaN'))],
    ['Infinity', 'high', lines(header, first, second.replace('246.0', 'Infinity'))],
    ['0x10', 'low', lines(header, first, second.replace('245.35', '0x10'))],
  ])('has %j where a number should be: names line and column', async (text, column, content) => {
    expect(await problemOf(content)).toMatchObject({
      code: 'data_invalid',
      place: `ABC.csv:3, column ${column}`,
      message: `${JSON.stringify(text)} is not a number`,
    });
  });

  test('has decimal commas', async () => {
    const content = lines(header.replaceAll(',', ';'), first.replaceAll(',', ';').replace('245.69', '245,69'));
    expect((await problemOf(content)).hint).toMatch(/^a decimal comma is declared by --decimal comma/);
  });

  test('has a stamp that is not a time, or that the clock skipped', async () => {
    for (const [stamp, message] of [
      ['2018-02-30 09:30', 'year 2018, month 2, day 30 is not a date'],
      ['2018-13-01 09:30', 'year 2018, month 13, day 1 is not a date'],
      ['2018-02-16 24:00', '"2018-02-16 24:00" is no time of day'],
      ['soon', '"soon" is not a time'],
    ])
      expect(await problemOf(lines('datetime,o,h,l,c,v', `${stamp},1,1,1,1,1`))).toMatchObject({
        place: 'ABC.csv:2, column datetime',
        message,
      });
    expect(
      (await problemOf(lines('datetime,o,h,l,c,v', '2018-03-11 02:30,1,1,1,1,1'), { calendar: sessionCalendars.crypto })).message,
    ).toBe('"2018-03-11 02:30" does not exist in the local time of America/New_York');
  });

  test('runs backwards although ascending was declared: offers the other order', async () => {
    expect(await problemOf(lines(header, second, first))).toEqual({
      code: 'data_invalid',
      place: 'ABC.csv:3, column datetime',
      message: 'time runs backwards from line 2 (2018-02-16T14:31:00.000Z) to 2018-02-16T14:30:00.000Z, but ascending was declared',
      hint: 'the file looks descending: --order descending',
    });
    expect((await problemOf(lines(header, first, second), { order: 'descending' })).hint).toBe(
      'the file looks ascending: --order ascending',
    );
  });

  test('is in no order at all', async () => {
    expect(await problemOf(lines(header, second, first, third))).toMatchObject({
      place: 'ABC.csv:3, column datetime',
      hint: 'sort the file by time',
    });
  });

  test('says a time twice', async () => {
    expect(await problemOf(lines(header, first, second, second))).toMatchObject({
      place: 'ABC.csv:4, column datetime',
      message: 'the time 2018-02-16T14:31:00.000Z of line 3 is repeated',
    });
  });

  test('has inconsistent prices, or none at all', async () => {
    expect(await problemOf(lines(header, first, '2018-02-16,09:31:00,10,9,8,9,1'))).toMatchObject({
      place: 'ABC.csv:3',
      message: 'open 10, high 9, low 8 and close 9 are inconsistent',
    });
    expect((await problemOf(lines(header, '2018-02-16,09:30:00,0,1,0,1,1'))).hint).toMatch(/^prices must be positive/);
  });

  test('has a negative volume', async () => {
    expect(await problemOf(lines(header, '2018-02-16,09:30:00,1,1,1,1,-5'))).toMatchObject({
      place: 'ABC.csv:2, column volume',
      message: 'the volume -5 is negative',
    });
  });

  test('is empty, or holds a header only', async () => {
    expect(await problemOf('')).toMatchObject({ code: 'data_invalid', place: 'ABC.csv', message: 'the file is empty' });
    expect(await problemOf('\n\n')).toMatchObject({ message: 'the file is empty' });
    expect(await problemOf(lines(header))).toMatchObject({ message: 'the file holds a header but no bars' });
  });

  test('has a line with too few fields', async () => {
    expect(await problemOf(lines(header, first, '2018-02-16,09:31:00,1'))).toMatchObject({
      code: 'data_invalid',
      place: 'ABC.csv:3',
      message: 'the line has 3 fields, its header 7',
      hint: 'every line must have as many fields as the header: correct the line or remove it',
    });
  });

  test('is a damaged archive', async () => {
    const packed = gzipSync(lines(header, first, second));
    expect(await problemOf(packed.subarray(0, packed.length - 20))).toMatchObject({ code: 'data_invalid', place: 'ABC.csv' });
  });

  test('is not there', async () => {
    await expect(readCsv(pathOf('nowhere.csv'), 'ABC', asDeclaredByDefault)).rejects.toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
  });

  test('was declared in a zone that does not exist', async () => {
    expect((await problemOf(lines(header, first), { zone: 'Mars/Olympus' })).code).toBe('config_invalid');
  });
});

describe('a header', () => {
  test('that is missing is said to be, and values are never taken for names', async () => {
    const bars = ['2018-02-16 09:30:00,245.4,245.74,245.4,245.69,273668', '2018-02-16 09:31:00,245.73,246.0,245.35,245.98,54087'];
    expect(await problemOf(lines(...bars))).toMatchObject({
      code: 'data_invalid',
      place: 'ABC.csv:1',
      message: expect.stringContaining('no header line'),
      hint: expect.stringContaining('datetime,open,high,low,close,volume'),
    });
    const columns = { datetime: '2018-02-16 09:30:00', open: '245.4', high: '245.74', low: '245.4', close: '245.69', volume: '273668' };
    expect(await problemOf(lines(...bars), { columns })).toMatchObject({ message: expect.stringContaining('no header line') });
  });

  test('that stands twice, or is wanted for two columns, is refused', async () => {
    const twice = lines('datetime,open,high,low,close,volume,open,high,low,close,volume', '2018-02-16 09:30,1,1,1,1,5,2,2,2,2,5');
    expect(await problemOf(twice)).toMatchObject({
      code: 'data_invalid',
      place: 'ABC.csv:1',
      message: 'the column "open" occurs twice in the header line',
    });
    const bars = lines('datetime,px,high,low,last,volume', '2018-02-16 09:30,1,1,1,1,5');
    expect(await problemOf(bars, { columns: { open: 'px', close: 'px' } })).toMatchObject({
      code: 'data_invalid',
      message: 'the column "px" is used both as open and as close',
    });
  });

  test('whose price stands in a column that looks like one of symbols is read as declared', async () => {
    const kept = await read(lines('time,open,high,low,Asset,volume', '2018-02-16 09:30:00,1,3,1,2,5', '2018-02-16 09:31:00,2,4,2,3,5'), {
      columns: { close: 'Asset' },
    });
    expect(Array.from(kept.series.close)).toEqual([2, 3]);
  });

  test('with a column of symbols is read where it names one, and refused with the line where it names several', async () => {
    const row = (symbol: string, minute: number): string => `2018-02-16 09:${minute},${symbol},1,1,1,1,5`;
    const head = 'datetime,Symbol,open,high,low,close,volume';
    expect((await read(lines(head, row('ES', 30), row('ES', 31)))).series.time).toHaveLength(2);
    expect(await problemOf(lines(head, row('ES', 30), row('NQ', 31)))).toMatchObject({
      code: 'data_invalid',
      place: 'ABC.csv:3',
      message: 'the file holds several symbols: ES, NQ',
    });
  });
});
