import { AssayError } from '../../core/errors.ts';
import { crypto, forex, utcDay } from './around-the-clock.ts';
import type { SessionCalendar } from './calendar.ts';
import { eurex } from './eurex.ts';
import { fromDataId } from './from-data.ts';
import { globexEquity } from './globex-equity.ts';
import { globexFx } from './globex-fx.ts';
import { usEquities, usHours } from './us-equities.ts';

/** Calendars for data that are imported; a new one is a file beside this and an entry here. */
export const sessionCalendars = {
  'us-equities': usEquities,
  'globex-equity': globexEquity,
  'globex-fx': globexFx,
  eurex,
  crypto,
  forex,
} as const satisfies Record<string, SessionCalendar>;

/** Calendars of generated markets and of data sets of format 1. */
const otherCalendars = { 'us-hours': usHours, 'utc-day': utcDay } as const satisfies Record<string, SessionCalendar>;

/** `from-data` has no calendar of its own: it is made from the bars. */
export type CalendarId = keyof typeof sessionCalendars | keyof typeof otherCalendars | typeof fromDataId;

const all = { ...sessionCalendars, ...otherCalendars };

/** Ids of all calendars, for schemas of stored data. */
export const calendarIds = [fromDataId, ...(Object.keys(all) as (keyof typeof all)[])] as const;

/** The id of a calendar, from a text. @throws AssayError `config_invalid` for an unknown one. */
export function calendarIdOf(text: string): CalendarId {
  const id = calendarIds.find((known) => known === text);
  if (id === undefined) throw unknownCalendar(text);
  return id;
}

/** The calendar of an id. @throws AssayError `config_invalid` for an unknown id. */
export function sessionCalendarOf(id: string): SessionCalendar {
  const calendar = Object.hasOwn(all, id) ? all[id as keyof typeof all] : undefined;
  if (calendar === undefined) throw unknownCalendar(id);
  return calendar;
}

function unknownCalendar(id: string): AssayError {
  return new AssayError('config_invalid', `unknown session calendar ${JSON.stringify(id)}`, {
    hint: `known calendars: ${[...Object.keys(sessionCalendars), fromDataId].join(', ')}`,
  });
}
