import { minuteMs } from '../local-time.ts';

/** Order of day and month in a date that begins with neither the year nor a month's name. */
export type DateOrder = 'dmy' | 'mdy';

/** What a stamp says of its zone: nothing (`local`), an offset of its own, or it counts from the epoch; or it is a date without a time. */
export type StampKind = 'local' | 'offset' | 'date' | 'epoch seconds' | 'epoch milliseconds' | 'epoch microseconds' | 'epoch nanoseconds';

/** A stamp as it reads. */
export interface Stamp {
  readonly kind: StampKind;
  /** Epoch milliseconds, rounded down; of kinds `local` and `date`, and of a stamp with a zone, as if the clock showed UTC. */
  readonly ms: number;
  /** IANA zone that stands in the stamp, such as US/Eastern. */
  readonly zone?: string;
}

/** Why a text is no stamp. */
export interface StampProblem {
  readonly problem: string;
  readonly hint: string;
}

const accepted =
  'accepted: 2018-02-16 09:30[:00[.000]], 20180216 093000, 02/16/2018 9:30 AM, 16.02.2018 09:30, 16-Feb-2018 09:30, each in one column or two, with or without a zone (Z, UTC, -05:00, US/Eastern), and seconds, milliseconds, microseconds or nanoseconds since 1970';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Abbreviations of zones that name one offset, in minutes. */
const abbreviations: Readonly<Record<string, number>> = { EST: -300, EDT: -240, CET: 60, CEST: 120 };

const dateThenTime = new RegExp(
  [
    '^(?:[A-Za-z]{3,9},? +)?', // a weekday
    '(?:',
    String.raw`(?<y1>\d{4})(?<s1>[-/.])(?<m1>\d{1,2})\k<s1>(?<d1>\d{1,2})`,
    String.raw`|(?<y2>\d{4})(?<m2>\d{2})(?<d2>\d{2})`,
    String.raw`|(?<a>\d{1,2})(?<s3>[-/.])(?<b>\d{1,2})\k<s3>(?<y3>\d{4})`,
    String.raw`|(?<d4>\d{1,2})[- ](?<n4>[A-Za-z]{3,9})[- ,]+(?<y4>\d{4})`,
    String.raw`|(?<n5>[A-Za-z]{3,9})\.? +(?<d5>\d{1,2}),? +(?<y5>\d{4})`,
    ')',
    '(?:',
    String.raw`(?:[T_]|-(?=\d)|,? +)(?:(?<h1>\d{1,2}):(?<i1>\d{2})(?::(?<x1>\d{2})(?:[.,](?<f1>\d{1,9}))?)?|(?<hms>\d{3,6}|\d{9}))`,
    String.raw` *(?:(?<half>[AaPp]\.?[Mm]\.?)(?![A-Za-z]))?`,
    String.raw` *(?<zone>[Zz]|(?:UTC|GMT)?[-+]\d{1,2}(?::?\d{2})?|[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*)?`,
    ')?$',
  ].join(''),
);

/** Digits since the epoch by their number, and how many of them are milliseconds. */
const epochKinds: readonly { readonly from: number; readonly to: number; readonly kind: StampKind; readonly shift: number }[] = [
  { from: 9, to: 10, kind: 'epoch seconds', shift: 3 },
  { from: 12, to: 13, kind: 'epoch milliseconds', shift: 0 },
  { from: 15, to: 16, kind: 'epoch microseconds', shift: -3 },
  { from: 18, to: 19, kind: 'epoch nanoseconds', shift: -6 },
];

/**
 * Parses a stamp in any of the accepted forms.
 * @param dates the order of day and month where both come before the year; dates with dots have the day first.
 */
export function readStamp(text: string, dates: DateOrder | null): Stamp | StampProblem {
  const digits = /^(\d+)(?:\.(\d*))?$/.exec(text);
  if (digits !== null) return digitStamp(text, digits[1]!, digits[2]);
  const parts = dateThenTime.exec(text)?.groups;
  if (parts === undefined) return unreadable(text);
  const date = dateOf(parts, dates);
  if (typeof date !== 'number') return date;
  const timed = timeOf(parts);
  if (timed === 'none') return { kind: 'date', ms: date };
  if (timed === null) return { problem: `${JSON.stringify(text)} is no time of day`, hint: accepted };
  const ms = date + timed;
  const { zone } = parts;
  if (zone === undefined) return { kind: 'local', ms };
  const offset = offsetMinutes(zone);
  if (offset !== null) return { kind: 'offset', ms: ms - offset * minuteMs };
  if (zone.includes('/')) return { kind: 'offset', ms, zone };
  return {
    problem: `${JSON.stringify(text)} names a zone by an abbreviation, and several zones are called ${zone}`,
    hint: 'write the offset in its place, or leave it out and declare --zone',
  };
}

/** True if day and month of the stamp could be exchanged: which is which must be declared or seen elsewhere. */
export function hasOpenDateOrder(text: string): boolean {
  const parts = /^(\d{1,2})([-/])(\d{1,2})\2\d{4}(?!\d)/.exec(text);
  return parts !== null && Number(parts[1]) <= 12 && Number(parts[3]) <= 12;
}

/** The order of day and month that a stamp shows; null if it shows none. */
export function shownDateOrder(text: string): DateOrder | null {
  const parts = /^(\d{1,2})([-/])(\d{1,2})\2\d{4}(?!\d)/.exec(text);
  if (parts === null) return null;
  if (Number(parts[1]) > 12) return 'dmy';
  return Number(parts[3]) > 12 ? 'mdy' : null;
}

function digitStamp(text: string, whole: string, fraction: string | undefined): Stamp | StampProblem {
  if (fraction === undefined) {
    if (whole.length === 8) return dateOnly(text, whole);
    const isDated = (whole.length === 12 || whole.length === 14) && /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/.test(whole);
    if (isDated) return readStamp(`${whole.slice(0, 8)} ${whole.slice(8)}`, null);
  }
  const kind = epochKinds.find(({ from, to }) => whole.length >= from && whole.length <= to);
  if (kind !== undefined && Number(fraction ?? 0) >= 0) {
    if (kind.shift <= 0) return { kind: kind.kind, ms: Number(kind.shift === 0 ? whole : whole.slice(0, kind.shift)) };
    return { kind: kind.kind, ms: Number(`${whole}${(fraction ?? '').padEnd(3, '0').slice(0, 3)}`) };
  }
  if (fraction !== undefined && whole.length === 5)
    return {
      problem: `${text} is a date of a spreadsheet, a number of days`,
      hint: 'format the column as text, then save it again as CSV',
    };
  if (whole.length <= 8) return { problem: `${text} is a time of day, a number or a date without a year`, hint: accepted };
  return { problem: `${JSON.stringify(text)} is not a time`, hint: accepted };
}

function dateOnly(text: string, digits: string): Stamp | StampProblem {
  const ms = midnightOf(Number(digits.slice(0, 4)), Number(digits.slice(4, 6)), Number(digits.slice(6)));
  return ms === null ? unreadable(text) : { kind: 'date', ms };
}

function unreadable(text: string): StampProblem {
  if (/^\d+(?:\.\d+)?e\+?\d+$/i.test(text))
    return {
      problem: `${text} is written with an exponent, as spreadsheets write long numbers: its last digits are lost`,
      hint: 'take the file as it was before the spreadsheet saved it',
    };
  if (/^\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(?!\d)/.test(text))
    return {
      problem: `${JSON.stringify(text)} has a year of two digits, so day, month and year cannot be told apart`,
      hint: 'write the year with four digits',
    };
  if (/^\d{1,2}:\d{2}/.test(text))
    return {
      problem: `${JSON.stringify(text)} is a time of day without a date`,
      hint: 'name the column of the date: --column date=<header>',
    };
  return { problem: `${JSON.stringify(text)} is not a time`, hint: accepted };
}

type Parts = Readonly<Record<string, string | undefined>>;

function dateOf(parts: Parts, dates: DateOrder | null): number | StampProblem {
  const named = parts['n4'] ?? parts['n5'];
  const year = Number(parts['y1'] ?? parts['y2'] ?? parts['y3'] ?? parts['y4'] ?? parts['y5']);
  if (parts['a'] !== undefined) {
    const order = parts['s3'] === '.' ? 'dmy' : (dates ?? shownDateOrder(`${parts['a']}/${parts['b']}/${year}`));
    if (order === null)
      return {
        problem: `${parts['a']}${parts['s3']}${parts['b']}${parts['s3']}${year} has the day first or the month first`,
        hint: 'declare which: --dates dmy or --dates mdy',
      };
    const [day, month] = order === 'dmy' ? [parts['a'], parts['b']] : [parts['b'], parts['a']];
    return midnightOf(year, Number(month), Number(day)) ?? noDate(`${parts['a']}${parts['s3']}${parts['b']}${parts['s3']}${year}`, order);
  }
  const month = named === undefined ? Number(parts['m1'] ?? parts['m2']) : months.indexOf(named.slice(0, 3).toLowerCase()) + 1;
  const day = Number(parts['d1'] ?? parts['d2'] ?? parts['d4'] ?? parts['d5']);
  return midnightOf(year, month, day) ?? noDate(`year ${year}, month ${named ?? month}, day ${day}`, null);
}

function noDate(text: string, order: DateOrder | null): StampProblem {
  return {
    problem: `${text} is not a date${order === null ? '' : ` with the ${order === 'dmy' ? 'day' : 'month'} first`}`,
    hint: order === null ? accepted : 'correct the line, or declare the other order of day and month with --dates',
  };
}

/** Epoch milliseconds of a date's midnight; null if there is no such date. */
function midnightOf(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || year < 1900) return null;
  const ms = Date.UTC(year, month - 1, day);
  return day >= 1 && new Date(ms).getUTCDate() === day ? ms : null;
}

/** Milliseconds since midnight; null for a time that no clock shows. */
function timeOf(parts: Parts): number | 'none' | null {
  const compact = parts['hms'];
  if (parts['h1'] === undefined && compact === undefined) return 'none';
  const digits = compact === undefined ? '' : compact.length === 3 || compact.length === 5 ? `0${compact}` : compact;
  const hour12 = Number(parts['h1'] ?? digits.slice(0, 2));
  const minute = Number(parts['i1'] ?? digits.slice(2, 4));
  const second = Number(parts['x1'] ?? digits.slice(4, 6));
  const fraction = parts['f1'] ?? digits.slice(6);
  const half = parts['half']?.[0]?.toLowerCase();
  if (half !== undefined && (hour12 < 1 || hour12 > 12)) return null;
  const hour = half === undefined ? hour12 : (hour12 % 12) + (half === 'p' ? 12 : 0);
  if (hour > 23 || minute > 59 || second > 59) return null;
  return ((hour * 60 + minute) * 60 + second) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
}

/** Minutes ahead of UTC; null for the name of a zone. */
function offsetMinutes(zone: string): number | null {
  const name = zone.toUpperCase();
  if (name === 'Z' || name === 'UTC' || name === 'GMT' || name === 'UT') return 0;
  const parts = /^(?:UTC|GMT)?([-+])(\d{1,2})(?::?(\d{2}))?$/.exec(name);
  if (parts === null) return Object.hasOwn(abbreviations, name) ? abbreviations[name]! : null;
  const minutes = Number(parts[2]) * 60 + Number(parts[3] ?? 0);
  return (parts[1] === '-' ? -1 : 1) * minutes;
}
