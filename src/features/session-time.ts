import type { SessionCalendar } from '../market/calendars/calendar.ts';
import { dayMs, minuteMs, zoneClock } from '../market/local-time.ts';
import type { Bar } from './feature-set.ts';

/** Where the angle of the time begins: at the session's open, or at midnight of the exchange. */
export type TimeOrigin = 'session' | 'day';

/** Milliseconds of a session without an early close. */
export function fullSessionMs({ fullSessionMinutes }: SessionCalendar): number {
  return fullSessionMinutes * minuteMs;
}

/**
 * The time of a bar as an angle, once around in a full session or a day. By the clock, not by counting bars: missing minutes and half days do
 * not shift it. Sines and cosines are kept by minute, since they are the same in every session.
 */
export class TimeAngle {
  sin = 0;
  cos = 1;
  readonly #elapsedMs: (bar: Bar) => number;
  readonly #turnMs: number;
  readonly #barMs: number;
  readonly #sines: Float64Array;
  readonly #cosines: Float64Array;

  constructor(calendar: SessionCalendar, barMs: number, origin: TimeOrigin) {
    const { localMsOf } = zoneClock(calendar.zone);
    this.#turnMs = origin === 'day' ? dayMs : fullSessionMs(calendar);
    this.#elapsedMs =
      origin === 'day'
        ? ({ time }) => {
            const localMs = localMsOf(time);
            return localMs - Math.floor(localMs / dayMs) * dayMs;
          }
        : ({ time, openMs }) => time - openMs;
    this.#barMs = barMs;
    const steps = Math.floor(this.#turnMs / barMs) + 1;
    this.#sines = new Float64Array(steps).fill(Number.NaN);
    this.#cosines = new Float64Array(steps);
  }

  /** Sets `sin` and `cos` to those of a bar's start. */
  set(bar: Bar): void {
    const elapsedMs = this.#elapsedMs(bar);
    const step = elapsedMs / this.#barMs;
    const sine = this.#sines[step];
    if (sine !== undefined && !Number.isNaN(sine)) {
      this.sin = sine;
      this.cos = this.#cosines[step]!;
      return;
    }
    const angle = (2 * Math.PI * elapsedMs) / this.#turnMs;
    this.sin = Math.sin(angle);
    this.cos = Math.cos(angle);
    // A time off the grid of bars is no index and is not kept.
    if (Number.isInteger(step) && step < this.#sines.length) {
      this.#sines[step] = this.sin;
      this.#cosines[step] = this.cos;
    }
  }
}

/** Time from the end of a bar to the session's close, in full sessions: tells a half day from a full one. */
export function timeToClose(bar: Bar, barMs: number, fullMs: number): number {
  return (bar.closeMs - bar.time - barMs) / fullMs;
}
