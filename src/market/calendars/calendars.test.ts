import { describe, expect, test } from 'vitest';
import { crypto, forex } from './around-the-clock.ts';
import { barsPerSession, barsPerYear, type SessionCalendar } from './calendar.ts';
import { dateOfDay, dayOfDate, easterSunday, isWeekday, nthWeekday } from './dates.ts';
import { globexEquity } from './globex-equity.ts';
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
      expect.objectContaining({ code: 'config_invalid', hint: 'known calendars: us-equities, globex-equity, crypto, forex, from-data' }),
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
