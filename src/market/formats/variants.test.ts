import { describe, expect, test } from 'vitest';
import { lines, useCsvFolder } from '../../../tests/fixtures/csv.ts';

const { read, problemOf } = useCsvFolder();
const undeclared = { zone: undefined, stamp: undefined, order: undefined } as const;
const firstTime = async (text: string, options: Parameters<typeof read>[1] = {}): Promise<string> =>
  new Date((await read(text, { ...undeclared, ...options })).series.time[0]!).toISOString();
/** Minutes of one session from an hour and minute on, in a day without an offset. */
const minutes = (hour: number, minute: number, n: number, volumeAt: (i: number) => number = () => 5): string[] =>
  Array.from({ length: n }, (_, i) => {
    const at = new Date(Date.UTC(2018, 1, 16, hour, minute + i)).toISOString().slice(0, 16).replace('T', ' ');
    return `${at},1,1,1,1,${volumeAt(i)}`;
  });
const header = 'datetime,o,h,l,c,v';

describe('what a file shows by itself', () => {
  test('is the zone, where sessions begin at the open or the volume jumps there', async () => {
    expect(await firstTime(lines(header, ...minutes(9, 30, 60)))).toBe('2018-02-16T14:30:00.000Z');
    const extended = minutes(9, 0, 60, (i) => (i >= 30 ? 50 : 5));
    expect(await firstTime(lines(header, ...extended))).toBe('2018-02-16T14:00:00.000Z');
    const utc = minutes(14, 30, 60);
    expect(await problemOf(lines(header, ...utc), undeclared)).toMatchObject({
      message: expect.stringMatching(/^the stamps name no zone, and the bars do not show one: .* 0 % of 1 sessions begin at the open/),
      hint: expect.stringContaining('--zone UTC'),
    });
    expect((await problemOf(lines(header, ...minutes(9, 0, 60)), undeclared)).message).toMatch(
      /the volume there is 1\.0 times that of the 30m before/,
    );
    expect(await firstTime(lines(header, ...utc), { zone: 'UTC' })).toBe('2018-02-16T14:30:00.000Z');
    expect(await firstTime(lines('timestamp_utc,o,h,l,c,v', ...utc))).toBe('2018-02-16T14:30:00.000Z');
  });

  test('is that stamps are ends: then it is asked', async () => {
    const ends = minutes(9, 31, 390);
    expect(await problemOf(lines(header, ...ends), undeclared)).toMatchObject({
      message: expect.stringMatching(/^the stamps look like the ends of the bars/),
      hint: 'declare --stamp end; if they are starts, --stamp start',
    });
    expect(await firstTime(lines(header, ...ends), { stamp: 'end' })).toBe('2018-02-16T14:30:00.000Z');
    const jump = minutes(9, 0, 60, (i) => (i >= 31 ? 50 : 5));
    expect((await problemOf(lines(header, ...jump), undeclared)).message).toMatch(
      /the volume jumps to \d+\.\d times one bar after the open/,
    );
  });

  test('is an end by its header, given as the last moment of the bar', async () => {
    const text = lines('close_time,o,h,l,c,v', '1518791459999,1,1,1,1,5', '1518791519999,1,1,1,1,5');
    expect(await firstTime(text)).toBe('2018-02-16T14:30:00.000Z');
  });

  test('is the order of day and month, from any row; else it is asked', async () => {
    const early = '02/01/2018 14:30,1,1,1,1,5';
    expect(await firstTime(lines(header, early, '02/13/2018 14:30,1,1,1,1,5'), { zone: 'UTC' })).toBe('2018-02-01T14:30:00.000Z');
    expect(await firstTime(lines(header, early, '13/01/2018 14:30,1,1,1,1,5'), { zone: 'UTC' })).toBe('2018-01-02T14:30:00.000Z');
    expect((await problemOf(lines(header, early), { ...undeclared, zone: 'UTC' })).hint).toBe('declare which: --dates dmy or --dates mdy');
  });
});

test('seconds since 1970 are taken before a date without a zone, an index without a name for the time, and a title is left out', async () => {
  const both = lines('https://example.org', 'unix,date,o,h,l,c,v', '1518791400,2018-02-16 09:30,1,1,1,1,5');
  expect(await firstTime(both)).toBe('2018-02-16T14:30:00.000Z');
  expect(await firstTime(lines(',o,h,l,c,v', '2018-02-16 14:30Z,1,1,1,1,5'))).toBe('2018-02-16T14:30:00.000Z');
});

test('a file has one form of times, one header line, and no column twice', async () => {
  const mixed = lines(header, '2018-02-16 14:30Z,1,1,1,1,5', '2018-02-16 14:31,1,1,1,1,5');
  expect((await problemOf(mixed)).message).toMatch(/is a time without an offset, and the rows before have a time with an offset/);
  const joined = lines(header, '2018-02-16 14:30Z,1,1,1,1,5', header);
  expect(await problemOf(joined)).toMatchObject({ place: 'ABC.csv:3', message: 'the header line occurs again' });
  const pandas = lines('datetime,open,high,low,close,volume,close.1', '2018-02-16 14:30Z,1,1,1,1,5,2');
  expect((await problemOf(pandas)).message).toMatch(/"close.1" repeats another one/);
});

test('a local hour that the clock showed twice is read as two hours, in either order', async () => {
  const stamps = ['00:30', '01:00', '01:30', '01:00', '01:30', '02:00'];
  const rows = stamps.map((time) => `2018-11-04 ${time},1,1,1,1,5`);
  const { crypto } = (await import('../calendars/index.ts')).sessionCalendars;
  const options = { ...undeclared, zone: 'America/New_York', calendar: crypto, barMs: 1_800_000 };
  const expected = [0, 1, 2, 3, 4, 5].map((i) => Date.UTC(2018, 10, 4, 4, 30 + 30 * i));
  for (const text of [lines(header, ...rows), lines(header, ...rows.toReversed())])
    expect([...(await read(text, options)).series.time]).toEqual(expected);
});

test('a file that begins with more empty lines than are looked at for JSON loses nothing', async () => {
  const rows = minutes(9, 30, 60);
  const all = (text: string, options = {}) => read(text, { ...undeclared, ...options }).then(({ series }) => [...series.time]);
  const expected = await all(lines(header, ...rows));
  expect(await all('\n'.repeat(100) + lines(header, ...rows))).toEqual(expected);
  // Longer than one piece of the file, and without a header that would be missed.
  const fields = ['datetime', 'open', 'high', 'low', 'close', 'volume'] as const;
  const long = lines(...rows.map((row) => `${row}.${'0'.repeat(9000)}`));
  expect(await all('\n'.repeat(100) + long, { fields })).toEqual(expected);
});

test('day and month of JSON are told from any of its records', async () => {
  const record = (date: string) => ({ date, o: 1, h: 1, l: 1, c: 1, v: 5 });
  const dates = ['05/03/2018', ...Array.from({ length: 250 }, () => '06/03/2018'), '13/03/2018'];
  const records = dates.map((date, i) =>
    record(`${date} ${String(8 + Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}`),
  );
  expect(await firstTime(JSON.stringify(records), { zone: 'UTC' })).toBe('2018-03-05T08:00:00.000Z');
});

test('carriage returns alone end lines whose last field is in quotes', async () => {
  const quoted = [header, '2018-02-16 14:30Z,1,3,1,2,5', '2018-02-16 14:31Z,2,3,1,2,6'].map((row) => `"${row.replaceAll(',', '","')}"`);
  expect([...(await read(`${quoted.join('\r')}\r`)).series.volume]).toEqual([5, 6]);
});

test('bars beside more texts than numbers are found, and lines without numbers are named as such', async () => {
  const text = lines(`a,b,d,e,f,g,i,${header}`, 'x,y,z,q,r,s,t,2018-02-16 14:30Z,1,3,1,2,5');
  expect(await firstTime(text)).toBe('2018-02-16T14:30:00.000Z');
  const dollars = lines(header, ...Array.from({ length: 5 }, () => '2018-02-16 14:30Z,$1,$3,$1,$2,$5'));
  expect(await problemOf(dollars)).toMatchObject({
    place: 'ABC.csv:2',
    message: 'no line has numbers where bars have them; the first below the headers is 2018-02-16 14:30Z, $1, $3, $1, $2, $5',
  });
});

test('a first bar without values is no line of symbols', async () => {
  const text = lines(',Open,High,Low,Close,Volume', '2018-02-16 14:29Z,NaN,NaN,NaN,NaN,NaN', '2018-02-16 14:30Z,1,3,1,2,5');
  expect(await problemOf(text)).toMatchObject({ place: 'ABC.csv:2, column open', message: '"NaN" is not a number' });
});

test('the zone of a time in two columns may stand in the header of either', async () => {
  for (const head of ['Date,Time (UTC)', 'Date (UTC),Time'])
    expect(await firstTime(lines(`${head},o,h,l,c,v`, '2018-02-16,14:30,1,1,1,1,5'))).toBe('2018-02-16T14:30:00.000Z');
});

test('a day that is stamped at its end keeps its date', async () => {
  const { usEquities } = await import('../calendars/us-equities.ts');
  const { dailyBars } = await import('../session-cut.ts');
  const dayMs = 86_400_000;
  for (const stamp of ['2018-02-16 16:00', '2018-02-17 00:00', '2018-02-17 00:00Z']) {
    const { stream } = await read(lines(header, `${stamp},1,1,1,1,5`), { stamp: 'end', barMs: dayMs });
    const [block] = dailyBars(stream, usEquities, dayMs).blocks();
    expect(new Date(block!.time[0]!).toISOString()).toBe('2018-02-16T14:30:00.000Z');
  }
});
