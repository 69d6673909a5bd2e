import type { FeatureSet } from '../../features/feature-set.ts';

export interface ReadinessState {
  /** Bars since the history began that counts. */
  readonly bars: number;
  /** Open of the session of the last bar; null before the first. */
  readonly sessionOpenMs: number | null;
  /** True once the counted history began with a session. */
  readonly whole: boolean;
}

/** Tells when a stream of features has seen what its values depend on, as its set declares it. */
export interface Readiness {
  readonly see: (startMs: number, sessionOpenMs: number) => void;
  readonly isReady: () => boolean;
  readonly save: () => ReadinessState;
}

/**
 * @param beginsAt `origin`: the stream began where those of training do, so it is ready after the warm-up; `middle`: it began somewhere, so
 * it needs the history that the set declares, counted from the start of a session where the set asks for that.
 */
export function createReadiness(
  set: FeatureSet,
  barMs: number,
  beginsAt: 'origin' | 'middle',
  saved: ReadinessState = { bars: 0, sessionOpenMs: null, whole: false },
): Readiness {
  const { bars: history, fromSessionStart } = set.history(barMs);
  const needed = beginsAt === 'origin' ? set.warmUpBars(barMs) + 1 : Math.max(history, set.warmUpBars(barMs) + 1);
  const waitsForSession = beginsAt === 'middle' && fromSessionStart;
  let { bars, sessionOpenMs, whole } = saved;
  return {
    see: (startMs, openMs) => {
      // A stream that begins with the session's first minute, or has seen another session begin, knows a whole one.
      const begins = sessionOpenMs === null ? startMs === openMs : openMs !== sessionOpenMs;
      if (begins && !whole && waitsForSession) bars = 0;
      whole ||= begins;
      sessionOpenMs = openMs;
      bars++;
    },
    isReady: () => bars >= needed && (whole || !waitsForSession),
    save: () => ({ bars, sessionOpenMs, whole }),
  };
}
