import { AssayError } from '../../core/errors.ts';
import { lengthText } from '../bar-length.ts';
import type { Session, SessionCalendar } from '../calendars/calendar.ts';
import { minuteMs } from '../local-time.ts';
import type { BarStream } from '../stream.ts';

/** Share of the sessions that must show the same. */
const mostSessions = 0.8;
/** Ratio of volumes from which on the open shows. */
const leastJump = 3;
/** Time before the open with which its volume is compared. */
const beforeOpenMs = 30 * minuteMs;
const dayMinutes = 1440;

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

/** Volumes around the open of one session. */
interface Around {
  readonly session: Session;
  readonly firstMs: number;
  readonly barsBefore: number;
  readonly before: number;
  atOpen: number;
  oneLater: number;
  isAtClose: boolean;
}

/** Collects what the bars show of the open. */
export function openEvidenceOf(stream: BarStream, calendar: SessionCalendar, barMs: number): OpenEvidence {
  const found: Around[] = [];
  let recent: { readonly ms: number; readonly volume: number }[] = [];
  for (const { time, volume } of stream.blocks())
    for (let row = 0; row < time.length; row++) {
      const ms = time[row]!;
      const session = calendar.sessionAt(ms);
      const last = found.at(-1);
      if (session === null) {
        if (last?.session.closeMs === ms) last.isAtClose = true;
        recent = recent.filter((one) => one.ms >= ms - beforeOpenMs);
        recent.push({ ms, volume: volume[row]! });
        continue;
      }
      let around = last?.session.openMs === session.openMs ? last : null;
      if (around === null) {
        const before = recent.filter((one) => one.ms >= session.openMs - beforeOpenMs);
        const sum = before.reduce((total, one) => total + one.volume, 0);
        around = { session, firstMs: ms, barsBefore: before.length, before: sum, atOpen: 0, oneLater: 0, isAtClose: false };
        found.push(around);
        recent = [];
      }
      if (ms === session.openMs) around.atOpen = volume[row]!;
      else if (ms === session.openMs + barMs) around.oneLater = volume[row]!;
    }
  const share = (is: (one: Around) => boolean): number => (found.length === 0 ? 0 : found.filter(is).length / found.length);
  const jumps = (ratio: (one: Around) => number): number => median(found.map((one) => (one.barsBefore === 0 ? 0 : ratio(one))));
  return {
    sessions: found.length,
    beginAtOpen: share((one) => one.firstMs === one.session.openMs),
    beginOneLater: share((one) => one.firstMs === one.session.openMs + barMs),
    endAtClose: share((one) => one.isAtClose),
    withBarsBefore: share((one) => one.barsBefore > 0),
    jumpAtOpen: jumps(({ atOpen, before, barsBefore }) => (atOpen * barsBefore) / Math.max(before, 1e-12)),
    jumpOneLater: jumps(({ atOpen, oneLater, before, barsBefore }) => (oneLater * (barsBefore + 1)) / Math.max(before + atOpen, 1e-12)),
  };
}

/**
 * Checks that the zone that was assumed fits: sessions begin at the open, or the volume jumps there.
 * @throws AssayError `data_invalid` if neither shows.
 */
export function checkAssumedZone(evidence: OpenEvidence, calendar: SessionCalendar, place: string): void {
  const { sessions, beginAtOpen, beginOneLater, withBarsBefore, jumpAtOpen, jumpOneLater } = evidence;
  const hasOpen = calendar.fullSessionMinutes < dayMinutes;
  const begins = beginAtOpen + beginOneLater >= mostSessions && withBarsBefore <= 1 - mostSessions;
  const jumps = withBarsBefore >= mostSessions && Math.max(jumpAtOpen, jumpOneLater) >= leastJump;
  if (hasOpen && sessions > 0 && (begins || jumps)) return;
  const seen = !hasOpen
    ? `${calendar.id} has no open that would show`
    : sessions === 0
      ? `read in the time of ${calendar.zone}, no bar lies within a session`
      : `read in the time of ${calendar.zone}, ${percent(beginAtOpen)} of ${sessions} sessions begin at the open, and the volume there is ${ratioText(jumpAtOpen)} that of the ${lengthText(beforeOpenMs)} before`;
  throw new AssayError('data_invalid', `the stamps name no zone, and the bars do not show one: ${seen}`, {
    place,
    hint: 'declare the zone that the stamps are written in: --zone UTC, --zone America/New_York, ...',
  });
}

/**
 * Checks that stamps that are taken for the starts of bars are no ends: then sessions begin one bar after the open and have a bar at the
 * close, or the volume jumps one bar after the open.
 * @throws AssayError `data_invalid` if they look like ends.
 */
export function checkAssumedStarts(evidence: OpenEvidence, calendar: SessionCalendar, place: string): void {
  const { sessions, beginOneLater, endAtClose, withBarsBefore, jumpAtOpen, jumpOneLater } = evidence;
  if (calendar.fullSessionMinutes >= dayMinutes || sessions === 0) return;
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
