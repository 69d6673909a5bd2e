import { expect, test } from 'vitest';
import { isIsoDay } from './iso-day.ts';

test.each(['2024-02-29', '1000-01-01', '2023-12-31'])('%s is a day', (day) => {
  expect(isIsoDay(day)).toBe(true);
});

test.each(['2023-02-29', '2024-13-01', '2024-1-1', '0999-01-01', '2024-01-02T00:00', ' 2024-01-02', '', 20240102, null])(
  '%s is none',
  (value) => {
    expect(isIsoDay(value)).toBe(false);
  },
);
