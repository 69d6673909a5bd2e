import { AssayError } from '../../core/errors.ts';
import type { Session, SessionCalendar } from '../calendars/calendar.ts';
import { minuteMs } from '../local-time.ts';
import { lengthText } from './bar-length.ts';

/** Share of the sessions that must show the same. */
const mostSessions = 0.8;
/** Ratio of volumes from which on the open shows. */
const leastJump = 3;
/** Time before the open with which its volume is compared. */
const beforeOpenMs = 30 * minuteMs;

/** What a file shows of the market's open. */
export interface OpenEvidence {
  /** Number of sessions of which the file has any bar. */
  readonly sessions: number;
  /** Shares of them whose first bar within the session starts at the open, or one bar after it. */
  readonly beginAtOpen: number;
  readonly beginOneLater: number;
  /** Share of them with a bar that starts at the close. */
  readonly endAtClose: number;
  /** Share of them with bars shortly before the open. */
  readonly withBarsBefore: number;
  /** Median ratio of the volume of the open's bar, and of the next one, to the mean volume of the bars shortly before them. */
  readonly jumpAtOpen: number;
  readonly jumpOneLater: number;
}

/** Collects what the bars show of the open, for times read in the calendar's zone. */
export function openEvidenceOf(time: Float64Array, volume: Float64Array, calendar: SessionCalendar, barMs: number): OpenEvidence {
  const sessions = sessionsIn(time, calendar);
  const found = sessions.map((session) => evidenceOfSession(time, volume, session, barMs));
  const share = (is: (one: (typeof found)[number]) => boolean): number => (found.length === 0 ? 0 : found.filter(is).length / found.length);
  return {
    sessions: found.length,
    beginAtOpen: share((one) => one.firstMs === one.openMs),
    beginOneLater: share((one) => one.firstMs === one.openMs + barMs),
    endAtClose: share((one) => one.isAtClose),
    withBarsBefore: share((one) => one.barsBefore > 0),
    jumpAtOpen: median(found.map((one) => one.atOpen)),
    jumpOneLater: median(found.map((one) => one.oneLater)),
  };
}

/**
 * Checks that the zone that was assumed fits: sessions begin at the open, or the volume jumps there.
 * @throws AssayError `data_invalid` if neither shows.
 */
export function checkAssumedZone(evidence: OpenEvidence, calendar: SessionCalendar, place: string): void {
  const { beginAtOpen, beginOneLater, withBarsBefore, jumpAtOpen, jumpOneLater } = evidence;
  const hasOpen = calendar.fullSessionMinutes < 1440 && evidence.sessions > 0;
  const begins = beginAtOpen + beginOneLater >= mostSessions && withBarsBefore <= 1 - mostSessions;
  const jumps = withBarsBefore >= mostSessions && Math.max(jumpAtOpen, jumpOneLater) >= leastJump;
  if (hasOpen && (begins || jumps)) return;
  const seen = !hasOpen
    ? `the ${calendar.id} calendar has no open that would show in the volume`
    : `read in the time of ${calendar.zone}, ${percent(beginAtOpen)} of ${evidence.sessions} sessions begin at the open, and the volume there is ${ratioText(jumpAtOpen)} that of the ${lengthText(beforeOpenMs)} before`;
  throw new AssayError('data_invalid', `the stamps name no zone, and the bars do not show one: ${seen}`, {
    place,
    hint: 'declare the zone that the stamps are written in: --zone UTC, --zone America/New_York, ...',
  });
}

/**
 * Checks that stamps that are taken for the starts of bars are no ends: then sessions begin one bar after the open, or the volume jumps there.
 * @throws AssayError `data_invalid` if they look like ends.
 */
export function checkAssumedStarts(evidence: OpenEvidence, calendar: SessionCalendar, place: string): void {
  const { beginOneLater, endAtClose, withBarsBefore, jumpAtOpen, jumpOneLater, sessions } = evidence;
  if (calendar.fullSessionMinutes >= 1440 || sessions === 0) return;
  const begins = beginOneLater >= mostSessions && endAtClose >= mostSessions;
  const jumps = withBarsBefore >= mostSessions && jumpOneLater >= leastJump && jumpAtOpen < leastJump / 2;
  if (!begins && !jumps) return;
  const seen = begins
    ? `${percent(beginOneLater)} of ${sessions} sessions begin one bar after the open, and ${percent(endAtClose)} have a bar at the close`
    : `the volume jumps to ${ratioText(jumpOneLater)} one bar after the open`;
  throw new AssayError('data_invalid', `the stamps look like the ends of the bars: ${seen}`, {
    place,
    hint: 'declare --stamp end; if they are starts, --stamp start',
  });
}

function sessionsIn(time: Float64Array, calendar: SessionCalendar): readonly Session[] {
  const sessions: Session[] = [];
  for (const startMs of time) {
    const session = calendar.sessionAt(startMs);
    if (session !== null && session.openMs !== sessions.at(-1)?.openMs) sessions.push(session);
  }
  return sessions;
}

function evidenceOfSession(time: Float64Array, volume: Float64Array, { openMs, closeMs }: Session, barMs: number) {
  const first = firstFrom(time, openMs);
  const from = firstFrom(time, openMs - beforeOpenMs);
  let before = 0;
  for (let row = from; row < first; row++) before += volume[row]!;
  const volumeAt = (startMs: number): number => {
    const row = firstFrom(time, startMs);
    return time[row] === startMs ? volume[row]! : 0;
  };
  const [atOpen, oneLater] = [volumeAt(openMs), volumeAt(openMs + barMs)];
  const barsBefore = first - from;
  return {
    openMs,
    firstMs: time[first]!,
    isAtClose: time[firstFrom(time, closeMs)] === closeMs,
    barsBefore,
    atOpen: barsBefore === 0 ? 0 : (atOpen * barsBefore) / Math.max(before, 1e-12),
    oneLater: barsBefore === 0 ? 0 : (oneLater * (barsBefore + 1)) / Math.max(before + atOpen, 1e-12),
  };
}

/** The first row at or after an instant, by halving. */
function firstFrom(time: Float64Array, ms: number): number {
  let [low, high] = [0, time.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time[middle]! < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? 0;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function ratioText(ratio: number): string {
  return `${ratio >= 1000 ? 'over 1000' : ratio.toFixed(1)} times`;
}
