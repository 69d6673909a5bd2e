import { dayMs } from '../local-time.ts';
import type { BarStream } from '../stream.ts';
import type { Session, SessionCalendar } from './calendar.ts';
import { dateOfDay } from './dates.ts';

/** A break of this length or more ends a session. */
const breakMs = 3_600_000;

export const fromDataId = 'from-data';

/**
 * A calendar whose sessions are what the bars themselves show: a break of an hour or more ends one. A session's end is known only when the
 * next one begins, so nothing can be trained on it; it serves to look at data of a market whose calendar does not exist yet.
 */
function calendarOfSpans(spans: readonly { readonly openMs: number; readonly closeMs: number }[], barMs: number): SessionCalendar {
  // A session is named by the UTC date of its last bar; a second one on that date has a number.
  const used = new Map<string, number>();
  const sessions: Session[] = spans.map(({ openMs, closeMs }) => {
    const date = dateOfDay(Math.floor((closeMs - 1) / dayMs));
    const n = (used.get(date) ?? 0) + 1;
    used.set(date, n);
    return { date: n === 1 ? date : `${date}#${n}`, openMs, closeMs };
  });
  const byDate = new Map(sessions.map((session) => [session.date, session]));
  const minutes = sessions.map(({ openMs, closeMs }) => (closeMs - openMs) / 60_000).sort((a, b) => a - b);
  const days = sessions.length === 0 ? 1 : (sessions.at(-1)!.closeMs - sessions[0]!.openMs) / dayMs;
  return {
    id: fromDataId,
    version: 1,
    source: 'breaks of an hour or more in the bars',
    zone: 'UTC',
    fullSessionMinutes: minutes[minutes.length >> 1] ?? barMs / 60_000,
    sessionsPerYear: Math.max(1, Math.round((365 * sessions.length) / Math.max(1, days))),
    closingAuction: false,
    knowsClose: false,
    sessionAt: (utcMs) => {
      let [low, high] = [0, sessions.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sessions[middle]!.closeMs <= utcMs) low = middle + 1;
        else high = middle;
      }
      const session = sessions[low];
      return session !== undefined && utcMs >= session.openMs ? session : null;
    },
    sessionOf: (date) => byDate.get(date) ?? null,
  };
}

/** The calendar of streams that are read together: a break ends a session where all of them have it. */
export function calendarFromStreams(streams: readonly BarStream[], barMs: number): SessionCalendar {
  const spans = streams.flatMap((stream) => [...spansOf(stream, barMs)]).sort((a, b) => a.openMs - b.openMs);
  const merged: { openMs: number; closeMs: number }[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last === undefined || span.openMs - last.closeMs >= breakMs) merged.push({ ...span });
    else last.closeMs = Math.max(last.closeMs, span.closeMs);
  }
  return calendarOfSpans(merged, barMs);
}

function* spansOf(stream: BarStream, barMs: number): Generator<{ openMs: number; closeMs: number }> {
  let openMs = Number.NaN;
  let closeMs = Number.NaN;
  for (const { time } of stream.blocks())
    for (const startMs of time) {
      if (startMs - closeMs >= breakMs) yield { openMs, closeMs };
      if (!(startMs - closeMs < breakMs)) openMs = startMs;
      closeMs = startMs + barMs;
    }
  if (!Number.isNaN(openMs)) yield { openMs, closeMs };
}

/** The calendar of a stored data set, from the sessions of its bars. */
export function calendarFromSessions(time: Float64Array, session: Float64Array, barMs: number): SessionCalendar {
  const spans: { openMs: number; closeMs: number }[] = [];
  for (let row = 0; row < time.length; row++) {
    if (row === 0 || session[row] !== session[row - 1]) spans.push({ openMs: time[row]!, closeMs: 0 });
    spans.at(-1)!.closeMs = time[row]! + barMs;
  }
  return calendarOfSpans(spans, barMs);
}
