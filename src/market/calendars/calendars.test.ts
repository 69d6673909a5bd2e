import { describe, expect, test } from 'vitest';
import { crypto, forex } from './around-the-clock.ts';
import { barsPerSession, barsPerYear, type SessionCalendar } from './calendar.ts';
import { dateOfDay, dayOfDate, easterSunday, isWeekday, nthWeekday } from './dates.ts';
import { eurex } from './eurex.ts';
import { globexEquity } from './globex-equity.ts';
import { globexFx } from './globex-fx.ts';
import { calendarIdOf, sessionCalendarOf } from './index.ts';
import { usEquities, usHours } from './us-equities.ts';

const minute = 60_000;
const at = (calendar: SessionCalendar, text: string): string | undefined => calendar.sessionAt(Date.parse(text))?.date;

function daysOf(first: string, last: string): number[] {
  const from = dayOfDate(first);
  return Array.from({ length: dayOfDate(last) - from + 1 }, (_, i) => from + i);
}

/** Weekdays without a session, and sessions shorter than the full one with their minutes. */
function exceptionsOf(calendar: SessionCalendar, first: string, last: string): { closed: string[]; short: [string, number][] } {
  const days = daysOf(first, last).filter(isWeekday).map(dateOfDay);
  const sessions = days.map((date) => calendar.sessionOf(date));
  return {
    closed: days.filter((_, i) => sessions[i] === null),
    short: sessions.flatMap((one) =>
      one === null || one.closeMs - one.openMs === calendar.fullSessionMinutes * minute
        ? []
        : [[one.date, (one.closeMs - one.openMs) / minute] as [string, number]],
    ),
  };
}

describe('US equities', () => {
  test('are closed on the holidays of years that the reference does not hold, and close early before some', () => {
    // The exchange's published holidays.
    expect(exceptionsOf(usEquities, '2012-01-01', '2012-12-31')).toEqual({
      closed: '01-02 01-16 02-20 04-06 05-28 07-04 09-03 10-29 10-30 11-22 12-25'.split(' ').map((date) => `2012-${date}`),
      short: [
        ['2012-07-03', 210],
        ['2012-11-23', 210],
        ['2012-12-24', 210],
      ],
    });
    expect(exceptionsOf(usEquities, '2021-12-20', '2022-01-10').closed).toEqual(['2021-12-24']); // New Year on a Saturday is not moved
    expect(exceptionsOf(usEquities, '2023-01-01', '2026-12-31').closed).toHaveLength(10 + 10 + 11 + 10);
    expect(usEquities.sessionOf('2025-01-09')).toBeNull();
  });

  test('have 2,262 sessions and 20 early closes from 2018 to 2026', () => {
    const { closed, short } = exceptionsOf(usEquities, '2018-01-01', '2026-12-31');
    expect(daysOf('2018-01-01', '2026-12-31').filter(isWeekday).length - closed.length).toBe(2262);
    expect(short).toHaveLength(20);
  });

  test('refuse a year that nobody has compared, saying what to do', () => {
    for (const text of ['2003-12-31T15:00Z', '2029-01-02T15:00Z'])
      expect(() => usEquities.sessionAt(Date.parse(text))).toThrow(
        expect.objectContaining({ code: 'data_invalid', hint: expect.stringContaining('us-equities.ts') }),
      );
  });
});

describe('Globex equity index futures', () => {
  test('open at 18:00 New York on the evening before, in winter and in summer, over the change of the clocks too', () => {
    expect(at(globexEquity, '2024-03-08T21:59Z')).toBe('2024-03-08'); // Friday 16:59
    expect(at(globexEquity, '2024-03-08T22:00Z')).toBeUndefined();
    expect(at(globexEquity, '2024-03-10T21:59Z')).toBeUndefined(); // Sunday 17:59, summer time
    expect(at(globexEquity, '2024-03-10T22:00Z')).toBe('2024-03-11');
    expect(at(globexEquity, '2024-03-11T20:59Z')).toBe('2024-03-11');
    expect(at(globexEquity, '2024-03-11T21:30Z')).toBeUndefined(); // the daily break
    expect(at(globexEquity, '2024-03-11T22:00Z')).toBe('2024-03-12');
    const { openMs, closeMs } = globexEquity.sessionOf('2024-03-11')!;
    expect((closeMs - openMs) / minute).toBe(1380);
  });

  test('have the short days of their table, and close where US equities do or stop early', () => {
    for (let year = 2016; year <= 2026; year++) {
      const [first, last] = [`${year}-01-01`, `${year}-12-31`];
      const globex = exceptionsOf(globexEquity, first, last);
      const us = exceptionsOf(usEquities, first, last);
      const dates = [...globex.closed, ...globex.short.map(([date]) => date)].sort();
      expect(dates, `${year}`).toEqual([...us.closed, ...us.short.map(([date]) => date)].sort());
      expect(globex.closed.every((date) => us.closed.includes(date))).toBe(true);
      expect(globex.short.filter(([, minutes]) => minutes === 1155).map(([date]) => date)).toEqual(us.short.map(([date]) => date));
    }
    expect(globexEquity.sessionOf('2023-11-23')!.closeMs).toBe(Date.parse('2023-11-23T18:00Z'));
    expect(globexEquity.sessionOf('2023-04-07')!.closeMs).toBe(Date.parse('2023-04-07T13:15Z'));
    expect(globexEquity.sessionOf('2023-12-26')!.openMs).toBe(Date.parse('2023-12-25T23:00Z'));
  });

  test('refuse a year without a table, saying which to add', () => {
    expect(() => globexEquity.sessionOf('2027-01-04')).toThrow(
      expect.objectContaining({ message: expect.stringContaining('2016 to 2026'), hint: expect.stringContaining('add the year 2027') }),
    );
    expect(() => globexEquity.sessionAt(Date.parse('2015-06-01T14:00Z'))).toThrow(/2015-06-01/);
  });
});

describe('Globex currency futures', () => {
  test('stop early on US holidays until 2021, and trade most of them whole since', () => {
    expect(exceptionsOf(globexFx, '2021-01-01', '2021-12-31')).toEqual({
      closed: ['2021-01-01', '2021-12-24'],
      short: [
        ['2021-01-18', 1140],
        ['2021-02-15', 1140],
        ['2021-04-02', 1035],
        ['2021-05-31', 1140],
        ['2021-07-05', 1140],
        ['2021-09-06', 1140],
        ['2021-11-25', 1140],
        ['2021-11-26', 1155],
      ],
    });
    expect(exceptionsOf(globexFx, '2024-01-01', '2024-12-31')).toEqual({
      closed: ['2024-01-01', '2024-03-29', '2024-12-25'],
      short: [
        ['2024-11-29', 1155],
        ['2024-12-24', 1185],
      ],
    });
    // Martin Luther King's day: the index futures stop at 13:00, the currencies do not (CME Group's schedules of 2024 and 2026).
    for (const date of ['2024-01-15', '2026-01-19']) {
      expect(globexFx.sessionOf(date)!.closeMs).toBe(Date.parse(`${date}T22:00Z`));
      expect(globexEquity.sessionOf(date)!.closeMs).toBe(Date.parse(`${date}T18:00Z`));
    }
  });

  test('have no holiday that falls on a weekend, and every year a closed Christmas and New Year but where these do', () => {
    for (let year = 2016; year <= 2026; year++) {
      const { closed, short } = exceptionsOf(globexFx, `${year}-01-01`, `${year}-12-31`);
      expect(
        closed.filter((date) => /-12-2[456]$/.test(date)),
        `${year}`,
      ).toHaveLength(1);
      expect(closed.length + short.length).toBeGreaterThanOrEqual(3);
    }
    expect(() => globexFx.sessionOf('2027-01-04')).toThrow(expect.objectContaining({ hint: expect.stringContaining('globex-fx.ts') }));
  });
});

describe('Eurex', () => {
  test('is closed on the days of its trading calendar', () => {
    const closedIn = (year: number) =>
      exceptionsOf(eurex, `${year}-01-01`, `${year}-12-31`)
        .closed.map((date) => date.slice(5))
        .join(' ');
    // The exchange's trading calendars of these years.
    expect(closedIn(2019)).toBe('01-01 04-19 04-22 05-01 12-24 12-25 12-26 12-31');
    expect(closedIn(2020)).toBe('01-01 04-10 04-13 05-01 12-24 12-25 12-31');
    expect(closedIn(2021)).toBe('01-01 04-02 04-05 12-24 12-31');
    expect(closedIn(2022)).toBe('04-15 04-18 12-26');
    expect(closedIn(2023)).toBe('04-07 04-10 05-01 12-25 12-26');
    expect(closedIn(2024)).toBe('01-01 03-29 04-01 05-01 12-24 12-25 12-26 12-31');
    expect(closedIn(2025)).toBe('01-01 04-18 04-21 05-01 12-24 12-25 12-26 12-31');
    expect(closedIn(2026)).toBe('01-01 04-03 04-06 05-01 12-24 12-25 12-31');
  });

  test('opens at 00:10 UTC and closes at 22:00 Berlin, over the changes of the clocks', () => {
    const hours = (date: string) => {
      const { openMs, closeMs } = eurex.sessionOf(date)!;
      return [openMs, closeMs].map((ms) => new Date(ms).toISOString().slice(11, 16));
    };
    expect(['2024-03-28', '2024-04-02', '2024-10-25', '2024-10-28'].map(hours)).toEqual([
      ['00:10', '21:00'],
      ['00:10', '20:00'],
      ['00:10', '20:00'],
      ['00:10', '21:00'],
    ]);
    expect(at(eurex, '2024-03-28T00:09Z')).toBeUndefined();
    expect(at(eurex, '2024-03-28T21:00Z')).toBeUndefined();
  });

  test('refuses years before its present hours, and later ones', () => {
    for (const date of ['2006-01-02', '2018-12-28', '2027-01-04'])
      expect(() => eurex.sessionOf(date)).toThrow(
        expect.objectContaining({ code: 'data_invalid', hint: expect.stringContaining('eurex.ts') }),
      );
  });
});

test('crypto is cut at midnight UTC and never closes', () => {
  expect([at(crypto, '2023-08-05T00:00Z'), at(crypto, '2023-08-05T23:59:59.999Z'), at(crypto, '2023-08-06T00:00Z')]).toEqual([
    '2023-08-05',
    '2023-08-05',
    '2023-08-06',
  ]);
});

test('forex runs from Sunday 17:00 to Friday 17:00 New York, one session a weekday', () => {
  const times = [
    '2024-01-05T21:59Z',
    '2024-01-05T22:00Z',
    '2024-01-07T21:59Z',
    '2024-01-07T22:00Z',
    '2024-01-08T21:59Z',
    '2024-01-08T22:00Z',
  ];
  expect(times.map((text) => at(forex, text))).toEqual(['2024-01-05', undefined, undefined, '2024-01-08', '2024-01-08', '2024-01-09']);
});

test('a year has the bars of its calendar and bar length', () => {
  expect([usEquities, usHours, globexEquity, crypto, forex].map((calendar) => barsPerYear(calendar, minute))).toEqual([
    98_280, 98_280, 347_760, 525_600, 374_400,
  ]);
  expect(barsPerYear(usEquities, 5 * minute)).toBe(252 * 78);
  expect(barsPerYear(usEquities, 5_000)).toBe(252 * 4680);
  expect(barsPerYear(usEquities, 86_400_000)).toBe(252);
  expect(barsPerSession(usEquities, 60 * minute)).toBe(7); // the last hour has 30 minutes
});

test('calendars are known by id; an unknown one is refused with those that data can be imported by', () => {
  expect(sessionCalendarOf('utc-day').zone).toBe('UTC');
  expect(calendarIdOf('from-data')).toBe('from-data');
  expect(() => calendarIdOf('nyse')).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  for (const id of ['toString', 'nyse'])
    expect(() => sessionCalendarOf(id)).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        hint: 'known calendars: us-equities, globex-equity, globex-fx, eurex, crypto, forex, from-data',
      }),
    );
});

test('dates: weekdays of a month, Easter, and what is no date', () => {
  expect(
    [nthWeekday(2018, 2, 1, 3), nthWeekday(2021, 5, 1, -1), nthWeekday(2026, 5, 1, -1), nthWeekday(2015, 2, 0, -1)].map(dateOfDay),
  ).toEqual(['2018-02-19', '2021-05-31', '2026-05-25', '2015-02-22']);
  expect([2008, 2011, 2024, 2026].map((year) => dateOfDay(easterSunday(year)))).toEqual([
    '2008-03-23',
    '2011-04-24',
    '2024-03-31',
    '2026-04-05',
  ]);
  for (const text of ['2023-02-29', '2023-13-01', '2023-1-1', 'today'])
    expect(() => dayOfDate(text)).toThrow(expect.objectContaining({ code: 'usage' }));
});
