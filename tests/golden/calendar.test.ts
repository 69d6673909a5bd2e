import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type CalendarGolden, checkCalendar } from './calendar.ts';
import { readGolden } from './read.ts';

const golden = readGolden<CalendarGolden>(fileURLToPath(new URL('../fixtures/golden/market/calendar.json', import.meta.url)));

test('the calendars have every session, early close and hour of the reference', () => {
  expect(checkCalendar(golden)).toEqual([]);
});

test('a session too many, another close and another label are faults', () => {
  const us = golden.usEquities!;
  const wrong: CalendarGolden = {
    usEquities: {
      ...us,
      weekdaysClosed: us.weekdaysClosed.slice(1),
      closesAt13: us.closesAt13.slice(1),
      hours: [{ ...us.hours[0]!, date: '2018-01-03' }],
    },
    globexTape: [{ file: 'none.csv.gz', tradingDays: [{ ...golden.globexTape![0]!.tradingDays[0]!, date: '2023-11-19' }] }],
  };
  expect(checkCalendar(wrong)).toHaveLength(6);
});
