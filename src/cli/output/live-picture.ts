import type { CurvesChart } from '../../api/routes/charts/curves.ts';
import type { HistoryChart } from '../../api/routes/charts/history.ts';
import { deadline } from '../../core/deadline.ts';
import type { Io } from '../io.ts';
import type { Answers } from '../plot/answers.ts';
import { paintOf } from './paint.ts';

/** The best value so far as a small chart, and the curves of trials that run; drawn below the words of a live block. */
export interface LivePicture {
  /** As they were at most two seconds ago; `fresh`: as they are now. Empty where the terminal is too small. */
  readonly lines: (study: string, fresh?: boolean) => Promise<readonly string[]>;
}

const readEveryMs = 2000;
/** A smaller terminal shows the words alone. */
const least = { columns: 60, rows: 22 };
const mostColumns = 84;
const mostCurves = 4;
/** Of a terminal that does not say how many rows it has. */
const usualRows = 24;

/** @param answers of the API; loaded when a picture is first drawn */
export function createLivePicture({ err, env }: Pick<Io, 'err' | 'env'>, answers: () => Promise<Answers>): LivePicture {
  let asked: Promise<Answers> | undefined;
  let drawn: { readonly at: number; readonly study: string; readonly lines: readonly string[] } | undefined;

  const draw = async (study: string): Promise<readonly string[]> => {
    asked ??= answers();
    const read = await asked;
    const path = `/v1/studies/${encodeURIComponent(study)}/charts`;
    const [history, curves, { chartLines, curveLine }] = await Promise.all([
      read(`${path}/history?maxPoints=500`) as Promise<HistoryChart>,
      read(`${path}/curves?states=running&top=${mostCurves}&random=0&maxSteps=60`) as Promise<CurvesChart>,
      import('./live-lines.ts'),
    ]);
    const width = Math.min(err.width() - 1, mostColumns);
    return [...chartLines(study, history, width, paintOf(err, env)), ...curves.curves.map((curve) => curveLine(study, curve))];
  };

  return {
    lines: async (study, fresh = false) => {
      if (err.width() < least.columns || (err.rows?.() ?? usualRows) < least.rows) return [];
      if (!fresh && drawn?.study === study && performance.now() - drawn.at < readEveryMs) return drawn.lines;
      drawn = { at: performance.now(), study, lines: await draw(study) };
      return drawn.lines;
    },
  };
}

/** How long the words wait for a picture; the last one of a study may take longer. */
const usualWaitMs = 200;
const freshWaitMs = 2000;

/** The same picture, which takes nothing with it: while it is slow, and where it fails, its lines are those of before. */
export function steadied(picture: LivePicture): LivePicture {
  let last: { readonly study: string; readonly lines: readonly string[] } | undefined;
  let reading: Promise<void> | undefined;
  const read = (study: string, fresh: boolean): Promise<void> => {
    const next = Promise.resolve(reading)
      .then(() => picture.lines(study, fresh))
      .then(
        (lines) => {
          last = { study, lines };
        },
        () => undefined,
      )
      .finally(() => {
        if (reading === next) reading = undefined;
      });
    return next;
  };
  return {
    lines: async (study, fresh = false) => {
      if (fresh || reading === undefined) reading = read(study, fresh);
      const done = reading;
      await new Promise<void>((resolve) => {
        const cancel = deadline(fresh ? freshWaitMs : usualWaitMs, resolve);
        void done.then(cancel).then(resolve);
      });
      return last?.study === study ? last.lines : [];
    },
  };
}
