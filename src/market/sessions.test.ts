import { describe, expect, test } from 'vitest';
import { sessionCalendars } from './calendars/index.ts';
import { sessionCounter, sessionOfBar, weekdayOpens } from './sessions.ts';

const us = sessionCalendars['us-equities'];
const times = (...texts: string[]): Float64Array => Float64Array.from(texts, (text) => Date.parse(text));

describe('sessions', () => {
  test('run from 09:30 to the closing auction at 16:00, local time, in winter and in summer', () => {
    const isOpen = (text: string): boolean => sessionOfBar(us, Date.parse(text)) !== null;
    expect(['2018-02-16T14:29Z', '2018-02-16T14:30Z', '2018-02-16T21:00Z', '2018-02-16T21:01Z'].map(isOpen)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(['2018-04-20T13:29Z', '2018-04-20T13:30Z', '2018-04-20T20:00Z', '2018-04-20T20:01Z'].map(isOpen)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('are counted by local date, whatever days are missing between them', () => {
    const time = times('2018-03-09T20:59Z', '2018-03-09T21:00Z', '2018-03-12T13:30Z', '2018-03-12T13:31Z', '2018-03-20T13:30Z');
    expect([...sessionCounter(us)(time)]).toEqual([0, 0, 1, 1, 2]);
  });

  test('refuse a bar outside their hours', () => {
    expect(() => sessionCounter(us)(times('2018-03-09T13:00Z'))).toThrow(/2018-03-09T13:00:00.000Z lies outside the us-equities session/);
  });

  test('open on weekdays at 09:30 New York time across a clock change', () => {
    const opens = weekdayOpens(us, '2024-03-07', 4).map((ms) => new Date(ms).toISOString());
    expect(opens).toEqual(['2024-03-07T14:30:00.000Z', '2024-03-08T14:30:00.000Z', '2024-03-11T13:30:00.000Z', '2024-03-12T13:30:00.000Z']);
  });
});
