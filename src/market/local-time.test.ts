import { IANAZone } from 'luxon';
import { describe, expect, test } from 'vitest';
import { zoneClock } from './local-time.ts';

const reading = (text: string): number => Date.parse(`${text}Z`);
const isoOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

describe('the clock of a time zone', () => {
  const newYork = zoneClock('America/New_York');

  test('opens New York at 14:30 UTC in winter and at 13:30 in summer', () => {
    expect(isoOf(newYork.utcMsOf(reading('2018-03-09T09:30')))).toBe('2018-03-09T14:30:00.000Z');
    expect(isoOf(newYork.utcMsOf(reading('2018-03-12T09:30')))).toBe('2018-03-12T13:30:00.000Z');
    expect(isoOf(newYork.utcMsOf(reading('2018-11-05T09:30')))).toBe('2018-11-05T14:30:00.000Z');
  });

  test('knows that some readings never were', () => {
    expect(newYork.utcMsOf(reading('2018-03-11T02:30'))).toBeNull();
    expect(newYork.utcMsOf(reading('2018-03-11T01:59'))).not.toBeNull();
    expect(newYork.utcMsOf(reading('2018-03-11T03:00'))).not.toBeNull();
  });

  test('takes the earlier of two instants with one reading', () => {
    expect(isoOf(newYork.utcMsOf(reading('2018-11-04T01:30')))).toBe('2018-11-04T05:30:00.000Z');
  });

  test('reads every instant of a year that changes its clocks by half an hour back to itself', () => {
    const lordHowe = zoneClock('Australia/Lord_Howe');
    let ambiguous = 0;
    for (let utcMs = Date.UTC(2024, 0, 1); utcMs < Date.UTC(2025, 0, 1); utcMs += 15 * 60_000) {
      const back = lordHowe.utcMsOf(lordHowe.localMsOf(utcMs));
      if (back !== utcMs) ambiguous++;
    }
    // The half hour that happens twice: its second pass reads back as the first.
    expect(ambiguous).toBe(2);
  });

  test('refuses a zone that does not exist', () => {
    expect(() => zoneClock('America/Gotham')).toThrow(/unknown time zone "America\/Gotham"/);
  });
});

test.each(['America/New_York', 'Europe/London', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia', 'Africa/Casablanca', 'UTC'])(
  '%s has the offsets of the IANA database in every hour of four years, both ways',
  (zone) => {
    const clock = zoneClock(zone);
    const iana = IANAZone.create(zone);
    for (let utcMs = Date.UTC(2010, 0, 1); utcMs < Date.UTC(2014, 0, 1); utcMs += 3_600_000) {
      const localMs = utcMs + iana.offset(utcMs) * 60_000;
      const back = clock.utcMsOf(localMs)!;
      if (clock.localMsOf(utcMs) !== localMs || back + iana.offset(back) * 60_000 !== localMs || back > utcMs)
        expect.fail(`${zone} at ${new Date(utcMs).toISOString()}`);
    }
  },
);
