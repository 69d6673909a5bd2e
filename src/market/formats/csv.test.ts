import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import { sha256 } from '../../core/json.ts';
import { sessionCalendars } from '../sessions.ts';
import { type CsvOptions, readCsv, symbolOfFile } from './csv.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-csv-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const asDeclaredByDefault: CsvOptions = {
  order: 'ascending',
  zone: 'America/New_York',
  stamp: 'start',
  gaps: 'refuse',
  outside: 'refuse',
  columns: {},
  calendar: sessionCalendars['us-equities'],
  barMs: 60_000,
};

function read(content: string | Buffer, options: Partial<CsvOptions> = {}, file = 'ABC.csv') {
  const path = join(folder, file);
  writeFileSync(path, content);
  return readCsv(path, 'ABC', { ...asDeclaredByDefault, ...options });
}

/** The error as a command line would show it, with the folder left out. */
function problemOf(content: string | Buffer, options: Partial<CsvOptions> = {}) {
  try {
    read(content, options);
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    return { code: error.code, place: error.place?.replace(`${folder}/`, ''), message: error.message, hint: error.hint };
  }
  return expect.fail('the file was accepted');
}

const lines = (...all: string[]): string => `${all.join('\n')}\n`;
const header = 'date,ToD,open,high,low,close,volume';
const first = '2018-02-16,09:30:00,245.4,245.74,245.4,245.69,273668.0';
const second = '2018-02-16,09:31:00,245.73,246.0,245.35,245.98,54087.0';
const third = '2018-02-16,09:32:00,245.9,246.1,245.8,246,100';
const isoTimes = (time: Float64Array): string[] => Array.from(time, (ms) => new Date(ms).toISOString());

describe('reading CSV', () => {
  it('takes a date and a time of day from two columns, in the session time zone', () => {
    const { series, bytes, sha256: hash } = read(lines(header, first, second));
    expect(isoTimes(series.time)).toEqual(['2018-02-16T14:30:00.000Z', '2018-02-16T14:31:00.000Z']);
    expect([...series.open]).toEqual([245.4, 245.73]);
    expect([...series.high]).toEqual([245.74, 246]);
    expect([...series.low]).toEqual([245.4, 245.35]);
    expect([...series.close]).toEqual([245.69, 245.98]);
    expect([...series.volume]).toEqual([273668, 54087]);
    const text = lines(header, first, second);
    expect({ bytes, hash }).toEqual({ bytes: text.length, hash: sha256(text) });
  });

  it('reads a gzipped file as its plain text, whatever it is called', () => {
    const text = lines(header, first, second);
    expect(read(gzipSync(text), {}, 'ABC.csv.gz')).toEqual(read(text));
    expect(read(gzipSync(text), {}, 'ABC.csv')).toEqual(read(text));
  });

  it('turns a descending, end-stamped file without a final newline into starts that rise', () => {
    const text = ['datetime,open,high,low,close,volume', '2019-02-15 16:00:00,2,2,2,2,20', '2019-02-15 15:59:00,1,1,1,1,10'].join('\n');
    const { series } = read(text, { order: 'descending', stamp: 'end' });
    expect(isoTimes(series.time)).toEqual(['2019-02-15T20:58:00.000Z', '2019-02-15T20:59:00.000Z']);
    expect([...series.close]).toEqual([1, 2]);
  });

  it('finds semicolons, tabs and bars, short and decorated headers, a byte order mark and Windows line ends', () => {
    const expected = read(lines('datetime,open,high,low,close,volume', '2018-02-16 09:30:00,1,3,1,2,5')).series;
    expect(read('datetime;o;h;l;c;v\r\n2018-02-16 09:30:00;1;3;1;2;5\r\n').series).toEqual(expected);
    expect(read('\uFEFF<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<VOL>\n2018-02-16\t09:30\t1\t3\t1\t2\t5\n').series).toEqual(
      expected,
    );
    expect(read('Timestamp | Open | High | Low | Last | Volume\n2018-02-16T09:30 | 1 | 3 | 1 | 2 | 5\n').series).toEqual(expected);
  });

  it('takes headers that were named before any alias', () => {
    const text = lines('stamp,px,open,high,low,close,volume', '2018-02-16 09:30,9,10,12,8,11,5');
    const { series } = read(text, { columns: { datetime: 'stamp', open: 'px' } });
    expect(series.open[0]).toBe(9);
  });

  it('honours an offset in the stamp, and epoch seconds and milliseconds, over the declared zone', () => {
    const at = (stamp: string): string => isoTimes(read(lines('datetime,o,h,l,c,v', `${stamp},1,1,1,1,1`)).series.time)[0]!;
    for (const stamp of ['2018-02-16T14:30:00Z', '2018-02-16 15:30:00+01:00', '1518791400', '1518791400000', '2018-02-16 09:30:00.000'])
      expect(at(stamp)).toBe('2018-02-16T14:30:00.000Z');
  });

  it('follows New York over the start of summer time', () => {
    const text = lines('datetime,o,h,l,c,v', '2018-03-09 09:30,1,1,1,1,1', '2018-03-12 09:30,1,1,1,1,1');
    expect(isoTimes(read(text).series.time)).toEqual(['2018-03-09T14:30:00.000Z', '2018-03-12T13:30:00.000Z']);
  });

  it('leaves bars outside the session out when told so, and does not call what is left gapless or not by them', () => {
    const text = lines('datetime,o,h,l,c,v', '2018-02-16 09:29,1,1,1,1,1', '2018-02-16 09:30,1,1,1,1,1', '2018-02-16 17:30,1,1,1,1,1');
    expect(read(text, { outside: 'drop' }).series.time).toHaveLength(1);
  });

  it('names the symbol after the file', () => {
    expect(symbolOfFile('/x/NVDA_1m_2018-02-16.csv.gz')).toBe('NVDA');
    expect(symbolOfFile('msft.csv')).toBe('MSFT');
  });
});

describe('a CSV file that does not hold what it should', () => {
  it('lacks a column: says what was found and what would do', () => {
    expect(problemOf(lines('date,ToD,open,high,low,settle,volume', first))).toEqual({
      code: 'data_invalid',
      place: 'ABC.csv:1',
      message: 'the column close is missing; found: date, ToD, open, high, low, settle, volume',
      hint: 'accepted headers: close, c, last; or name yours: --column close=<header>',
    });
    expect(problemOf(lines('open,high,low,close,volume', '1,1,1,1,1')).hint).toMatch(/date and a time column/);
  });

  it('lacks a header that was named', () => {
    expect(problemOf(lines(header, first), { columns: { close: 'Settle' } }).message).toMatch(
      /no column is headed "Settle"; found: date, ToD/,
    );
    expect(problemOf(lines(header, first), { columns: { prize: 'close' } })).toMatchObject({
      code: 'usage',
      message: '"prize" is no column of bars',
    });
  });

  it.each([
    ['n/a', 'close', lines(header, first, second.replace('245.98', 'n/a'))],
    ['', 'volume', lines(header, first, second.replace('54087.0', ''))],
    ['NaN', 'open', lines(header, first, second.replace('245.73', 'NaN'))],
    ['Infinity', 'high', lines(header, first, second.replace('246.0', 'Infinity'))],
    ['0x10', 'low', lines(header, first, second.replace('245.35', '0x10'))],
  ])('has %j where a number should be: names line and column', (text, column, content) => {
    expect(problemOf(content)).toMatchObject({
      code: 'data_invalid',
      place: `ABC.csv:3, column ${column}`,
      message: `${JSON.stringify(text)} is not a number`,
    });
  });

  it('has decimal commas', () => {
    const content = lines(header.replaceAll(',', ';'), first.replaceAll(',', ';').replace('245.69', '245,69'));
    expect(problemOf(content).hint).toBe('write the decimals after a point');
  });

  it('has a stamp that is no time, or that the clock skipped', () => {
    for (const stamp of ['02/16/2018 09:30', '2018-02-30 09:30', '2018-13-01 09:30', '2018-02-16 24:00', 'soon'])
      expect(problemOf(lines('datetime,o,h,l,c,v', `${stamp},1,1,1,1,1`))).toMatchObject({
        place: 'ABC.csv:2, column datetime',
        message: `${JSON.stringify(stamp)} is no time`,
      });
    expect(problemOf(lines('datetime,o,h,l,c,v', '2018-03-11 02:30,1,1,1,1,1'), { calendar: sessionCalendars['utc-day'] }).message).toBe(
      '"2018-03-11 02:30" never was on the clocks of America/New_York',
    );
  });

  it('runs backwards although ascending was declared: offers the other order', () => {
    expect(problemOf(lines(header, second, first))).toEqual({
      code: 'data_invalid',
      place: 'ABC.csv:3, column datetime',
      message: 'time runs backwards from line 2 (2018-02-16T14:31:00.000Z) to 2018-02-16T14:30:00.000Z, but ascending was declared',
      hint: 'the file looks descending: --order descending',
    });
    expect(problemOf(lines(header, first, second), { order: 'descending' }).hint).toBe('the file looks ascending: --order ascending');
  });

  it('is in no order at all', () => {
    expect(problemOf(lines(header, second, first, third))).toMatchObject({
      place: 'ABC.csv:3, column datetime',
      hint: 'sort the file by time',
    });
  });

  it('says a time twice', () => {
    expect(problemOf(lines(header, first, second, second))).toMatchObject({
      place: 'ABC.csv:4, column datetime',
      message: 'the time 2018-02-16T14:31:00.000Z of line 3 comes again',
    });
  });

  it('has a gap, which may be allowed', () => {
    const gap = lines(header, first, third);
    expect(problemOf(gap)).toEqual({
      code: 'data_invalid',
      place: 'ABC.csv:3, column datetime',
      message: '1 bar is missing between 2018-02-16T14:30:00.000Z and 2018-02-16T14:32:00.000Z',
      hint: 'take the bars as they are with --gaps allow; nothing is filled in',
    });
    expect(read(gap, { gaps: 'allow' }).series.time).toHaveLength(2);
  });

  it('places a gap on its line in a descending file as well', () => {
    expect(problemOf(lines(header, third, first), { order: 'descending' }).place).toBe('ABC.csv:2, column datetime');
  });

  it('has prices that do not fit together, or none at all', () => {
    expect(problemOf(lines(header, first, '2018-02-16,09:31:00,10,9,8,9,1'))).toMatchObject({
      place: 'ABC.csv:3',
      message: 'open 10, high 9, low 8 and close 9 do not fit together',
    });
    expect(problemOf(lines(header, '2018-02-16,09:30:00,0,1,0,1,1')).hint).toMatch(/^prices must be positive/);
  });

  it('has a negative volume', () => {
    expect(problemOf(lines(header, '2018-02-16,09:30:00,1,1,1,1,-5'))).toMatchObject({
      place: 'ABC.csv:2, column volume',
      message: 'the volume -5 is negative',
    });
  });

  it('has bars outside the session', () => {
    expect(problemOf(lines(header, '2018-02-16,09:29:00,1,1,1,1,5'))).toMatchObject({
      place: 'ABC.csv:2',
      message: 'the bar starting 2018-02-16T14:29:00.000Z lies outside the us-equities session',
      hint: 'stamps were read as bar starts in America/New_York: declare --zone and --stamp if that is wrong, or leave such bars out with --outside drop',
    });
    expect(problemOf(lines(header, '2018-02-16,09:29:00,1,1,1,1,5'), { outside: 'drop' }).message).toBe('no bar lies within the session');
  });

  it('is empty, or holds a header only', () => {
    expect(problemOf('')).toMatchObject({ code: 'data_invalid', place: 'ABC.csv', message: 'the file is empty' });
    expect(problemOf('\n\n')).toMatchObject({ message: 'the file is empty' });
    expect(problemOf(lines(header))).toMatchObject({ message: 'the file holds a header but no bars' });
  });

  it('has a line with too few fields', () => {
    expect(problemOf(lines(header, first, '2018-02-16,09:31:00,1'))).toMatchObject({
      code: 'data_invalid',
      place: 'ABC.csv:3',
      hint: 'every line must have as many fields as the header',
    });
  });

  it('is a damaged archive', () => {
    const packed = gzipSync(lines(header, first, second));
    expect(problemOf(packed.subarray(0, packed.length - 20))).toMatchObject({ code: 'data_invalid', place: 'ABC.csv' });
  });

  it('is not there', () => {
    expect(() => readCsv(join(folder, 'nowhere.csv'), 'ABC', asDeclaredByDefault)).toThrow(expect.objectContaining({ code: 'not_found' }));
  });

  it('was declared in a zone that does not exist', () => {
    expect(problemOf(lines(header, first), { zone: 'Mars/Olympus' }).code).toBe('config_invalid');
  });
});
